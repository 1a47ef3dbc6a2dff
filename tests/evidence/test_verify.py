"""Every kind of damage is found, and named with its row."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from sqlite_utils import Database

from commands.demo.items import own_items
from commands.demo.pages import article_page
from corrigenda.models import Capture, ReviewVerdict, Via
from corrigenda.sources import get
from flows.pipeline import interpret
from storage.audit.verify import verify
from storage.file.connection import open_database
from storage.file.rows import chain_hash
from storage.record.reviews import record as add_review
from storage.record.store import Store
from tests.imports.conftest import archive_of, bring_archive, document, session_of
from tests.storage.factory import at

ITEMS = own_items()
# As much as makes a page worth being a dictionary.
CHROME = random.Random(1).randbytes(4_000).hex()


def capture(item: object, hours: float, **more: object) -> Capture:
    """A page of the replica as it would be fetched."""
    page = article_page(item, ITEMS[:3])  # type: ignore[arg-type]
    body = page.replace("</body>", f"<!-- {CHROME} --></body>").encode()
    values = {"url": item.url, "final_url": item.url, "status": 200, "via": Via.LIVE}  # type: ignore[attr-defined]
    return Capture(captured_at=at(hours), body=body, **values | more)  # type: ignore[arg-type]


@pytest.fixture
def store(db: Path, tmp_path: Path) -> Iterator[Database]:
    """Pages, an edit, an archive's documents, a review; and no guard against tampering."""
    bring_archive(db, archive_of(tmp_path / "a", *(document(n) for n in range(5))))
    with session_of(db) as session:
        writer: Store = session.store
        for hours, item in enumerate(ITEMS):
            for seen in (item, replace(item, body=item.body.replace("e", "é", 3))):
                answer = interpret(
                    capture(seen, hours if seen is item else hours + 50), get("beehive"), None
                )
                recorded = writer.record(session.tally.run, answer)
                session.tally.add(answer.judgement.verdict, recorded)
        session.tally.entries = 2 * len(ITEMS)
        (change,) = writer.db.execute(
            "SELECT id FROM changes WHERE kind = 'revised' LIMIT 1"
        ).fetchone()
        for _ in range(2):
            add_review(writer.db, [change], ReviewVerdict.COSMETIC)
    database = open_database(db, create=True)
    for table in ("captures", "payloads", "versions", "reviews"):
        for verb in ("update", "delete"):
            database.execute(f"DROP TRIGGER {table}_no_{verb}")
    database.execute("PRAGMA foreign_keys = OFF")
    yield database
    database.close()


def test_an_undamaged_store_passes(store: Database, db: Path) -> None:
    report = verify(db, every_document=True)
    assert report.damages == []
    assert report.versions == report.documents == 5 + 2 * len(ITEMS)


