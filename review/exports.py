"""The feeds of changes as files, for those who publish them without serving the pages."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlite_utils import Database

from corrigenda.wording import count
from review.parts import feeds
from storage.export.files import Folder, Result
from storage.queries.log.filters import NEWS

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
    found = feeds.news(db, replace(NEWS, limit=_LENGTH))
    folder = Folder(to)
    text = write(found, base=base, address=f"{base}/{name}", title=feeds.title_of(NEWS))
    folder.write(name, text.encode())
    folder.result.items = count(len(found), "change")
    return folder.result


#: What ``corrigenda export`` adds to the store's own formats.
FEEDS = {form: partial(export_feed, form=form) for form in _FORMS}
