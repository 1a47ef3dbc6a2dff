"""Commands that copy the whole database, and bring a copy back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json
from commands.showing.printing import print_json, say
from corrigenda.errors import StoreError

_Force = Annotated[bool, typer.Option("--force", help="Also where there is such a file already.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to make.")],
    force: _Force = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Copy the whole database to a file, also while a run writes.

    The copy is one file, checked as `verify` does before it takes its place; one that is
    there already is replaced with `--force` only. Copying the database with other tools
    while it is in use can miss what was written last.

    For example: `corrigenda backup /mnt/backup/corrigenda-$(date +%F).db`
    """
    from storage.file.backup import back_up

    checked = _Checked()
    back_up(db, file, checked, _progress, force=force)
    checked.tell(f"{file}: a whole copy of {db}", as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` made.")],
    force: _Force = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Make a copy the database again.

    It is checked as `verify` does first. With `--force` a database that is there is put aside,
    under another name, never overwritten. Stop `schedule` and `review` before, and start them
    again after.

    For example: `corrigenda restore /mnt/backup/corrigenda-2026-11-21.db --db corrigenda.db`
    """
    from storage.file.backup import restore as bring_back

    checked = _Checked()
    aside = bring_back(file, db, checked, _progress, force=force)
    rest = f" What was there is {aside} now." if aside else ""
    checked.tell(f"{db}: restored from {file}", as_json, rest)


class _Checked:
    """Verifies a copy, and remembers what it holds."""

    def __call__(self, copy: Path) -> None:
        """Verify it.

        Raises:
            StoreError: It is damaged.
        """
        from storage.audit.verify import verify

        self._report = report = verify(copy)
        if report.damages:
            first = report.damages[0]
            raise StoreError(
                copy,
                f"the copy is damaged, and was not kept ({len(report.damages):,} damages; the "
                f"first: {first.table} {first.row}: {first.problem}). `verify` names all",
            )

    def tell(self, what: str, as_json: bool, rest: str = "") -> None:
        """Say what was copied, and that it is sound."""
        report = self._report
        if as_json:
            print_json(
                {"versions": report.versions, "payloads": report.payloads, "head": report.head}
            )
            return
        say(
            f"{what}: {report.versions:,} versions, {report.payloads:,} payloads. Nothing is "
            f"damaged.{rest}\nhead of the chain: {report.head}"
        )


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        say(end="\r", file=sys.stderr)
        say(f"copied {done / max(total, 1):.0%}", end=end, file=sys.stderr)
