"""Make a large store quickly: real tables, invented words.

Rows are written as the store writes them (hash chain, spans, terms and search index by its
own triggers), but in bulk and without fetching. Text is drawn from a vocabulary whose
frequencies fall off as in a language, so that searches for common and for rare words cost
what they would.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from corrigenda import documents
from corrigenda.models import Document
from storage.file.connection import open_database
from storage.file.rows import GENESIS, chain_hash
from storage.file.times import to_text

START = datetime(1996, 1, 1, tzinfo=UTC)
SITE = "https://www.beehive.govt.nz/release/"
_SYLLABLES = "ka re mo ti wa na po ler sten dor vin gar mel tas ru ho ben lis far nor".split()
_PER_TRANSACTION = 2_000


def generate(path: Path, *, releases: int = 55_000, changes: int = 20_000, seed: int = 1) -> None:
    """Fill a new database.

    Args:
        path: The file, which must not exist.
        releases: How many releases, a version each at least.
        changes: How many revisions of them.
        seed: Of the random numbers: the same seed, the same store.
    """
    assert not path.exists(), f"{path} exists already"
    db = open_database(path, create=True)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("INSERT INTO sources (id, name, title, home) VALUES (1, 'beehive', 'B', 'x')")
    db.execute(
        "INSERT INTO runs (id, flow, source_id, started_at, finished_at, outcome) "
        "VALUES (1, 'backfill', 1, ?, ?, 'done')",
        [to_text(START), to_text(START)],
    )
    writer = _Writer(db, random.Random(seed))
    # Most edited releases are edited once; some several times.
    edits: dict[int, int] = {}
    for _ in range(changes):
        chosen = int(writer.random.random() ** 1.3 * releases)
        edits[chosen] = edits.get(chosen, 0) + 1
    for first in range(0, releases, _PER_TRANSACTION):
        db.execute("BEGIN")
        for number in range(first, min(first + _PER_TRANSACTION, releases)):
            writer.release(number, releases, edits.get(number, 0))
        db.execute("COMMIT")
    db.execute("ANALYZE")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


class _Writer:
    """Writes releases one after the other."""

    def __init__(self, db: Database, generator: random.Random) -> None:
        self.random = generator
        self._execute = db.execute
        self._previous = GENESIS
        self._versions = self._changes = self._captures = 0
        words = {self._word() for _ in range(30_000)}
        self._vocabulary = sorted(words)
        generator.shuffle(self._vocabulary)
        self._weights = [1 / (rank + 3) for rank in range(len(self._vocabulary))]
        self._total = list(_running(self._weights))
        self._ministers = [f"Hon {self._name()} {self._name()}" for _ in range(180)]
        self._portfolios = [f"{self._name()} and {self._name()}" for _ in range(70)]

    def release(self, number: int, releases: int, edits: int) -> None:
        """Write one release with its versions and changes."""
        published = START + timedelta(days=11_200 * number / releases)
        title = " ".join(self._words(7)).capitalize()
        slug = f"{'-'.join(title.lower().split())}-{number}"
        self._execute(
            "INSERT INTO releases (id, source_id, url, node_id, title, published_at, status, "
            "first_heard_at, last_checked_at, last_verdict) VALUES (?, 1, ?, ?, ?, ?, 'live', "
            "?, ?, 'release')",
            [
                number + 1,
                SITE + slug,
                number + 1000,
                title,
                f"{published:%Y-%m-%dT%H:%M:%SZ}",
                to_text(published),
                to_text(published),
            ],
        )
        document = self._document(title, SITE + slug, published)
        at = published + timedelta(minutes=20)
        version = self._version(number + 1, 1, document, at)
        self._change(number + 1, "published", None, version, None, at, ["first version held"])
        for edit in range(edits):
            seen = at
            at = at + timedelta(hours=self.random.expovariate(1 / 60) + 0.3)
            document, reason, significance, key = self._edited(document, edit)
            newer = self._version(number + 1, edit + 2, document, at)
            self._change(number + 1, "revised", version, newer, seen, at, reason, significance, key)
            version = newer

    def _document(self, title: str, url: str, published: datetime) -> Document:
        paragraphs = [
            " ".join(self._words(self.random.randint(25, 75))).capitalize() + "."
            for _ in range(self.random.randint(4, 11))
        ]
        paragraphs[0] += f" The Government will spend ${self.random.randint(1, 999)} million."
        paragraphs.append("Media contact: Jo Specimen, 021 555 0123")
        return Document(
            title=title,
            date=published.date() if published.year > 1 else date(1996, 1, 1),
            url=url,
            ministers=tuple(self.random.sample(self._ministers, self.random.choice((1, 1, 1, 2)))),
            portfolios=tuple(self.random.sample(self._portfolios, self.random.choice((1, 1, 2)))),
            body="\n\n".join(paragraphs),
        )

    def _edited(self, old: Document, edit: int) -> tuple[Document, list[str], str, str]:
        """Return an edit of a document, with reasons as compare would give them."""
        kind = self.random.random()
        first, _, rest = old.body.partition("\n\n")
        if kind < 0.15:
            figure, other = self.random.randint(1, 999), self.random.randint(1, 999)
            body = f"{first} Of this ${figure}.{edit} million is new.\n\n{rest}"
            reason = [f'figure: "${other} million" became "${figure}.{edit} million"']
            return replace(old, body=body), reason, "high", f"h{self._changes}"
        if kind < 0.4:
            added = " ".join(self._words(30)).capitalize() + "."
            body = f"{first}\n\n{added}\n\n{rest}"
            return replace(old, body=body), [f'added: "{added}"'], "medium", f"m{self._changes}"
        if kind < 0.75:
            # A group: the same edit on many releases.
            group = int(self.random.random() * 40)
            body = f"{old.body}\n\nMinistry number {group} was renamed."
            reason = [f'typing: "Ministry {group}" became "Agency {group}"']
            return replace(old, body=body), reason, "low", f"group{group}"
        words = first.split(" ")
        words[len(words) // 2] = self._word()
        body = f"{' '.join(words)}\n\n{rest}"
        significance = "none" if kind > 0.9 else "low"
        return replace(old, body=body), ["typing: a word"], significance, f"t{self._changes}"

    def _version(self, release_id: int, number: int, document: Document, at: datetime) -> int:
        self._captures += 1
        self._versions += 1
        moment = to_text(at)
        self._execute(
            "INSERT INTO captures (id, release_id, run_id, url, via, captured_at, verdict, reason, "
            "status) VALUES (?, ?, 1, ?, 'archive', ?, 'release', 'generated', 200)",
            [self._captures, release_id, document.url, moment],
        )
        text = documents.write(document)
        row = {
            "release_id": release_id,
            "track": "page",
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "title": document.title,
            "date": document.date.isoformat() if document.date else None,
            "text": text,
            "fields": json.dumps(
                {
                    "ministers": document.ministers,
                    "portfolios": document.portfolios,
                    "attachments": [],
                    "notes": [],
                }
            ),
            "normaliser_version": 1,
            "capture_id": self._captures,
            "recorded_at": moment,
            "previous_hash": self._previous,
        }
        self._previous = row["hash"] = chain_hash(row)
        columns = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        self._execute(f"INSERT INTO versions ({columns}) VALUES ({marks})", row)
        self._execute(
            "INSERT INTO observations VALUES (?, ?, 'page', ?, ?, '{}')",
            [self._captures, release_id, moment, self._versions],
        )
        self._execute(
            "INSERT INTO spans VALUES (?, ?, 'page', ?, ?, ?, 1, 'archive')",
            [self._versions, release_id, number, moment, moment],
        )
        return self._versions

    def _change(
        self,
        release_id: int,
        kind: str,
        old: int | None,
        new: int,
        after: datetime | None,
        before: datetime,
        reasons: list[str],
        significance: str = "none",
        key: str | None = None,
    ) -> None:
        self._changes += 1
        self._execute(
            "INSERT INTO changes (id, release_id, kind, from_version_id, to_version_id, after, "
            "before, significance, reasons, fields, kinds, words_added, words_removed, silent, "
            "group_key, run_id, detected_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', 3, 2, 1, ?, 1, ?)",
            [
                self._changes,
                release_id,
                kind,
                old,
                new,
                to_text(after) if after else None,
                to_text(before),
                significance,
                json.dumps(reasons),
                '["body"]' if kind == "revised" else "[]",
                key,
                to_text(before),
            ],
        )
        if kind == "revised" and self.random.random() < 0.35:
            self._execute(
                "INSERT INTO reviews (change_id, verdict, reviewer, reviewed_at) "
                "VALUES (?, 'cosmetic', 'bench', ?)",
                [self._changes, to_text(before)],
            )

    def _words(self, count: int) -> list[str]:
        return self.random.choices(self._vocabulary, cum_weights=self._total, k=count)

    def _word(self) -> str:
        return "".join(self.random.choices(_SYLLABLES, k=self.random.randint(1, 4)))

    def _name(self) -> str:
        return self._word().capitalize()


def _running(weights: list[float]) -> Iterator[float]:
    total = 0.0
    for weight in weights:
        total += weight
        yield total
