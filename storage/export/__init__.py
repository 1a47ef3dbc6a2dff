"""Everything out again, in forms that other programs read.

Each exporter writes files whose bytes depend on the store alone: exporting twice changes
nothing, and what is there already is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from storage.export.files import Result
from storage.export.git import export_git
from storage.export.tables import export_csv, export_jsonl
from storage.export.timemap import export_timemaps
from storage.export.tree import export_tree
from storage.export.warc import export_warc

Exporter = Callable[[Database, Path], Result]

FORMATS: dict[str, Exporter] = {
    "markdown": export_tree,
    "git": export_git,
    "jsonl": export_jsonl,
    "csv": export_csv,
    "warc": export_warc,
    "timemap": export_timemaps,
}
