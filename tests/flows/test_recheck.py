"""The recheck flow on a real Prefect server."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.demo.site import Replica
from flows.serving.definitions import deployments
from storage.file.connection import open_database
from storage.queries.log.changes import changes
from tests.flows.conftest import Ingest, run


@pytest.fixture
def recheck(prefect_server: None, site: Replica, db: Path) -> Ingest:
    """Run the recheck flow against the replica; returns its account."""
    from flows.recheck import recheck as flow

    return lambda **parameters: run(
        flow, **{"source": "beehive", "db": db, "origin": site.url, **parameters}
    )


def test_an_edit_on_a_page_that_left_the_feed_is_found(
    site: Replica, db: Path, ingest: Ingest, recheck: Ingest
) -> None:
    ingest()
    slug, item = next(iter(site.items.items()))
    site.edit(slug, body=item.body.replace(".", "!", 1))
    gone = site.items.pop(slug)
    ingest()  # neither feed nor listing names it any more
    site.items[slug] = gone
    tally = recheck(budget=50)
    assert tally.flow == "recheck"
    assert tally.changes.get("revised") == 1
    store = open_database(db)
    assert [c.url for c in changes(store) if c.kind == "revised"] == [gone.url]


def test_it_asks_for_no_more_than_its_budget(
    site: Replica, ingest: Ingest, recheck: Ingest
) -> None:
    ingest()
    site.hits.clear()
    assert recheck(budget=3).entries == 3
    assert len([hit for hit in site.hits if "/release/" in hit.path]) <= 3


def test_it_runs_every_hour_and_not_when_an_ingest_begins() -> None:
    (hourly,) = [d for d in deployments() if d.flow_name == "recheck"]
    (schedule,) = [s.schedule for s in hourly.schedules or []]
    minute, hour, *_ = schedule.cron.split()
    assert hour == "*"
    assert int(minute) % 15


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"budget": 12, "source": "beehive"}, "recheck 12 of beehive"),
        ({"budget": None, "source": "beehive"}, "recheck of beehive"),
        ({"budget": None, "source": ""}, "recheck"),
    ],
)
def test_a_run_is_called_what_it_does(parameters: dict[str, object], name: str) -> None:
    from flows.recheck import _called

    assert _called(parameters) == name
