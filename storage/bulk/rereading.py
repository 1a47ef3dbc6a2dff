"""Kept payloads read again by the code of today, on all cores.

``verify`` compares the result with what was recorded, ``reprocess`` records it. Each
process opens the file for reading only; whoever asks does the writing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from corrigenda import documents, sources
from corrigenda.charset import declared
from corrigenda.errors import ArticleError, DocumentError, InvalidURL, StoreError
from corrigenda.models import Capture, Via
from corrigenda.processes import shared
from corrigenda.reading.normalise import NORMALISER_VERSION, normalise
from storage.bulk.prepared import content_of
from storage.file.connection import open_database
from storage.queries.contents import Content, from_reading
from storage.record.captures import load
from storage.record.payloads import Payloads

#: Captures to a batch: some 30 ms of work.
BATCH = 10


class Reread(NamedTuple):
    """What a capture says to the code of today.

    A tuple, because it passes between processes by the thousand.

    Attributes:
        capture_id: The capture.
        digest: Of its document's text; empty when there is a problem.
        text: That text.
        fields: As the ``versions.fields`` column holds them.
        problem: Why it cannot be read as a release any more.
    """

    capture_id: int
    digest: str = ""
    text: str = ""
    fields: str = ""
    problem: str = ""


def reread_all(
    path: Path, source_name: str, capture_ids: Sequence[int], *, processes: int | None = None
) -> Iterator[Reread]:
    """Read captures again.

    Args:
        path: The database file.
        source_name: Whose adapter reads them.
        capture_ids: Which.
        processes: So many, this one among them; as many as there are cores when left out.

    Yields:
        One result for each, in their order.
    """
    ids = iter(capture_ids)
    batches = iter(lambda: list(islice(ids, BATCH)), [])
    work = (partial(reread, path, source_name, batch) for batch in batches)
    for read in shared(work, processes=processes):
        yield from read


def reread(path: Path, source_name: str, capture_ids: Sequence[int]) -> list[Reread]:
    """Read a batch of captures again, in whichever process."""
    db, payloads = _opened(path, os.getpid())
    return [_reread(db, payloads, source_name, row) for row in capture_ids]


@lru_cache(maxsize=1)
def _opened(path: Path, _process: int) -> tuple[Database, Payloads]:
    """Open the file once a process; decompressors primed with a dictionary are kept, too."""
    db = open_database(path)
    return db, Payloads(db)


def _reread(db: Database, payloads: Payloads, source_name: str, capture_id: int) -> Reread:
    try:
        content = content_of_capture(load(db, payloads, capture_id), source_name)
    except (StoreError, DocumentError, ArticleError, InvalidURL, UnicodeDecodeError) as error:
        return Reread(capture_id=capture_id, problem=str(error))
    return Reread(
        capture_id=capture_id, digest=content.digest, text=content.text, fields=content.fields
    )


def content_of_capture(capture: Capture, source_name: str) -> Content:
    """Read a capture that was judged to be a release: a page, or an archive's document.

    Raises:
        ArticleError: It is a page without a release.
        DocumentError: It is a document that cannot be read.
    """
    source = sources.get(source_name)
    if capture.via is Via.ARCHIVE:
        return content_of(documents.read(capture.body.decode("utf-8")), source)
    url = capture.final_url or capture.url
    reading = normalise(capture.body, url, source, encoding=declared(capture))
    return from_reading(reading, NORMALISER_VERSION)
