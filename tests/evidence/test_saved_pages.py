"""Pages that people saved tell whose they are, and of when."""

from __future__ import annotations

import base64
import json
import quopri
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corrigenda.carriers import saved_pages
from corrigenda.errors import UsageError
from corrigenda.settings import Settings
from flows.account.tally import Tally
from flows.dry import foresee
from flows.request import Request, settled_backfill
from flows.ways import page as way
from storage.file.connection import reading
from storage.queries.releases import find_release, versions
from tests.evidence.pages import BRIDGE, ITEMS, WORDINGS, challenge, day, page
from tests.imports.conftest import session_of

SETTINGS = Settings()
CLINICS = next(item for item in ITEMS if item.slug == "rural-clinics-open-longer")


def single_file(body: bytes, url: str, at: str) -> bytes:
    told = f"<!--\n Page saved with SingleFile \n url: {url} \n saved date: {at}\n-->"
    return body.replace(b"<html", b"<html ", 1).replace(b">", b">" + told.encode(), 2)


def mhtml(body: bytes, url: str, at: str, cid: str = "1") -> bytes:
    """As Chrome writes it: the page, then what it shows."""
    head = (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {url}\r\nSubject: x\r\n"
        f"Date: {at}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="----B"\r\n\r\n\r\n'
    )
    frame = "------B\r\nContent-Type: text/html\r\nContent-Location: cid:frame\r\n\r\n<p>x</p>\r\n"
    own = (
        f"------B\r\nContent-Type: text/html\r\nContent-ID: <frame-{cid}@mhtml.blink>\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: {url}\r\n\r\n"
    )
    return (head + frame + own).encode() + quopri.encodestring(body) + b"\r\n------B--\r\n"


def entry(body: bytes, url: str, at: str, **response: Any) -> dict[str, Any]:
    return {
        "startedDateTime": at,
        "request": {"method": "GET", "url": url},
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Encoding", "value": "br"}],
            "content": {"mimeType": "text/html", "text": body.decode()},
            **response,
        },
    }


