"""A folder that takes what a person drops there: WARC and WACZ files, saved pages, archives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from corrigenda.carriers import saved_pages, warcs
from corrigenda.errors import CorrigendaError, StoreLocked, UsageError
from corrigenda.wording import count
from flows import work
from flows.request import Request, settled_backfill
from flows.tasks import Tracked
from flows.work import Steps

#: Seconds a file has to lie there unchanged: until then somebody may still be writing it.
_SETTLED = 30.0
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
_UNFINISHED = (".part", ".crdownload", ".download", ".tmp")
_WAYS: Mapping[str, tuple[str, ...]] = {
    "warc": warcs.ENDINGS,
    "page": saved_pages.ENDINGS,
    "archive": _TAR,
}


@flow(name="inbox", persist_result=False)
def inbox(*, folder: Path, db: Path | None = None) -> State[dict[str, Any]]:
    """Bring in what lies in a folder, each file as a backfill of its own.

    Args:
        folder: Where people drop files. What was brought in moves to `done/` in it, what could
            not be to `failed/`, with a text beside it that says why.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.

    Returns:
        A state whose data is how many files came to what; failed where one could not be used.
    """
    found = take_in(folder, Request(db=db), Tracked)
    if found["failed"]:
        told = f"{count(found['failed'], 'file')} could not be used; {folder / 'failed'} says why"
        return Failed(name="Stopped", message=told)
    return Completed(message=f"{count(found['done'], 'file')} brought in", data=found)


def take_in(folder: Path, request: Request, steps: Callable[[], Steps]) -> dict[str, int]:
    """Bring in what lies in a folder; see :func:`inbox`.

    Args:
        folder: The folder.
        request: What holds for all files.
        steps: Makes the steps of one run.

    Raises:
        UsageError: There is no such folder.
        StoreLocked: Another run keeps the database; the rest waits for the next look.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: is no folder. Make it, or name another with --inbox")
    came_to = {"done": 0, "failed": 0}
    for path in _ripe(folder):
        trouble = _bring(path, request, steps)
        where = "failed" if trouble else "done"
        _move(path, folder / where, trouble)
        came_to[where] += 1
    return came_to


def _ripe(folder: Path) -> Iterator[Path]:
    """Yield the files that nobody is writing any more, the oldest first."""
    files = [p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")]
    for path in sorted(files, key=lambda p: (p.stat().st_mtime, p.name)):
        waited = time.time() - path.stat().st_mtime
        if abs(waited) > _SETTLED and not path.name.lower().endswith(_UNFINISHED):
            yield path


def _bring(path: Path, request: Request, steps: Callable[[], Steps]) -> str:
    """Bring in one file; returns why it could not be used, or nothing."""
    name = path.name.lower()
    way = next((way for way, endings in _WAYS.items() if name.endswith(endings)), "")
    if not way:
        endings = ", ".join(ending for group in _WAYS.values() for ending in group)
        return f"No way in is known for it: what its name ends in is none of {endings}."
    chosen: Any = {way: path}
    try:
        asked = settled_backfill(replace(request, **chosen))
        tally = work.run("backfill", asked, partial(work.backfill, asked), steps())
    except StoreLocked:
        raise
    except CorrigendaError as error:
        return str(error)
    return tally.stopped


def _move(path: Path, to: Path, trouble: str) -> None:
    """Move a file, under a name that is free there, with what there is to say of it."""
    to.mkdir(exist_ok=True)
    target, number = to / path.name, 1
    while target.exists():
        number += 1
        target = to / f"{path.stem}-{number}{path.suffix}"
    path.rename(target)
    if trouble:
        target.with_name(f"{target.name}.txt").write_text(f"{trouble}\n", "utf-8")
