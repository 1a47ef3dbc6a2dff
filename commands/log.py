"""Commands that read the store: the change log, and one release."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json, Url, change_filter, parse_time
from commands.showing.printing import print_json, say, write_document
from corrigenda.models import ChangeKind, ReviewVerdict, Significance, Track

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.queries.releases import Release

#: Releases of one kind that are named before the log; the rest is counted.
_UNSEEN = 3


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(changes)
    app.command()(history)
    app.command()(show)
    app.command()(diff)
    app.command()(mark)


def changes(
    db: Db = DEFAULT_DB,
    since: Annotated[
        str, typer.Option(help="Happened, as far as is known, since: 2026-05-09, yesterday, 3d.")
    ] = "",
    until: Annotated[str, typer.Option(help="Happened before.")] = "",
    noticed_since: Annotated[
        str, typer.Option(help="Recorded since: an import records today what happened long ago.")
    ] = "",
    noticed_until: Annotated[str, typer.Option(help="Recorded before.")] = "",
    kind: Annotated[ChangeKind | None, typer.Option(help="Only this kind.")] = None,
    significance: Annotated[
        Significance | None, typer.Option(help="Only of this significance.")
    ] = None,
    min_significance: Annotated[
        Significance | None, typer.Option(help="At least this significant.")
    ] = None,
    minister: Annotated[str, typer.Option(help="Part of a minister's name.")] = "",
    portfolio: Annotated[str, typer.Option(help="Part of a portfolio's name.")] = "",
    status: Annotated[
        str, typer.Option(help="open, reviewed, suppressed, or a verdict.", metavar="STATUS")
    ] = "",
    source: Annotated[str, typer.Option(help="Only of this source.")] = "",
    words: Annotated[
        str, typer.Option(help='Words that the text before or after has; "together", begin*.')
    ] = "",
    silent: Annotated[
        bool | None, typer.Option("--silent/--not-silent", help="Under an unchanged date.")
    ] = None,
    reverted: Annotated[
        bool | None, typer.Option("--reverted/--not-reverted", help="Back to an earlier text.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    offset: Annotated[int, typer.Option(min=0, help="After so many.")] = 0,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
) -> None:
    """Print the change log: first what could not be seen, then what matters most.

    For example: `corrigenda changes --since yesterday --min-significance medium`
    """
    from commands.render import render_changes, render_unseen
    from corrigenda.table import write_csv
    from storage.file.connection import reading
    from storage.file.times import now
    from storage.queries.log import changes as log
    from storage.queries.sight.unseen import unseen_now

    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other")
    with reading(db) as database:
        chosen = change_filter(
            database,
            since=since,
            until=until,
            noticed_since=noticed_since,
            noticed_until=noticed_until,
            kind=kind,
            significance=significance,
            min_significance=min_significance,
            minister=minister,
            portfolio=portfolio,
            status=status,
            source=source,
            words=words,
            silent=silent,
            reverted=reverted,
            limit=limit,
            offset=offset,
        )
        if words:
            _tell_unsearched(database)
        found = log.changes(database, chosen)
        unseen = unseen_now(database, source, now(), most=_UNSEEN)
    if unseen:
        # A program reads the log alone; who looks on is told all the same.
        aside = sys.stderr if as_json or as_csv else sys.stdout
        say(render_unseen(unseen), end="\n\n", file=aside)
    if as_json:
        print_json([log.as_row(change) for change in found])
    elif as_csv:
        write_csv(sys.stdout, map(log.as_row, found), log.COLUMNS)
    else:
        say(render_changes(found, all_seen=not unseen))


def history(url: Url, db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """Print a release's timeline: its versions, and what changed between them."""
    from commands.render import render_history
    from storage.file.connection import reading
    from storage.queries import releases
    from storage.queries.log import changes as log
    from storage.queries.log.filters import ChangeFilter

    with reading(db) as database:
        release = releases.find_release(database, url)
        held = releases.versions(database, release.id)
        told = len(releases.versions(database, release.id, Track.FEED))
        siblings = releases.siblings(database, release.url)
        changed = log.changes(database, ChangeFilter(release=release.id))
    changed.sort(key=lambda change: (change.before, change.id))
    if not as_json:
        say(render_history(release, held, changed, told=told, siblings=siblings))
        return
    told_of = ("number", "digest", "first_observed", "last_observed", "captures", "via")
    versions = [{name: getattr(version, name) for name in told_of} for version in held]
    print_json(
        {
            "url": release.url,
            "title": release.title,
            "status": release.status,
            "versions": versions,
            "changes": [log.as_row(change) for change in changed],
        }
    )


