"""The feeds of changes as files, for those who publish them without serving the pages."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from corrigenda.wording import count
from review.parts import feeds
from review.parts.reading import newest
from review.parts.selection import Selection
from storage.export.files import Folder, Result
from storage.file.connection import path_of

_LENGTH = 100
_FORMS = {"atom": ("changes.atom", feeds.atom), "jsonfeed": ("changes.json", feeds.json_feed)}


def export_feed(db: Database, to: Path, *, form: str, pages: str) -> Result:
    """Write the newest changes as a feed, press contacts withheld as in the pages' own.

    Args:
        db: The store.
        to: The folder; made when not there.
        form: ``atom`` or ``jsonfeed``.
        pages: Address of the review pages, which the entries link to.

    Returns:
        What was written.

    Raises:
        CorrigendaError: The folder cannot be written.
    """
    name, write = _FORMS[form]
    base = pages.rstrip("/")
    chosen = Selection(status="all")
    with sqlite3.connect(f"{path_of(db).resolve().as_uri()}?mode=ro", uri=True) as conn:
        conn.row_factory = sqlite3.Row
        lines = newest(conn, chosen, limit=_LENGTH, masked=True)
    conn.close()
    folder = Folder(to)
    text = write(lines, base=base, address=f"{base}/{name}", title=feeds.title_of(chosen))
    folder.write(name, text.encode())
    folder.result.items = count(len(lines), "change")
    return folder.result


#: What ``corrigenda export`` adds to the store's own formats.
FEEDS = {form: partial(export_feed, form=form) for form in _FORMS}
