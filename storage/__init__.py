"""What is remembered: one SQLite file, written by one run at a time.

``file`` holds the file itself, ``record`` writes, ``queries`` reads, ``audit`` and
``export`` read all of it. :func:`open` is the way in for scripts and notebooks.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.opened import OpenedStore

__all__ = ["open"]


def open(path: str | PathLike[str]) -> OpenedStore:
    """Open a store for reading; it may be in use by a run meanwhile.

    Args:
        path: The database file.

    Raises:
        StoreError: It does not exist, or is no such database.
        StoreTooNew: A newer program wrote it.
    """
    # Whoever asks for one module of this package should not pay for all of them.
    from storage.opened import OpenedStore  # noqa: PLC0415

    return OpenedStore(Path(path))
