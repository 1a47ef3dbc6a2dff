"""The public archive's even years: in, out, and byte for byte the same."""

from __future__ import annotations

import tarfile
from collections import Counter
from pathlib import Path

import pytest

from corrigenda import documents
from storage.audit.verify import verify
from storage.export import FORMATS
from storage.file.connection import reading
from tests.imports.conftest import bring_archive

pytestmark = pytest.mark.corpus

_TABLES = ("captures", "payloads", "versions", "observations", "changes", "issues")


def originals(archive: Path) -> dict[str, bytes]:
    """Every document, by its path below ``releases/``."""
    found = {}
    with tarfile.open(archive) as tar:
        for info in tar:
            file = tar.extractfile(info) if info.isreg() else None
            if file is not None:
                found[info.name.removeprefix("releases/")] = file.read()
    return found


def test_the_public_archive_comes_out_as_it_went_in(corpus: Path, tmp_path: Path) -> None:
    """One test, because the import is the half of it."""
    archive, db = corpus / "releases-even-years.tar.xz", tmp_path / "corrigenda.db"
    tally = bring_archive(db, archive)
    assert tally.verdicts == {"release": 27_313}
    assert tally.changes == {"published": 27_313}
    byte_for_byte(db, originals(archive), tmp_path / "out")
    the_six_addresses_that_two_claim(db)
    before = rows(db)
    assert bring_archive(db, archive).verdicts == {"held": 27_313}, "a second import adds nothing"
    assert rows(db) == before
    report = verify(db)
    assert report.damages == []
    assert report.payloads == report.versions == report.documents == 27_313


def rows(db: Path) -> list[int]:
    with reading(db) as store:
        return [store.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _TABLES]


def byte_for_byte(db: Path, documents_in: dict[str, bytes], to: Path) -> None:
    with reading(db) as store:
        result = FORMATS["markdown"](store, to)
    assert result.written == len(documents_in) == 27_313
    differing = {}
    for name, data in documents_in.items():
        written = (to / name).read_bytes()
        if written != data:
            differing[name] = (data.decode(), written.decode())
    # The exceptions: front matter that does not say in YAML what it means (19), or quotes
    # what needs none (1). What is meant is the same, and the text is what we would write.
    assert len(differing) == 20
    kinds: Counter[str] = Counter()
    for original, written in differing.values():
        assert documents.read(original) == documents.read(written)
        assert documents.write(documents.read(original)) == written
        kinds["unquoted" if len(original) < len(written) else "quoted needlessly"] += 1
    assert kinds == {"unquoted": 19, "quoted needlessly": 1}


def the_six_addresses_that_two_claim(db: Path) -> None:
    with reading(db) as store:
        told = store.execute("SELECT url FROM issues WHERE problem LIKE '%both claim it%'")
        assert len(told.fetchall()) == 6
        apart = store.execute("SELECT count(*) FROM releases WHERE url LIKE '%#%'")
        assert apart.fetchone() == (6,)
