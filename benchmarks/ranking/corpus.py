"""What the ranking is learnt from and measured on: labelled pairs, and real documents to edit."""

from __future__ import annotations

import csv
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corrigenda import documents
from corrigenda.errors import DocumentError
from corrigenda.models import Document, Significance

SHARED = Path(__file__).resolve().parents[3] / "shared" / "corpus"
_FOLDERS = ("revisions", "revisions-more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two documents with a label given by reading them.

    Attributes:
        number: The pair's.
        old: The earlier document.
        new: The later one.
        label: How much the difference matters.
        why: In the labeller's words.
        group: Equal for pairs of one release, which belong into one fold.
    """

    number: str
    old: Document
    new: Document
    label: Significance
    why: str
    group: str


def pairs(shared: Path = SHARED) -> Iterator[Pair]:
    """Yield the labelled pairs."""
    for folder in (shared / name for name in _FOLDERS):
        with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                old, new = (
                    documents.read((folder / f"{row['pair']}-{side}.md").read_bytes().decode())
                    for side in "ab"
                )
                yield Pair(
                    number=row["pair"],
                    old=old,
                    new=new,
                    label=Significance(row["significance"]),
                    why=row["why"],
                    group=row["a"][11:].rstrip("-0123456789"),
                )


def sample(seed: int, shared: Path = SHARED, most: int = 4000) -> list[Document]:
    """Return documents of the archive in random order.

    Args:
        seed: Of the order.
        shared: The folder with ``releases-even-years.tar.xz``.
        most: How many to return at most.
    """
    with tarfile.open(shared / "releases-even-years.tar.xz") as archive:
        texts = [
            file.read() for member in archive if member.isfile()
            and (file := archive.extractfile(member)) is not None
        ]  # fmt: skip
    random.Random(seed).shuffle(texts)
    found: list[Document] = []
    for text in texts:
        try:
            found.append(documents.read(text.decode("utf-8")))
        except (DocumentError, UnicodeDecodeError):
            continue
        if len(found) == most:
            break
    return found
