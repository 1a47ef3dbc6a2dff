"""A store opened for reading, for whoever writes a script or a notebook (docs/api.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from corrigenda import sources
from corrigenda.models import Change
from storage.export.held import HeldVersion, all_versions
from storage.file.connection import open_database
from storage.queries.log.changes import changes
from storage.queries.releases import Release, find_release


class OpenedStore:
    """What a store holds. It is never written to, not even where its tables are an older form's.

    Use it as a context manager, or call :meth:`close`.

    Attributes:
        db: The database itself, for SQL (docs/data.md names the tables and columns).
    """

    def __init__(self, path: Path) -> None:
        self.db: Database = open_database(path)

    def releases(self) -> Iterator[Release]:
        """Yield every release, in the order of their URLs."""
        columns = "id, url, title, status, ifnull(last_verdict, '') AS last_verdict"
        for row in self.db.query(f"SELECT {columns} FROM releases ORDER BY url"):
            yield Release(**row)

    def versions(self, url: str | None = None) -> Iterator[HeldVersion]:
        """Yield versions, release by release, in the order of their timelines.

        Args:
            url: Those of one release, by any of its addresses; left out, all there are.

        Raises:
            InvalidURL: That is no URL.
            UnknownSource: It is no source's.
            NotHeld: No release has it.
        """
        if url is None:
            return all_versions(self.db)
        release = find_release(self.db, sources.canonical(url))
        return (version for version in all_versions(self.db) if version.release_id == release.id)

    def changes(self) -> Iterator[Change]:
        """Yield the changes, the most significant first and the newest first among equals."""
        return iter(changes(self.db))

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def __enter__(self) -> OpenedStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
