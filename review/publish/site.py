"""Writing the site: what is new or different since it was written last, and no more.

A file of the site itself, :data:`MANIFEST`, tells from what each change's page was made. Pages
are written before it is brought up to date, so the next run makes up for one that was interrupted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from corrigenda import __version__
from corrigenda.errors import UsageError
from corrigenda.models import Change
from corrigenda.processes import shared
from corrigenda.wording import count
from review.parts import feeds
from review.parts.words import shown
from review.publish.rendering import TEMPLATES, Batch, folder_of, render
from storage.export.files import Folder, Result
from storage.file.connection import reading
from storage.queries.log.changes import as_row, changes
from storage.queries.log.filters import NEWS
from storage.queries.log.find import digests

_T = TypeVar("_T")

MANIFEST = ".corrigenda-publish.json"
#: Changes of one page of the log, of one piece of work, and of one part of the search index.
_A_PAGE, _TOGETHER, _A_PART = 50, 40, 1000
_FEED = 100
_STATIC = TEMPLATES.parent / "static"
_ASSETS = ("review.css", "kit.css", "published.css", "published.js", "icon.svg")

Progress = Callable[[int, int], None]


def publish(
    store: Path,
    to: Path,
    *,
    base: str = "",
    processes: int | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Result:
    """Write the change log as a site of files, press contacts withheld.

    Args:
        store: The database file.
        to: The site's folder; made when not there.
        base: The address it will have, for feeds and cards.
        processes: So many at once; left out, as many as there are cores.
        progress: Told how many changes' pages of how many are written.

    Returns:
        What was written; what is as it was counts as unchanged.

    Raises:
        UsageError: The folder holds something else.
        CorrigendaError: It cannot be written, or the store cannot be read.
    """
    base = base.rstrip("/")
    folder = Folder(to)
    before = _manifest(to)
    with reading(store) as db:
        found = changes(db, NEWS, latest=True)
        sums = digests(db, found)
    keys = {str(change.id): _key(change, base) for change in found}
    # Before any page: a run that is interrupted leaves a folder that is known for a site.
    folder.write(MANIFEST, json.dumps(before, ensure_ascii=False).encode())
    held = before["changes"]
    waiting = [c.id for c in found if held.get(str(c.id), {}).get("key") != keys[str(c.id)]]
    lines = {number: told["line"] for number, told in held.items() if number in keys}
    done = 0
    for result, told in shared(_batches(store, to, base, waiting), processes=processes):
        folder.result.written += result.written
        folder.result.unchanged += result.unchanged
        lines |= {str(number): line for number, line in told.items()}
        done += len(told)
        progress(done, len(waiting))
    _whole(folder, found, lines, base)
    public = [shown(change, masked=True) for change in found]
    folder.write("changes.csv", feeds.csv(public, sums).encode())
    _clear(folder.root, held.keys() - keys.keys())
    made = {number: {"key": key, "line": lines[number]} for number, key in keys.items()}
    folder.write(MANIFEST, json.dumps({"changes": made}, ensure_ascii=False).encode())
    folder.result.items = count(len(found), "change")
    return folder.result


def waiting(store: Path, to: Path, *, base: str = "") -> tuple[int, int]:
    """Return how many changes there are, and for how many pages would be written."""
    held = _manifest(to)["changes"]
    with reading(store) as db:
        found = changes(db, NEWS)
    base = base.rstrip("/")
    return len(found), sum(held.get(str(c.id), {}).get("key") != _key(c, base) for c in found)


def _whole(folder: Folder, found: Sequence[Change], lines: dict[str, Any], base: str) -> None:
    """Write what speaks of all changes: the log, the feeds, the search and its index."""
    pages = list(_batched(found, _A_PAGE)) or [()]
    for number, some in enumerate(pages, start=1):
        masked = [shown(change, masked=True) for change in some]
        name = "index.html" if number == 1 else f"page/{number}/index.html"
        root = "" if number == 1 else "../../"
        told = {"changes": masked, "number": number, "pages": len(pages), "total": len(found)}
        folder.write(name, render("log.html", root=root, base=base, **told))
    ordered = [lines[str(change.id)] for change in found]
    parts = [list(some) for some in _batched(ordered, _A_PART)]
    for number, part in enumerate(parts):
        folder.write(f"search/{number}.json", json.dumps(part, ensure_ascii=False).encode())
    about = {"parts": len(parts), "total": len(found)}
    folder.write("search/index.html", render("search.html", root="../", base=base, **about))
    newest = [shown(change, masked=True) for change in found[:_FEED]]
    title = feeds.title_of(NEWS)
    for name, write in (("changes.atom", feeds.atom), ("changes.json", feeds.json_feed)):
        text = write(newest, base=base, address=f"{base}/{name}", title=title)
        folder.write(name, text.encode())
    for name in _ASSETS:
        folder.write(f"assets/{name}", (_STATIC / name).read_bytes())


def _batches(
    store: Path, to: Path, base: str, ids: Iterable[int]
) -> Iterator[Callable[[], tuple[Result, dict[int, dict[str, Any]]]]]:
    for some in _batched(ids, _TOGETHER):
        yield Batch(store=store, to=to, base=base, ids=some)


def _manifest(to: Path) -> dict[str, Any]:
    """Return what the site was made from; of nothing where it is new.

    Raises:
        UsageError: The folder is not empty, and no such site.
    """
    path = to / MANIFEST
    if not path.is_file():
        if to.is_dir() and any(p.name[0] != "." for p in to.iterdir() if p.name != "change"):
            raise UsageError(
                f"{to}: holds something that is no published site; choose another --to"
            )
        return {"changes": {}}
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError:
        return {"changes": {}}
    return found


def _clear(root: Path, gone: Iterable[str]) -> None:
    """Remove the pages of changes that do not stand any more."""
    for number in gone:
        home = root / folder_of(int(number))
        for path in home.glob("*"):
            path.unlink()
        if home.is_dir():
            home.rmdir()


def _key(change: Change, base: str) -> str:
    """Return what changes whenever a change's page would."""
    told = json.dumps([_made_by(), base, as_row(change), change.from_version_id], default=str)
    told += f" {change.to_version_id}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@cache
def _made_by() -> str:
    """Return a fingerprint of the templates and the program."""
    made = hashlib.sha256(__version__.encode())
    for path in sorted((TEMPLATES / "corrigenda").rglob("*.html")):
        made.update(path.read_bytes())
    return made.hexdigest()


def _batched(values: Iterable[_T], size: int) -> Iterator[tuple[_T, ...]]:
    """Yield values in tuples of a size, as itertools.batched of Python 3.12 does."""
    left = iter(values)
    while some := tuple(islice(left, size)):
        yield some
