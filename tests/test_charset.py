"""Which encoding a page is in: what is declared, by whom, and what is true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corrigenda.charset import charset, declared, decode
from corrigenda.models import Capture

MAORI = "Māori Language Week – “he tohu aroha”"
FRENCH = "Les élèves français étaient très étonnés"
ENGLISH = "“The bridge opens on Monday,” the Minister said – “and it’s free.” " * 5
JAPANESE = "大臣は月曜日に新しい橋が開通すると発表しました。利用は無料です。" * 5
RUSSIAN = "Министр сообщил, что новый мост откроется в понедельник и будет бесплатным. " * 5


def capture(body: bytes, header: str | None = None) -> Capture:
    headers = (("content-type", header),) if header else ()
    return Capture(
        url="https://a.example/", captured_at=datetime.now(UTC), headers=headers, body=body
    )


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        (MAORI.encode(), "text/html; charset=UTF-8", "utf-8"),
        (MAORI.encode(), 'text/html; charset="utf8"', "utf-8"),
        (MAORI.encode(), "text/html", "utf-8"),
        (b"", "text/html; charset=utf-8", None),
        # The header goes before the page, a byte order mark before both.
        (b"<meta charset=koi8-r>" + FRENCH.encode("cp1252"), "text/html; charset=cp1252", "cp1252"),
        (b"\xef\xbb\xbf" + MAORI.encode(), "text/html; charset=iso-8859-1", "utf-8"),
        (MAORI.encode("utf-16"), "text/html", "utf-16"),
        # What the web calls Latin-1 and ASCII is windows-1252.
        ("“quoted”".encode("cp1252"), "text/html; charset=ISO-8859-1", "cp1252"),
        (b'<meta charset="us-ascii">', None, "cp1252"),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
            None,
            "cp1252",
        ),
        (b'<META CHARSET="macintosh">', None, "mac-roman"),
        # Labels that name nothing, or no way to write text.
        (MAORI.encode(), "text/html; charset=none-such", "utf-8"),
        (MAORI.encode(), "text/html; charset=rot13", "utf-8"),
        (MAORI.encode(), "text/html; charset=utf-16", "utf-8"),
        (MAORI.encode(), "text/html; charset=utf-7", "utf-8"),
        (MAORI.encode(), "text/html; charset=cp037", "utf-8"),
        (b'<meta charset="none-such">' + MAORI.encode(), "text/html; charset=", "utf-8"),
        # A declaration later than HTML allows is none.
        (b" " * 1024 + b'<meta charset="koi8-r">', None, "utf-8"),
    ],
)
def test_declared(body, header, expected):
    assert charset(body, declared(capture(body, header))) == expected


@pytest.mark.parametrize(
    ("text", "encoding"), [(JAPANESE, "shift_jis"), (ENGLISH, "cp1252"), (RUSSIAN, "koi8-r")]
)
def test_a_guess_reads_the_letters(text, encoding):
    body = text.encode(encoding)
    assert decode(body) == text
