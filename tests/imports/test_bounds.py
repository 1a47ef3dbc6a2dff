"""What a person supplies may be made to do harm: it is bounded, and told in a sentence."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corrigenda import documents
from corrigenda.carriers import archives, warcs
from corrigenda.errors import UsageError
from corrigenda.settings import Settings
from flows.request import Request
from flows.ways import warc
from storage.file.connection import open_database
from tests.evidence.pages import BRIDGE, WORDINGS, Stored, day, page, write_warc
from tests.imports.conftest import bring_archive, document, session_of, tar_of

SETTINGS = Settings()
#: Bytes of memory that reading a hostile file may take, however much it claims to be.
LITTLE = 80_000_000


def peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refused(call: Callable[[], object], match: str) -> None:
    """It ends in a sentence, and took little memory."""

    def ended() -> None:
        with pytest.raises(UsageError, match=match):
            call()

    assert peak(ended) < LITTLE


def of_zeros(head: bytes, number: int, pack: Callable[..., io.IOBase], to: Path) -> Path:
    """A file that unpacks to a head and so many millions of zeros."""
    with pack(to, "wb") as file:
        file.write(head)
        for _ in range(number):
            file.write(bytes(1_000_000))
    return to


def header(kind: bytes, size: int, name: str = "x") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK]
)
def test_a_tar_file_with_a_name_without_end(tmp_path: Path, kind: bytes) -> None:
    made = of_zeros(header(kind, 3_000_000_000), 300, gzip.open, tmp_path / "long.tar.gz")
    refused(lambda: archives.count(made, SETTINGS), "a header of more than 256,000 bytes")


def test_headers_in_headers(tmp_path: Path) -> None:
    """Each names the next: tarfile reads them by recursion."""
    chain = b"".join(
        header(tarfile.GNUTYPE_LONGNAME, 4) + b"x.md".ljust(512, b"\0") for _ in range(2000)
    )
    (tmp_path / "chain.tar").write_bytes(header(tarfile.REGTYPE, 0, "a.md") + chain)
    refused(lambda: archives.count(tmp_path / "chain.tar", SETTINGS), "damaged")


def test_a_small_tar_file_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    made = of_zeros(header(tarfile.REGTYPE, 10**10), 400, lzma.open, tmp_path / "zeros.tar.xz")
    assert made.stat().st_size < 200_000
    refused(lambda: archives.count(made, SETTINGS), "unpacks to more than 200 times its size")


def test_an_archive_of_more_members_than_anybody_has(tmp_path: Path) -> None:
    made = tmp_path / "many.tar"
    made.write_bytes(header(tarfile.REGTYPE, 0, "x.md") * 50)
    few = replace(SETTINGS, max_members=49)
    refused(lambda: archives.count(made, few), "more than 49 members")
    assert archives.count(made, replace(SETTINGS, max_members=50)) == 50


def test_members_are_forgotten_when_they_are_passed(tmp_path: Path) -> None:
    made = tmp_path / "many.tar"
    made.write_bytes(header(tarfile.REGTYPE, 0, "x.png") * 60_000)
    assert peak(lambda: archives.count(made, SETTINGS)) < 10_000_000


def test_dates_and_names_that_are_none_are_issues_of_their_member(tmp_path: Path, db: Path) -> None:
    good, undated, odd = (documents.write(document(number)).encode() for number in range(3))
    made = tmp_path / "odd.tar"
    with tarfile.open(made, "w") as tar:
        for name, data, mtime in (
            ("undated.md", undated, 10**14),
            ("n\udcff.md", odd, 0),
            ("good.md", good, 0),
        ):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), mtime
            tar.addfile(info, io.BytesIO(data))
    tally = bring_archive(db, made)
    assert tally.verdicts == {"release": 2, "broken": 1}
    store = open_database(db)
    assert store.execute("SELECT url FROM issues").fetchall() == [("file:undated.md",)]


def test_large_members_do_not_wait_in_memory_together(tmp_path: Path, db: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(30):
        text = documents.write(document(number, body="word " * 300_000))
        (folder / f"{number}.md").write_text(text, "utf-8")
    made = tar_of(folder, tmp_path / "large.tar.xz")
    assert bring_archive(db, made).verdicts == {"release": 30}


def read_all(path: Path, settings: Settings = SETTINGS) -> list[warcs.WarcRecord]:
    return list(warcs.records(path, settings))


def test_a_warc_header_without_end(tmp_path: Path) -> None:
    crawl = write_warc(tmp_path / "a.warc.gz", [Stored(url=BRIDGE.url, at=day(1), body=b"x")])
    with gzip.open(tmp_path / "line.gz", "wb") as file:
        file.write(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: ")
        for _ in range(400):
            file.write(b"x" * 1_000_000)
    crawl.write_bytes(crawl.read_bytes() + (tmp_path / "line.gz").read_bytes())
    refused(lambda: read_all(crawl), "a header of more than 256,000 bytes")
    found = iter(warcs.records(crawl, SETTINGS))
    assert next(found).body == b"x", "what came before it is kept"


def test_headers_without_end_in_lines(tmp_path: Path) -> None:
    crawl = tmp_path / "lines.warc.gz"
    with gzip.open(crawl, "wb") as file:
        file.write(b"WARC/1.1\r\nWARC-Type: response\r\n" + b"X-Header: x\r\n" * 1_000_000)
    refused(lambda: read_all(crawl), "a header of more than")


def test_a_warc_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 10000000000\r\n\r\n"
    crawl = of_zeros(head, 300, gzip.open, tmp_path / "zeros.warc.gz")
    refused(lambda: read_all(crawl), "unpacks to more than 200 times")


@pytest.mark.parametrize("coding", ["br", "gzip", "zstd"])
def test_a_body_that_unpacks_to_gigabytes_is_left_out(tmp_path: Path, coding: str) -> None:
    import brotli
    import zstandard

    packed = {
        "br": brotli.compress,
        "gzip": gzip.compress,
        "zstd": zstandard.compress,
    }[coding](bytes(60_000_000))
    headers = (("Content-Type", "text/html"), ("Content-Encoding", coding))
    crawl = write_warc(
        tmp_path / "a.warc.gz",
        [
            Stored(url=BRIDGE.url, at=day(1), body=packed, headers=headers),
            Stored(url=BRIDGE.url, at=day(2), body=page(BRIDGE)),
        ],
    )
    assert peak(lambda: read_all(crawl)) < LITTLE
    first, second = read_all(crawl)
    assert (first.body, first.problem) == (b"", "larger than 20,000,000 bytes")
    assert b"Harbour bridge" in second.body


def wacz_of(to: Path, *crawls: Path, **options: Any) -> Path:
    """A WACZ file as ArchiveWeb.page saves it: the crawls, and what a viewer wants."""
    with zipfile.ZipFile(to, "w", **options) as archive:
        archive.writestr("datapackage.json", '{"profile": "data-package", "wacz_version": "1.1.1"}')
        archive.writestr("indexes/index.cdx.gz", gzip.compress(b"{}"))
        archive.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0", "id": "pages"}\n')
        for crawl in crawls:
            archive.write(crawl, f"archive/{crawl.name}")
    return to


def test_a_wacz_file_is_the_crawls_in_it(tmp_path: Path, db: Path) -> None:
    one, two = (
        write_warc(tmp_path / f"{n}.warc.gz", [Stored(url=BRIDGE.url, at=day(n), body=page(w))])
        for n, w in ((1, WORDINGS[0]), (2, WORDINGS[1]))
    )
    made = wacz_of(tmp_path / "saved.wacz", one, two)
    with session_of(db) as session:
        warc.run(Request(warc=made), session)
        assert session.tally.verdicts == {"release": 2}
        assert session.tally.changes == {"published": 1, "revised": 1}
    for path in (one, two):
        path.unlink()
    assert warcs.files(tmp_path) == [made]


def test_wacz_files_that_are_none(tmp_path: Path) -> None:
    text = tmp_path / "text.wacz"
    text.write_text("no zip")
    refused(lambda: read_all(text), "no WACZ file")
    refused(lambda: read_all(wacz_of(tmp_path / "empty.wacz")), "no crawl is in it")
    many = tmp_path / "many.wacz"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(30):
            archive.writestr(f"archive/{number}.warc", b"")
    refused(lambda: read_all(many, replace(SETTINGS, max_members=29)), "more than 29 members")
    crawl = write_warc(tmp_path / "a.warc.gz", [Stored(url=BRIDGE.url, at=day(1), body=b"x")])
    whole = wacz_of(tmp_path / "whole.wacz", crawl)
    data = bytearray(whole.read_bytes())
    at = data.index(crawl.read_bytes()[:40]) + 200
    data[at : at + 9] = b"\xff" * 9
    whole.write_bytes(bytes(data))
    refused(lambda: read_all(whole), "damaged")


def test_a_wacz_file_of_zeros_in_zeros(tmp_path: Path) -> None:
    """Packed twice, it would unpack to a thousand times a thousand times its size."""
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 10000000000\r\n\r\n"
    crawl = of_zeros(head, 300, gzip.open, tmp_path / "zeros.warc.gz")
    made = wacz_of(tmp_path / "z.wacz", crawl, compression=zipfile.ZIP_DEFLATED)
    assert made.stat().st_size < 20_000
    refused(lambda: read_all(made), "unpacks to more than 200 times")