def show(
    url: Url,
    db: Db = DEFAULT_DB,
    at: Annotated[str, typer.Option(help="As it stood at this time.")] = "",
    version: Annotated[int | None, typer.Option(min=1, help="This version.")] = None,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Where it came from; with --json as W3C PROV.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a stored document to standard output, byte for byte."""
    from storage.file.connection import reading
    from storage.queries import releases

    if at and version is not None:
        raise typer.BadParameter("--at and --version exclude each other")
    moment = parse_time(at) if at else None
    with reading(db) as database:
        release = releases.find_release(database, url)
        wanted = releases.version(database, release, number=version, at=moment)
        if provenance:
            _show_provenance(database, release, wanted.number, as_json=as_json)
            return
    if as_json:
        raise typer.BadParameter("--json goes with --provenance; a document is text")
    write_document(wanted.text)


def diff(
    url: Url,
    db: Db = DEFAULT_DB,
    from_version: Annotated[
        int | None, typer.Option("--from", min=1, help="Older version; left out: the one before.")
    ] = None,
    to_version: Annotated[
        int | None, typer.Option("--to", min=1, help="Newer version; left out: the latest.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what differs between two versions of a release."""
    from commands.render import render_difference
    from corrigenda.compare import compare
    from storage.file.connection import reading
    from storage.queries import releases
    from storage.queries.contents import of_version

    with reading(db) as database:
        release = releases.find_release(database, url)
        newer = releases.version(database, release, number=to_version)
        if from_version is None and newer.number == 1:
            say(f"Version 1 of {release.url} has none before it.", file=sys.stderr)
            from_version = 1
        older = releases.version(database, release, number=from_version or newer.number - 1)
        # As the newest normaliser reads both: what it reads otherwise is no edit.
        old, new = (of_version(database, version.id).document for version in (older, newer))
    found = compare(old, new)
    if as_json:
        print_json(asdict(found))
    else:
        say(f"{release.url}, version {older.number} to {newer.number}")
        say(render_difference(old, new, found))


def mark(
    change: Annotated[int, typer.Argument(metavar="CHANGE", help="The change's number.")],
    verdict: Annotated[ReviewVerdict | None, typer.Option(help="What you decided.")] = None,
    db: Db = DEFAULT_DB,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    reviewer: Annotated[str, typer.Option(envvar="USER", help="Who decides.")] = "",
    group: Annotated[
        bool, typer.Option("--group", help="Also for the same edit on other releases.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Withdraw the verdict that stands; both stay on record.")
    ] = False,
) -> None:
    """Record your verdict on a change. Earlier verdicts stay on record."""
    from corrigenda.wording import count
    from storage.file.connection import open_existing
    from storage.record import reviews

    if (verdict is None) is not undo:
        raise typer.BadParameter("give a --verdict, or --undo")
    database = open_existing(db)
    if verdict is None:
        reviews.withdraw(database, change_id=change, reviewer=reviewer)
        say(f"The verdict on change {change} is withdrawn.")
        return
    ids = reviews.group_of(database, change) if group else [change]
    reviews.record(database, ids, verdict, note=note, reviewer=reviewer)
    others = f", with {count(len(ids) - 1, 'change')} of the same edit" if len(ids) > 1 else ""
    say(f"Change {change} is marked as {verdict}{others}.")


def _show_provenance(database: Database, release: Release, number: int, *, as_json: bool) -> None:
    """Print where a version came from."""
    from corrigenda import sources
    from storage.queries.provenance import as_prov, describe, provenance

    told = provenance(database, release.id, number)
    if as_json:
        print_json(as_prov(told, sources.of_url(release.url).title))
    else:
        say(describe(told))


def _tell_unsearched(database: Database) -> None:
    """Say what the search does not see: an import leaves its index behind."""
    from corrigenda.wording import count
    from storage.queries.search_index import behind

    done, last = behind(database.conn)
    if done < last:
        told = f"{count(last - done, 'version')} imported last are not searched yet"
        say(f"{told}: `corrigenda review`, or the next run, makes up for it.", file=sys.stderr)
