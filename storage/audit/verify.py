"""Is everything still what it was when it was recorded?

Payloads and versions are hashed again, the chain of hashes is walked, documents are read
again from their payloads, and every count that one table keeps of another is counted.
What is wrong is named with its row. What :mod:`storage.file.migrations` forbids to update or
delete can only have been changed behind the program's back.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from storage.audit import consistency as reconcile
from storage.audit.consistency import Damage, damage
from storage.audit.hashing import payload_damage
from storage.audit.seal import problems
from storage.bulk.rereading import reread_all
from storage.file.connection import open_database
from storage.file.rows import GENESIS, chain_hash

#: Documents read again, of those that must be parsed for it, unless all are asked for.
SAMPLE = 100

Progress = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Report:
    """What a verification found.

    Attributes:
        payloads: Payloads hashed.
        versions: Versions hashed, and links of the chain walked.
        documents: Versions whose document was compared with its payload.
        seals: Timestamps of the chain checked.
        head: Hash of the last version: published, it proves the whole chain before it.
        damages: What is wrong.
    """

    payloads: int = 0
    versions: int = 0
    documents: int = 0
    seals: int = 0
    head: str = GENESIS
    damages: list[Damage] = field(default_factory=list)


def verify(
    path: Path,
    *,
    every_document: bool = False,
    expect_head: str = "",
    progress: Progress = lambda _: None,
) -> Report:
    """Check a database file; nothing in it is changed.

    Args:
        path: The file.
        every_document: Read every document again, not a sample of those that need parsing.
        expect_head: A head noted earlier; it must still be in the chain.
        progress: Told what is being done.
    """
    db = open_database(path)
    report = Report()
    try:
        try:
            progress("the file's structure, references and counts, payloads")
            # SQLite and zstd both let go of the interpreter, so these go on side by side.
            with ThreadPoolExecutor(1) as aside:
                tables = aside.submit(_tables, path)
                report.payloads = _payloads(db, report)
                progress("versions and their chain")
                _versions(db, report, expect_head)
                report.damages += tables.result()
            progress("seals")
            _seals(db, report)
            progress("documents, read again")
            _documents(db, path, report, every_document)
        except sqlite3.DatabaseError as error:
            problem = f"SQLite cannot read on: {error}"
            report.damages.append(damage("file", "", "", problem))
    finally:
        db.close()
    return report


def _tables(path: Path) -> list[Damage]:
    """Check the file's structure, every reference and every count, on a connection of its own."""
    db = open_database(path)
    try:
        return _structure(db) + list(reconcile.differences(db))
    finally:
        db.close()


def _structure(db: Database) -> list[Damage]:
    """Let SQLite check its own pages and records."""
    told = (row[0] for row in db.execute("PRAGMA quick_check(20)"))
    return [damage("file", "", "", text) for text in told if text != "ok"]


def _payloads(db: Database, report: Report) -> int:
    checked = 0
    for sha256, problem in payload_damage(db):
        checked += 1
        if problem:
            report.damages.append(damage("payload", "payloads", sha256, problem))
    return checked


def _versions(db: Database, report: Report, expect_head: str) -> None:
    """Hash every version and walk the chain from its beginning."""
    cursor = db.execute("SELECT * FROM versions ORDER BY id")
    names = [column[0] for column in cursor.description]
    previous, last, met = GENESIS, 0, not expect_head
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        report.versions += 1
        for problem, kind in _of_version(row, previous, last):
            report.damages.append(damage(kind, "versions", row["id"], problem))
        previous, last = row["hash"], row["id"]
        met = met or previous == expect_head
    report.head = previous
    if not met:
        problem = "the head noted earlier is not in the chain: versions were removed or rewritten"
        report.damages.append(damage("chain", "versions", last, problem))
    for row_id, digest, text in db.execute("SELECT id, digest, text FROM derivations"):
        if _digest(text) != digest:
            report.damages.append(
                damage("version", "derivations", row_id, "its text does not have its digest")
            )


def _seals(db: Database, report: Report) -> None:
    """Check each timestamp with openssl, and that what it stamps is in the chain."""
    for row_id, problem in problems(db):
        report.seals += 1
        if problem:
            report.damages.append(damage("seal", "seals", row_id, problem))


def _of_version(row: dict[str, object], previous: str, last: int) -> Iterator[tuple[str, str]]:
    if _digest(str(row["text"])) != row["digest"]:
        yield "its text was edited: it does not have its digest", "version"
    if chain_hash(row) != row["hash"]:
        yield "it was edited: the row does not have its hash", "version"
    if row["previous_hash"] != previous:
        gone = int(str(row["id"])) - last - 1
        why = f"{gone} before it were removed" if gone else f"row {last} was replaced"
        yield f"it does not follow the version before it: {why}", "chain"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _documents(db: Database, path: Path, report: Report, every: bool) -> None:
    """Compare versions with what their payloads give to the code that recorded them."""
    known = reconcile.readable_versions(db)
    report.documents = sum(digest == payload for _, _, _, digest, payload in known)
    # An archive's document that is its own payload, byte for byte, needs no reading.
    parsed = [row for row in known if row[3] != row[4]]
    if not every and len(parsed) > SAMPLE:
        parsed = random.sample(parsed, SAMPLE)
    by_capture: dict[str, dict[int, list[tuple[int, str]]]] = {}
    for version_id, capture_id, source, digest, _ in parsed:
        of_source = by_capture.setdefault(source, {})
        of_source.setdefault(capture_id, []).append((version_id, digest))
    for source, captures in by_capture.items():
        for found in reread_all(path, source, list(captures)):
            for version_id, digest in captures[found.capture_id]:
                report.documents += 1
                if found.digest != digest:
                    problem = found.problem or "reading its payload gives another text"
                    problem = f"{problem} (capture {found.capture_id})"
                    report.damages.append(damage("document", "versions", version_id, problem))
