"""What runs are called."""

from __future__ import annotations

import pytest
from prefect.utilities.names import generate_slug

from flows.backfill import _called as backfill_called
from flows.recheck import _called as recheck_called
from flows.telling.names import is_made_up


def test_what_prefect_makes_up_is_told_from_what_a_person_types() -> None:
    assert all(is_made_up(generate_slug(2)) for _ in range(500))
    assert is_made_up("gamma3-cancri-b")
    for typed in ("before-budget", "Budget day", "check", "ingest beehive", "2026-05-09", ""):
        assert not is_made_up(typed), typed


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"urls": ["a", "b"]}, "backfill 2 URLs"),
        ({"urls": ["a"], "wayback": True}, "backfill 1 URL from the Internet Archive"),
        ({"urls_file": "/srv/list.txt"}, "backfill list.txt"),
        ({"listing": 40, "source": "beehive"}, "backfill 40 listing pages of beehive"),
        ({"sitemap": True, "source": "beehive"}, "backfill sitemap of beehive"),
        ({"warc": "/srv/a.warc.gz", "source": "beehive"}, "backfill warc a.warc.gz"),
        ({"wayback": True, "source": "", "urls": None}, "backfill from the Internet Archive"),
    ],
)
def test_a_backfill_is_called_what_it_brings_in(parameters: dict[str, object], name: str) -> None:
    assert backfill_called(parameters) == name


def test_a_recheck_says_of_how_many() -> None:
    assert recheck_called({"source": "beehive", "budget": 12}) == "recheck 12 of beehive"
    assert recheck_called({"source": "beehive", "budget": None}) == "recheck of beehive"
