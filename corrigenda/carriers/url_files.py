"""Files of URLs that people write."""

from __future__ import annotations

from pathlib import Path

from corrigenda.carriers.bounds import read_whole
from corrigenda.carriers.lists import Listed, collect
from corrigenda.errors import UsageError
from corrigenda.models import Entry
from corrigenda.settings import Settings
from corrigenda.sources.protocol import Source


def read_url_file(text: str, source: Source) -> Listed:
    """Read a file of URLs: one a line, ``#`` begins a comment, blank lines are skipped.

    A ``#`` inside a URL would begin a fragment, which names no other page, so it is
    safe to cut there.
    """
    lines = (line.split("#", 1)[0].strip(" \t\r\n\ufeff") for line in text.splitlines())
    return collect(
        ((line, line) for line in lines if line),
        source,
        lambda address, _line, _notes: Entry(
            url=address, channel="file", node_id=source.node_id(address)
        ),
    )


def read_text_file(path: Path, settings: Settings) -> str:
    """Read a text file a person named.

    Raises:
        UsageError: It is not there, not readable, too large, or not text.
    """
    return as_text(read_whole(path, settings), str(path))


def as_text(data: bytes, name: str) -> str:
    """Return what a person wrote.

    Args:
        data: Its bytes.
        name: What to call it in errors.

    Raises:
        UsageError: It is not text.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not a text file in UTF-8") from None
