"""The documents as a tree of Markdown files: the form the public archive has."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from corrigenda.wording import count
from storage.export.files import Folder, Result, document_path
from storage.export.held import latest_versions


def export_tree(db: Database, to: Path) -> Result:
    """Write the last version of each release to ``YYYY/MM/YYYY-MM-DD-slug.md``.

    A file's date is when its text was first observed, so that importing the tree dates it
    rightly.
    """
    folder, taken = Folder(to), set[str]()
    for version in latest_versions(db):
        name = document_path(version.date, version.named_url, taken)
        folder.write(name, version.text.encode("utf-8"), version.first_observed)
    folder.result.items = count(len(taken), "document")
    return folder.result
