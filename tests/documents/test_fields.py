"""A field of a document is described once, and everything follows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from corrigenda import fields
from corrigenda.models import Document

ROOT = Path(__file__).resolve().parent.parent.parent

#: A process whose documents have two more fields; the rest is as it is.
PRETEND = """
import dataclasses, json, sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from corrigenda import models
from corrigenda.fields import Kind, form

@dataclass(frozen=True, slots=True, kw_only=True)
class Document(models.Document):
    places: tuple[str, ...] = field(default=(), metadata=form(Kind.LIST, term="place"))
    embargo: str = field(
        default="", metadata=form(Kind.TEXT, quoted=True, compared=False, exported=False))

models.Document = Document
from corrigenda import documents, sources
from corrigenda.compare import compare
from corrigenda.settings import Settings
from flows.request import Request
from flows.session import open_session
from flows.ways.archive import run
from storage.export import FORMATS
from storage.file.connection import open_database

folder = Path(sys.argv[1])
made = Document(
    title="A", date=date(2026, 2, 1), url="https://www.beehive.govt.nz/release/a", body="B",
    ministers=("Hon A",), portfolios=("P",), places=("Bluff", "Gore: north"), embargo="noon")
text = documents.write(made)
(folder / "archive").mkdir()
(folder / "archive" / "2026-02-01-a.md").write_text(text, "utf-8")
db = open_database(folder / "c.db", create=True)
# The migration such a field needs: its kind of terms.
db.execute("DROP TABLE release_terms")
db.execute("CREATE TABLE release_terms (kind TEXT, name TEXT, release_id INTEGER, "
           "PRIMARY KEY (kind, name, release_id))")
db.conn.commit()
db.close()
with open_session(Settings(db=folder / "c.db"), "beehive", "backfill", {}) as session:
    run(Request(archive=folder / "archive"), session)
db = open_database(folder / "c.db")
FORMATS["jsonl"](db, folder / "out")
(version,) = map(json.loads, (folder / "out" / "versions.jsonl").read_text().splitlines())
print(json.dumps({
    "text": text,
    "read back": documents.read(text) == made,
    "differs": compare(made, dataclasses.replace(made, places=("Bluff",))).fields,
    "not compared": compare(made, dataclasses.replace(made, embargo="one")).fields,
    "columns": [name for name in version if name in ("body", "places", "embargo")],
    "places": version["places"],
    "terms": db.execute("SELECT name FROM release_terms WHERE kind = 'place'").fetchall(),
}))
"""


def test_a_new_field_is_written_read_compared_searched_and_exported(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PRETEND, str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PREFECT_HOME": str(tmp_path / "prefect")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    added = 'places:\n  - Bluff\n  - "Gore: north"\nembargo: "noon"\n---\n\nB'
    assert told.pop("text").endswith(added)
    assert told == {
        "read back": True,
        "differs": ["places"],
        "not compared": [],
        "columns": ["body", "places"],
        "places": ["Bluff", "Gore: north"],
        "terms": [["Bluff"], ["Gore: north"]],
    }


def test_the_fields_are_those_of_the_seeds() -> None:
    names = ("title", "date", "url", "ministers", "portfolios", "attachments")
    assert tuple(form.name for form in fields.front_matter(Document)) == names
    assert fields.compared(Document) == (*names, "body")
    assert dict(fields.terms(Document)) == {"minister": "ministers", "portfolio": "portfolios"}
