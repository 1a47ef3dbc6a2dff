"""One entry's way, without Prefect: what becomes of what the site may answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrigenda import sources
from corrigenda.models import Capture, Verdict
from flows.pipeline import interpret

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
