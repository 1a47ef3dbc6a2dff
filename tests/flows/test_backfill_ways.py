"""Backfill from lists of the site and from files: narrowed, dry, stopped and taken up again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from commands.demo.site import Replica
from corrigenda.errors import UsageError
from flows.session import Session
from storage.file.connection import open_database
from tests.cli.conftest import corrigenda
from tests.flows.conftest import Ingest
from tests.imports.conftest import archive_of, document

__all__ = ["corrigenda"]

HOST = "https://www.beehive.govt.nz"


def releases(site: Replica) -> list[str]:
    """Paths of releases the replica was asked for, in order."""
    return [hit.path for hit in site.hits if hit.path.startswith("/release/")]


def test_a_listing_page_and_then_what_it_lists(backfill: Ingest, site: Replica) -> None:
    tally = backfill(listing=3)
    assert tally.verdicts == {"release": len(site.items)}
    assert tally.entries == len(site.items) == len(releases(site))


def test_the_sitemap_lists_everything(backfill: Ingest, site: Replica) -> None:
    tally = backfill(sitemap=True)
    assert tally.entries == sum(tally.verdicts.values()) == len(site.items)


def test_only_what_was_chosen_is_asked_for(backfill: Ingest, site: Replica) -> None:
    newest = site.newest()[0]
    tally = backfill(listing=1, since=newest.published.date())
    wanted = [i for i in site.items.values() if i.published.date() >= newest.published.date()]
    assert tally.entries == len(wanted) == len(releases(site))
    assert backfill(sitemap=True, limit=2).entries == 2


def test_a_minister_is_chosen_by_what_is_known(backfill: Ingest, site: Replica) -> None:
    backfill(listing=1)
    site.hits.clear()
    tally = backfill(listing=1, minister="rangihuna")
    wanted = [i for i in site.items.values() if any("Rangihuna" in m for m in i.ministers)]
    assert tally.entries == len(wanted) == len(releases(site)) > 0


def test_stopped_it_goes_on_without_asking_twice(
    backfill: Ingest, site: Replica, monkeypatch: pytest.MonkeyPatch, db: Path
) -> None:
    site.challenged.update(item.slug for item in site.newest()[4:])
    first = backfill(listing=1)
    assert first.blocked
    assert first.verdicts == {"release": 4, "challenge": 3}
    site.challenged.clear()
    site.hits.clear()
    second = backfill(listing=1)
    asked = releases(site)
    assert len(asked) == len(set(asked)) == len(site.items) - 4, "what was answered is not asked"
    assert not [hit for hit in site.hits if hit.path.startswith("/releases")], "nor is the list"
    assert second.verdicts == {"checked earlier": 4, "release": len(site.items) - 4}
    assert (second.unchecked, second.outcome) == (0, "done")
    site.hits.clear()
    third = backfill(listing=1)
    assert third.verdicts == {"unmodified": len(site.items)}, "that one is done; this is another"


def test_other_parameters_are_another_backfill(backfill: Ingest, site: Replica) -> None:
    site.challenged.update(item.slug for item in site.newest()[4:])
    backfill(listing=1)
    site.challenged.clear()
    assert backfill(sitemap=True).verdicts.get("checked earlier") is None


def test_a_run_killed_in_the_middle_is_taken_up(
    backfill: Ingest, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = Session.note_verdict, []

    def stop(self: Session, *arguments: object) -> None:
        asked.append(1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "note_verdict", stop)
    with pytest.raises((KeyboardInterrupt, BaseException)):
        backfill(sitemap=True)
    monkeypatch.undo()
    site.hits.clear()
    tally = backfill(sitemap=True)
    assert tally.verdicts["checked earlier"] == 3
    assert len(releases(site)) == len(site.items) - 3


def test_an_archive_through_the_command(corrigenda: object, tmp_path: Path) -> None:
    archive_of(tmp_path / "archive", *(document(n) for n in range(20)))
    (tmp_path / "archive" / "README.md").write_text("# not a document")
    run = corrigenda(  # type: ignore[operator]
        "backfill", "--archive", "archive", "--db", "c.db", "--json",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["verdicts"] == {"release": 20, "broken": 1}
    assert told["entries"] == 21
    shown = corrigenda("show", document(3).url, "--db", "c.db")  # type: ignore[operator]
    assert shown.stdout.startswith('---\ntitle: "Bridge number 3 opens"')
    checked = corrigenda("verify", "--db", "c.db")  # type: ignore[operator]
    assert checked.returncode == 0
    assert "Nothing is damaged." in checked.stdout
    out = corrigenda("export", "--to", "out", "--db", "c.db")  # type: ignore[operator]
    assert "20 documents in out: 20 files written" in out.stdout


def test_what_makes_no_sense_together_is_told(backfill: Ingest, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        backfill(listing=1, sitemap=True)
    with pytest.raises(UsageError, match="say what"):
        backfill(since=date(2020, 1, 1))
    with pytest.raises(UsageError, match="cannot be read"):
        backfill(page=tmp_path / "x.html")
    with pytest.raises(UsageError, match="is not there"):
        backfill(archive=tmp_path / "nowhere")
    assert not (tmp_path / "corrigenda.db").exists()


def test_a_list_that_breaks_off_is_told(
    backfill: Ingest, site: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Replica.answer

    def answer(self: Replica, target: str) -> tuple[int, str, bytes]:
        return (500, "text/html", b"no") if "/releases" in target else real(self, target)

    monkeypatch.setattr(Replica, "answer", answer)
    monkeypatch.setenv("CORRIGENDA_BACKOFF", "0")
    tally = backfill(listing=2)
    assert tally.failure
    assert tally.needs_a_person
    assert open_database(db).execute("SELECT count(*) FROM chosen").fetchone() == (0,)
