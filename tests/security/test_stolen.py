"""Whoever has the database has not the keys."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.review.serving import Served
from tests.review.test_access import token


def test_the_database_signs_nobody_in(served: Served) -> None:
    client = served.client(signed_in=True)
    form = token(client)
    client.post(
        "/mark", data={"change": "33", "verdict": "meaningful", "csrftoken": form}
    ).raise_for_status()
    (link,) = parse_qs(urlsplit(served.sign_in).query)["token"]
    keys = [link, form, *(str(value) for value in client.cookies.values())]
    assert len(keys) >= 4
    held = b"".join(p.read_bytes() for p in served.db.parent.glob(f"{served.db.name}*"))
    assert b"meaningful" in held
    assert [key for key in keys if key.encode() in held] == []
