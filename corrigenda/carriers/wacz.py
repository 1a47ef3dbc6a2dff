"""WACZ files (https://specs.webrecorder.net/wacz/1.1.1/): crawls in a zip file.

ArchiveWeb.page and Browsertrix save them. The WARC files in ``archive/`` tell all there is to
know; the indexes and lists of pages beside them are for viewers.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO

from corrigenda.carriers.bounds import Bounds
from corrigenda.errors import UsageError

NAME = ".wacz"
_INSIDE = (".warc", ".warc.gz")


def is_one(path: Path) -> bool:
    """Tell by its name whether a file is a WACZ file."""
    return path.name.lower().endswith(NAME)


def crawls(path: Path, bounds: Bounds) -> Generator[IO[bytes], None, None]:
    """Yield each WARC file inside, to be read before the next is asked for.

    Args:
        path: The WACZ file.
        bounds: How much it may hold.

    Raises:
        UsageError: It is none, is damaged, or holds no crawl.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if _is_crawl(name)]
            for name in sorted(set(names)):
                bounds.meet()
                with archive.open(name) as crawl:
                    yield crawl
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        # RuntimeError: it wants a password; NotImplementedError: packed in a way of its own.
        raise UsageError(
            f"{path}: no WACZ file, or damaged ({error}). What came before the damage is kept"
        ) from None
    if not names:
        raise UsageError(f"{path}: no crawl is in it (archive/*.warc.gz); is it a WACZ file?")


def _is_crawl(name: str) -> bool:
    return name.startswith("archive/") and name.lower().endswith(_INSIDE)
