"""What is written for each change: its page, its image, its documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from sqlite_utils import Database

from corrigenda.models import Change
from review.kit import card
from review.parts.difference import difference, text_as_read
from review.parts.feeds import sentence
from review.parts.links import archive_link, live_link
from review.parts.words import field_changes, headlines, shown, shown_document
from review.web import presentation
from storage.export.files import Folder, Result
from storage.export.kit import sides
from storage.file.connection import reading
from storage.queries.contents import of_version
from storage.queries.log.changes import changes_by_id

TEMPLATES = Path(__file__).parents[1] / "templates"
_Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some changes to be written, here or in a helper.

    Attributes:
        store: The database file.
        to: The site's folder.
        base: Its address, without a slash at the end.
        ids: The changes.
    """

    store: Path
    to: Path
    base: str
    ids: tuple[int, ...]

    def __call__(self) -> tuple[Result, dict[int, dict[str, Any]]]:
        """Write them; return what was written, and each change's line of the search index."""
        folder = Folder(self.to)
        lines = {}
        with reading(self.store) as db:
            for change in changes_by_id(db, self.ids):
                public = shown(change, masked=True)
                for name, data in _files(db, change, public, self.base):
                    folder.write(name, data)
                lines[change.id] = search_line(public)
        return folder.result, lines


@cache
def environment() -> Environment:
    """Return the templates with what they may call, as the served pages have it."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    presentation.install(made)
    return made


def render(template: str, **context: Any) -> bytes:
    """Render one of the site's pages."""
    made = environment().get_template(f"corrigenda/published/{template}").render(context)
    return made.encode("utf-8", "replace")


def folder_of(change_id: int) -> str:
    """Return the folder of a change's page; its address is that of the served pages."""
    return f"change/{change_id}"


def search_line(change: Change) -> dict[str, Any]:
    """Return what the search of the site knows of a change.

    Args:
        change: The change, press contacts masked.
    """
    reasons = [sentence(headlines(change.reasons)), *change.reasons[1:6]]
    return {
        "id": change.id,
        "title": change.title or change.url,
        "day": change.before.date().isoformat(),
        "kind": str(change.kind),
        "significance": str(change.significance),
        "reasons": reasons,
        "names": [*change.ministers, *change.portfolios],
    }


def _files(db: Database, change: Change, public: Change, base: str) -> _Files:
    """Yield a change's files, by their paths in the site."""
    both = sides(db, change, masked=True)
    for side in both:
        # By the hash of what is published: whoever downloads it can compare the two.
        yield f"version/{side.copy.sha256}.md", side.copy.data
    old, new = (
        shown_document(of_version(db, version).document, masked=True) if version else None
        for version in (change.from_version_id, change.to_version_id)
    )
    sole = None if old and new else new or old
    home = folder_of(change.id)
    page = render(
        "change.html",
        line=public,
        sides=both,
        root="../../",
        address=f"{base}/{home}" if base else "",
        fields=field_changes(old, new) if old and new else [],
        body=difference(old.body, new.body) if old and new else None,
        sole=text_as_read(sole.body) if sole else [],
        live=live_link(change.url),
        archive=archive_link(change.url),
    )
    yield f"{home}/index.html", page
    drawn = card.drawing(public, address=f"{base}/{home}")
    yield f"{home}/card.svg", card.svg(drawn, public.title or public.url).encode()
    yield f"{home}/card.png", card.png(drawn)
