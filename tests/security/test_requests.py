"""Other sites cannot make a reader's browser read or write these pages for them."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from review.app import make_datasette
from storage.file.connection import open_database
from tests.review.serving import Served
from tests.review.test_access import reviews, token

MARK = {"change": "33", "verdict": "meaningful"}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", "localhost.evil.example",
     "10.0.0.1", "[::1", "127.0.0.1@evil.example:80", "", "[::ffff:7f00:1]", "127.0.0.2"],
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(reading: Served, host: str) -> None:
    client = reading.client(signed_in=True)
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "--answer-to" in answer.text
    assert "Harbour bridge" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_our_own_names_are_answered_with_any_port(reading: Served) -> None:
    port = urlsplit(reading.url).port
    for host in ("127.0.0.1", f"127.0.0.1:{port}", "localhost", "LocalHost.:99",
                 socket.gethostname()):  # fmt: skip
        assert reading.client().get("/", headers={"host": host}).status_code == 200, host


def test_no_host_and_two_hosts_are_refused(reading: Served) -> None:
    address = urlsplit(reading.url)
    for head in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as wire:
            wire.sendall(b"GET / HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n")
            got = b""
            while piece := wire.recv(65536):
                got += piece
        assert got.split(b" ", 2)[1] in (b"400", b"421")


def test_a_name_given_at_the_start_is_answered(reading: Served) -> None:
    app = make_datasette(reading.db, names=["Pages.Example.org"]).app()

    async def ask(host: str) -> int:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://localhost"
        ) as client:
            return (await client.get("/overview", headers={"host": host})).status_code

    assert asyncio.run(ask("pages.example.org")) == 200
    assert asyncio.run(ask("other.example.org")) == 421


@pytest.mark.parametrize("scheme", ["Bearer x", "bearer x"])
@pytest.mark.parametrize("path", ["/mark", "/undo", "/suppress", "/lift"])
def test_a_bearer_token_does_not_stand_for_the_forms_token(
    served: Served, path: str, scheme: str
) -> None:
    client = served.client(signed_in=True)
    answer = client.post(path, data=MARK, headers={"authorization": scheme})
    assert answer.status_code == 403
    assert reviews(served) == []
    assert not list(open_database(served.db).execute("SELECT 1 FROM suppressions"))


def test_a_form_that_another_site_sends_is_refused_token_or_not(served: Served) -> None:
    client = served.client(signed_in=True)
    data = {**MARK, "csrftoken": token(client)}
    for site in ("cross-site", "same-site"):
        answer = client.post("/mark", data=data, headers={"sec-fetch-site": site})
        assert answer.status_code == 403
    assert reviews(served) == []
    for site in ("same-origin", "none"):
        client.post("/mark", data=data, headers={"sec-fetch-site": site}).raise_for_status()
    assert len(reviews(served)) == 2
