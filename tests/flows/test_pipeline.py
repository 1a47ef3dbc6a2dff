"""One entry's way, without Prefect: what becomes of what the site may answer."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.demo.site import Replica
from corrigenda import charset, sources, verdicts
from corrigenda.models import Capture, Entry, Verdict
from corrigenda.settings import Settings
from corrigenda.sources.beehive import Beehive
from flows.pipeline import check, interpret
from flows.session import open_session

URL = "https://www.beehive.govt.nz/release/new-diplomatic-appointments-announced-0"


@pytest.mark.corpus
@pytest.mark.parametrize("status", [200, 202, 206, 301, 304, 403, 404, 410, 429, 500, 503])
@pytest.mark.parametrize("name", ["challenge-incapsula", "browser-error"])
def test_what_is_not_the_release_never_becomes_a_version(
    corpus: Path, name: str, status: int
) -> None:
    capture = Capture(
        url=URL,
        final_url=URL,
        captured_at=datetime(2026, 5, 1, tzinfo=UTC),
        status=status,
        headers=(("content-type", "text/html"),),
        body=(corpus / "not-releases" / f"{name}.html").read_bytes(),
    )
    seen = interpret(capture, sources.get("beehive"), None)
    assert seen.content is None
    assert seen.judgement.verdict not in (Verdict.RELEASE, Verdict.UNMODIFIED)
    if seen.judgement.verdict is Verdict.CHALLENGE:
        assert b"203.0.113.7" not in seen.capture.body, "our own address is scrubbed"


def test_a_page_is_decoded_and_its_article_looked_for_once(
    site: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    cut, decode = Beehive.find_article, charset.decode

    def counted_cut(self: Beehive, page: str) -> str | None:
        calls.append("cut")
        return cut(self, page)

    def counted_decode(body: bytes, label: str | None = None) -> str:
        calls.append("decode")
        return decode(body, label)

    monkeypatch.setattr(Beehive, "find_article", counted_cut)
    for module in (verdicts, sys.modules["corrigenda.reading.normalise"]):
        monkeypatch.setattr(module, "decode", counted_decode)
    item = next(iter(site.items.values()))
    with open_session(Settings(db=db, origin=site.url), "beehive", "ingest", {}) as session:
        assert check(session, Entry(url=item.url, channel="feed")) is Verdict.RELEASE
        assert session.tally.versions_added == 1
    assert calls == ["decode", "cut"]