def har(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def bring(db: Path, path: Path, **options: Any) -> Tally:
    request = settled_backfill(Request(page=path, db=db, **options))
    with session_of(db) as session:
        way.run(request, session)
        return session.tally


def seen(db: Path, url: str = BRIDGE.url) -> list[datetime]:
    with reading(db) as store:
        return [v.first_observed for v in versions(store, find_release(store, url).id)]


AT = datetime(2026, 3, 3, 21, 4, 11, tzinfo=UTC)
SAVED: dict[str, Callable[[bytes], bytes]] = {
    "page.html": lambda body: single_file(
        body, BRIDGE.url, "Wed Mar 04 2026 10:04:11 GMT+1300 (New Zealand Daylight Time)"
    ),
    "page.mhtml": lambda body: mhtml(body, BRIDGE.url, "Tue, 3 Mar 2026 21:04:11 -0000"),
    "page.har": lambda body: har(
        entry(b"p {}", "https://www.beehive.govt.nz/x.css", "2026-03-03T21:04:10Z"),
        entry(body, BRIDGE.url, "2026-03-04T10:04:11.000+13:00"),
    ),
}


@pytest.mark.parametrize("name", SAVED)
def test_a_saved_page_tells_its_address_and_time(tmp_path: Path, db: Path, name: str) -> None:
    body = page(replace(BRIDGE, title="Ōtaki bridge"))
    (tmp_path / name).write_bytes(SAVED[name](body))
    told = foresee(settled_backfill(Request(page=tmp_path / name, db=db)))
    assert (told.entries, told.held) == (1, 0)
    tally = bring(db, tmp_path / name)
    assert (tally.verdicts, tally.issues) == ({"release": 1}, 0)
    assert seen(db) == [AT]
    with reading(db) as store:
        assert find_release(store, BRIDGE.url).title == "Ōtaki bridge"
    assert bring(db, tmp_path / name).verdicts == {"held": 1}


def test_a_folder_of_saved_pages_with_good_and_bad_ones(tmp_path: Path, db: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    first, second = page(WORDINGS[0]), page(WORDINGS[1])
    (folder / "1.mhtml").write_bytes(mhtml(first, BRIDGE.url, "Mon, 02 Mar 2026 10:00:00 +0000"))
    (folder / "2.har").write_bytes(
        har(
            entry(second, BRIDGE.url, "2026-03-05T10:00:00Z"),
            entry(challenge(), CLINICS.url, "2026-03-05T10:01:00Z"),
        )
    )
    from_url = f"<!-- saved from url=({len(CLINICS.url):04}){CLINICS.url} -->".encode()
    (folder / "3.html").write_bytes(page(CLINICS).replace(b"<html", from_url + b"\n<html"))
    (folder / "4.har").write_text("{")
    (folder / "5.html").write_text("<p>My shopping list</p>")
    tally = bring(db, folder)
    assert tally.verdicts == {"release": 2, "challenge": 1}
    assert tally.changes == {"published": 1, "revised": 1}
    assert tally.issues == 3
    assert tally.needs_a_person
    with reading(db) as store:
        told = [row[0] for row in store.execute("SELECT problem FROM issues ORDER BY id")]
    assert "3.html does not tell when it was saved" in told[0]
    assert "not a HAR file" in told[1]
    assert "5.html does not tell where it was saved from" in told[2]


def test_what_a_page_does_not_tell_a_person_has_to(tmp_path: Path, db: Path) -> None:
    path = tmp_path / "x.html"
    path.write_bytes(page(BRIDGE))
    with pytest.raises(UsageError, match=r"\(--url\) and when it was \(--at\)"):
        bring(db, path, source="beehive")
    path.write_bytes(b"<!-- saved from url=(0099)" + BRIDGE.url.encode() + b" -->" + page(BRIDGE))
    with pytest.raises(UsageError, match=r"does not tell when it was \(--at\)"):
        bring(db, path)
    bring(db, path, page_at=day(4))
    assert seen(db) == [day(4)]
    with pytest.raises(UsageError, match="not a folder's"):
        bring(db, tmp_path, page_at=day(4))


def test_bytes_of_a_har_file_keep_their_charset(tmp_path: Path, db: Path) -> None:
    body = page(replace(BRIDGE, title="“Bridge”")).replace(b"utf-8", b"windows-1252")
    coded = body.decode().encode("cp1252", "ignore")
    content = {
        "mimeType": "text/html; charset=windows-1252",
        "encoding": "base64",
        "text": base64.b64encode(coded).decode(),
    }
    (tmp_path / "x.har").write_bytes(
        har(entry(b"", BRIDGE.url, "2026-03-05T10:00:00Z", content=content))
    )
    bring(db, tmp_path / "x.har")
    with reading(db) as store:
        assert find_release(store, BRIDGE.url).title == "“Bridge”"


_NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000)
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.mhtml", _NESTED),
        ("none.mhtml", b"hello"),
        ("date.mhtml", b"Date: Mon, 99 Foo 99999 10:00:00\nContent-Type: text/html\n\n<p>"),
        ("deep.har", b"[" * 100_000),
        ("list.har", b"[]"),
        ("odd.har", b'{"log": {"entries": [{"request": {"method": "GET"}, "response": 3}]}}'),
        ("far.html", single_file(b"<html>", BRIDGE.url, "Wed Mar 04 99999 10:04:11 GMT+1300")),
        ("long.html", b"<!-- Page saved with SingleFile url: " + b"x" * 1_000_000),
    ],
)
def test_what_is_no_saved_page_is_told_in_a_sentence(
    tmp_path: Path, db: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=r".{20}"):
        bring(db, tmp_path / name, source="beehive")
    tally = bring(db, tmp_path, source="beehive")
    assert (tally.entries, tally.issues) == (0, 1)


@pytest.mark.parametrize("url", ["https://[", "https://www.beehive.govt.nz/", "file:///etc/passwd"])
def test_a_page_of_no_release(tmp_path: Path, db: Path, url: str) -> None:
    (tmp_path / "x.html").write_bytes(single_file(page(BRIDGE), url, "2026-03-05T10:00:00Z"))
    with pytest.raises(UsageError, match=r"no release|not a usable URL"):
        bring(db, tmp_path / "x.html", source="beehive")
    assert bring(db, tmp_path, source="beehive").entries == 0


def test_a_file_too_large_to_be_a_page_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_bytes(bytes(1001))
    with pytest.raises(UsageError, match="larger than 1,000 bytes"):
        saved_pages.read(tmp_path / "x.html", replace(SETTINGS, max_file=1000))