def flip(store: Database) -> str:
    sha256, data = store.execute(
        "SELECT sha256, data FROM payloads ORDER BY rowid DESC LIMIT 1"
    ).fetchone()
    body = bytearray(data)
    body[len(body) // 2] ^= 1
    store.execute("UPDATE payloads SET data = ? WHERE sha256 = ?", [bytes(body), sha256])
    return str(sha256)


def exchange(store: Database) -> str:
    sha256 = store.execute("SELECT sha256 FROM payloads LIMIT 1").fetchone()[0]
    store.execute(
        "UPDATE payloads SET data = ?, size = 7 WHERE sha256 = ?",
        [zstandard.compress(b"another"), sha256],
    )
    return str(sha256)


def lose_dictionary(store: Database) -> str:
    wanted, sha256 = store.execute(
        "SELECT dictionary, sha256 FROM payloads WHERE dictionary IS NOT NULL LIMIT 1"
    ).fetchone()
    store.execute("DELETE FROM payloads WHERE sha256 = ?", [wanted])
    return str(sha256)


def edit_text(store: Database) -> str:
    store.execute("UPDATE versions SET text = replace(text, 'Bridge', 'Tunnel') WHERE id = 3")
    return "3"


def edit_fields(store: Database) -> str:
    store.execute("UPDATE versions SET recorded_at = '2001-01-01T00:00:00.000000Z' WHERE id = 4")
    return "4"


def edit_and_rehash(store: Database) -> str:
    """Edit a version so that the row is right in itself: the next one gives it away."""
    row = dict(next(iter(store.query("SELECT * FROM versions WHERE id = 2"))))
    row["title"] = "Another title"
    store.execute(
        "UPDATE versions SET title = ?, hash = ? WHERE id = 2", [row["title"], chain_hash(row)]
    )
    return "3"


def remove_version(store: Database) -> str:
    store.execute("DELETE FROM versions WHERE id = 4")
    return "4"


def remove_capture(store: Database) -> str:
    store.execute("DELETE FROM captures WHERE id = 7")
    return "7"


def remove_review(store: Database) -> str:
    store.execute("DELETE FROM reviews WHERE id = 1")
    return "1"


def remove_observation(store: Database) -> str:
    store.execute("DELETE FROM observations WHERE capture_id = 6")
    return "6"


def remove_span(store: Database) -> str:
    store.execute("DELETE FROM spans WHERE version_id = 2")
    return "2"


def miscount(store: Database) -> str:
    store.execute("UPDATE spans SET captures = 9 WHERE version_id = 5")
    return "5"


def move_observation(store: Database) -> str:
    store.execute(
        "UPDATE observations SET observed_at = '2001-01-01T00:00:00.000000Z' WHERE capture_id = 6"
    )
    return "6"


def remove_change(store: Database) -> str:
    row = store.execute(
        "SELECT id FROM changes WHERE kind = 'revised' "
        "AND id NOT IN (SELECT change_id FROM reviews)"
    ).fetchone()[0]
    store.execute("DELETE FROM changes WHERE id = ?", [row])
    return str(row)


def point_nowhere(store: Database) -> str:
    store.execute("UPDATE reviews SET change_id = 999 WHERE id = 2")
    return "2"


@pytest.mark.parametrize(
    ("damage", "kind", "table"),
    [
        (flip, "payload", "payloads"),
        (exchange, "payload", "payloads"),
        (lose_dictionary, "payload", "payloads"),
        (edit_text, "version", "versions"),
        (edit_fields, "version", "versions"),
        (edit_and_rehash, "chain", "versions"),
        (remove_version, "missing row", "versions"),
        (remove_capture, "missing row", "captures"),
        (remove_review, "missing row", "reviews"),
        (remove_observation, "missing row", "observations"),
        (remove_span, "missing row", "spans"),
        (miscount, "count", "spans"),
        (move_observation, "count", "observations"),
        (remove_change, "missing row", "changes"),
        (point_nowhere, "reference", "reviews"),
    ],
)
def test_each_damage_is_named_with_its_row(
    store: Database, db: Path, damage: Callable[[Database], str], kind: str, table: str
) -> None:
    row = damage(store)
    found = [(d.kind, d.table, d.row) for d in verify(db).damages]
    assert (kind, table, row) in found


def test_the_last_capture_of_a_run_cannot_vanish_either(store: Database, db: Path) -> None:
    last = store.execute("SELECT max(id) FROM captures").fetchone()[0]
    version = store.execute("SELECT max(id) FROM versions").fetchone()[0]
    for table, column, row in (
        ("observations", "capture_id", last),
        ("captures", "id", last),
        ("spans", "version_id", version),
        ("changes", "to_version_id", version),
        ("versions", "id", version),
    ):
        store.execute(f"DELETE FROM {table} WHERE {column} = ?", [row])
    problems = [d.problem for d in verify(db).damages]
    assert any("captures judged release" in problem for problem in problems)


def test_a_head_noted_earlier_proves_that_nothing_was_rewritten(store: Database, db: Path) -> None:
    noted = verify(db).head
    assert verify(db, expect_head=noted).damages == []
    rows = [dict(row) for row in store.query("SELECT * FROM versions ORDER BY id")]
    previous = rows[0]["previous_hash"]
    for row in rows:  # a whole new chain, sound in itself
        row |= {"recorded_at": "2001-01-01T00:00:00.000000Z", "previous_hash": previous}
        row["hash"] = previous = chain_hash(row)
        store.execute(
            "UPDATE versions SET recorded_at = ?, previous_hash = ?, hash = ? WHERE id = ?",
            [row["recorded_at"], row["previous_hash"], row["hash"], row["id"]],
        )
    assert verify(db).damages == []
    (damage,) = verify(db, expect_head=noted).damages
    assert damage.kind == "chain"


def test_a_version_that_its_payload_does_not_say_is_found(store: Database, db: Path) -> None:
    """A forger who rewrites text, digest and the whole chain has the payload against him."""
    rows = [dict(row) for row in store.query("SELECT * FROM versions ORDER BY id")]
    previous = rows[0]["previous_hash"]
    for row in rows:
        if row["id"] == 8:
            row["text"] = row["text"].replace("-", "--", 1)
            row["digest"] = hashlib.sha256(row["text"].encode()).hexdigest()
        row["previous_hash"] = previous
        row["hash"] = previous = chain_hash(row)
        store.execute(
            "UPDATE versions SET text = ?, digest = ?, previous_hash = ?, hash = ? WHERE id = ?",
            [row["text"], row["digest"], row["previous_hash"], row["hash"], row["id"]],
        )
    (damage,) = verify(db).damages
    assert (damage.kind, damage.row) == ("document", "8")


def test_a_damaged_file_is_told_and_never_a_traceback(store: Database, db: Path) -> None:
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(db.read_bytes())
    data[3 * 8192 : 4 * 8192] = bytes(8192)
    broken = db.with_name("broken.db")
    broken.write_bytes(bytes(data))
    assert any(damage.kind == "file" for damage in verify(broken).damages)
