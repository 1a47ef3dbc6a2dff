"""Trends: counts that agree with what they lead to, rates with intervals, digests."""

from __future__ import annotations

import email
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from commands import app
from review.parts.digest import days_of
from storage.file.connection import open_database
from storage.queries.log import trends
from storage.queries.log.trends import Scope, wilson
from tests.browser.sample import sample
from tests.review.serving import Served


def test_the_interval_is_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 5000), st.floats(0, 1))
def test_a_share_is_within_its_interval(whole: int, part: float) -> None:
    low, high = wilson(int(part * whole), whole)
    assert 0 <= low <= int(part * whole) / whole + 1e-12
    assert int(part * whole) / whole - 1e-12 <= high <= 1


@pytest.mark.parametrize("scope", [Scope(), Scope(kind="minister", name="Hon Mere Tautahi")])
@pytest.mark.parametrize("dimension", trends.DIMENSIONS)
def test_a_bar_leads_to_as_many_changes_as_it_counts(dimension: str, scope: Scope) -> None:
    db = open_database(sample())
    for bucket, count in trends.counts(db, dimension, scope).items():
        ids, total = trends.members(db, {dimension: bucket}, scope, limit=100)
        assert len(set(ids)) == total == count
    db.close()


def test_whoever_revises_most_often_comes_first() -> None:
    db = open_database(sample())
    found, fewest = trends.rates(db, "minister")
    assert fewest == 1, "a small store has nobody with many releases"
    assert [r.rate for r in found] == sorted((r.rate for r in found), reverse=True)
    assert all(r.low <= r.rate <= r.high for r in found)
    db.close()


@pytest.mark.parametrize(
    "path",
    ["/trends", "/minister/Hon%20Mere%20Tautahi", "/portfolio/Transport", "/month/2026-05"],
)
def test_every_bar_of_a_page_leads_to_changes(reading: Served, path: str) -> None:
    with reading.client() as client:
        page = client.get(path)
        page.raise_for_status()
        leads = set(re.findall(r'<a href="(/trends/changes\?[^"]+)">([\d,]+)</a>', page.text))
        leads |= {
            (href, count)
            for href, count in re.findall(
                r'<a href="(/trends/changes\?[^"]+)">[^<]+</a></th>.*?<span>([\d,]+)</span>',
                page.text,
            )
        }
        assert leads
        for href, count in leads:
            behind = client.get(unescape(href))
            behind.raise_for_status()
            assert f"<h1>{count} revision" in behind.text, href


def test_nobody_and_no_month_are_told(reading: Served) -> None:
    with reading.client() as client:
        assert client.get("/minister/Nobody").status_code == 404
        assert "no month" in client.get("/month/2026-13").text
        assert "no month" in client.get("/digest/2026-13").text
        assert client.get("/month/1999-01").status_code == 200


def test_days_of_a_period() -> None:
    assert days_of("2026-11") == (date(2026, 11, 1), date(2026, 11, 30))
    assert days_of("2024-12") == (date(2024, 12, 1), date(2024, 12, 31))
    assert days_of("2026-11-20") == (date(2026, 11, 20), date(2026, 11, 20))


def test_a_digest_is_a_page(reading: Served) -> None:
    with reading.client() as client:
        page = client.get("/digest/2026-05").text
    assert "Corrigenda: May 2026" in page
    assert "Changes of meaning" in page
    assert "Harbour bridge" in page


def written(form: str, *more: str, db: Path | None = None) -> str:
    options = ["--db", str(db or sample()), "--since", "2026-05-01", "--until", "2026-05-31"]
    result = CliRunner().invoke(app, ["digest", *options, "--format", form, *more])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_digest_is_written_in_three_forms() -> None:
    text = written("md", "--pages", "https://pages.example/")
    assert text.startswith("# Corrigenda: May 2026\n")
    assert re.search(
        r"\[Harbour bridge upgrade funded\]\(https://pages\.example/change/\d+\)", text
    )
    page = written("html")
    assert "<h1>Corrigenda: May 2026</h1>" in page
    assert "src=" not in page, "nothing is loaded"
    message = email.message_from_string(written("email"))
    assert message["subject"] == "Corrigenda: May 2026"
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "555 0" not in text + page, "press contacts are withheld"


def test_a_digest_of_nothing_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["digest", "--db", str(sample()), "--since", "1999-01-01", "--until", "1999-01-02"]
    )
    assert "No change that matters was seen." in result.stdout
    wrong = CliRunner().invoke(
        app, ["digest", "--db", str(sample()), "--since", "2026-02-01", "--until", "2026-01-01"]
    )
    assert wrong.exit_code == 2
