"""A document of an archive, read and made ready to be written as rows.

Reading is most of an import's work and touches no database, so it runs in other
processes; what comes back is plain values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import zstandard

from corrigenda import documents, sources
from corrigenda.carriers import archives
from corrigenda.carriers.archives import Member
from corrigenda.errors import DocumentError, InvalidURL
from corrigenda.models import Document, Reading
from corrigenda.reading.normalise import NORMALISER_VERSION, quality_notes
from corrigenda.sources.protocol import Source
from storage.queries.contents import Content, from_reading

# Of texts of 3 KB higher levels leave as much, and take longer.
_LEVEL = 1
#: What the public archive writes where a page gives no date.
_INVENTED = "0001-01-01"


class Prepared(NamedTuple):
    """One document, ready.

    A tuple, because tens of thousands pass from one process to another, and pickling a
    dataclass takes three times as long.

    Attributes:
        name: Its path in the archive.
        stem: That without folders and ending: date and slug.
        modified: The date the archive gives it.
        sha256: Of its bytes.
        size: Of its bytes.
        packed: Its bytes, compressed for the store.
        problem: Why it is no document of the source; empty when it is one.
        url: Canonical URL it claims.
        content_type: What that URL names.
        title: Its title.
        date: Its date, ISO 8601.
        text: The document as we write it.
        digest: SHA-256 of that text.
        fields: As the ``versions.fields`` column holds them.
        notes: What is worth a person's look.
    """

    name: str
    stem: str
    modified: datetime
    sha256: str
    size: int
    packed: bytes
    problem: str = ""
    url: str = ""
    content_type: str = ""
    title: str = ""
    date: str | None = None
    text: str = ""
    digest: str = ""
    fields: str = ""
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return zstandard.ZstdDecompressor().decompress(self.packed, max_output_size=self.size)


_compressor = zstandard.ZstdCompressor(level=_LEVEL)


def prepare_files(source_name: str, root: Path, names: Sequence[str]) -> list[Prepared]:
    """Read a batch of a folder's documents."""
    return [prepare(source_name, archives.read(root, name)) for name in names]


def prepare_all(source_name: str, batch: Sequence[Member]) -> list[Prepared]:
    """Read a batch of documents; never raises for what one of them holds."""
    return [prepare(source_name, member) for member in batch]


def prepare(source_name: str, member: Member) -> Prepared:
    """Read one document."""
    values: dict[str, Any] = {
        "name": member.name,
        "stem": member.stem,
        "modified": member.modified,
        "sha256": hashlib.sha256(member.data).hexdigest(),
        "size": len(member.data),
        "packed": _compressor.compress(member.data),
    }
    if member.problem:
        return Prepared(**values, problem=member.problem)
    source = sources.get(source_name)
    try:
        document = documents.read(member.data.decode("utf-8"))
        url = source.canonical(document.url)
    except UnicodeDecodeError as error:
        return Prepared(**values, problem=f"not UTF-8 (byte {error.start})")
    except DocumentError as error:
        return Prepared(**values, problem=error.problem)
    except InvalidURL as error:
        return Prepared(**values, problem=f"its url is none: {error.problem}")
    kind = source.content_type(url)
    if kind is None:
        return Prepared(**values, problem=f"{url} is no release of {source.title}")
    content = content_of(document, source)
    return Prepared(
        **values,
        url=url,
        content_type=str(kind),
        title=document.title,
        date=document.date.isoformat() if document.date else None,
        text=content.text,
        digest=content.digest,
        fields=content.fields,
        notes=tuple(content.details["notes"]),
    )


def content_of(document: Document, source: Source) -> Content:
    """Return a document of a source as the store's content.

    What a page would tell beside it (the time as written, the attachments' lengths) is not
    known, and stays so.
    """
    notes = tuple(quality_notes(document, source.credited))
    if document.date is not None and document.date.isoformat() == _INVENTED:
        notes = ("invented date", *notes)
    reading = Reading(document=document, date_rule="as the archive gives it", notes=notes)
    return from_reading(reading, NORMALISER_VERSION)
