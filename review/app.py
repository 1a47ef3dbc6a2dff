"""A Datasette that serves one database with our pages."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from corrigenda.errors import StoreLocked, StoreReadOnly
from review import plugin
from review.web import mishaps, presentation
from review.web.access import DATABASE, PLUGIN
from storage.file.connection import open_database
from storage.queries import search_index

_HERE = Path(__file__).parent


def make_datasette(path: Path, *, secret: str = "", names: Sequence[str] = ()) -> Datasette:
    """Return a Datasette for a database, with our pages on top.

    The tables and the search index are brought up to date first, if the file may be written
    at all; a read-only copy is served as it is.

    Args:
        path: The database file.
        secret: What signs cookies and sign-in links; left out, ``DATASETTE_SECRET`` or
            a new one, so that links end with the process.
        names: Host names that requests may be addressed to, besides this machine's own.

    Raises:
        StoreError: The file does not exist, or is no database of ours.
    """
    open_database(path).close()  # says what is wrong with it; never makes one
    try:
        db = open_database(path, create=True)
        with suppress(StoreLocked):  # a search makes up for it
            search_index.catch_up(db)
        db.close()
    except StoreReadOnly:
        open_database(path).close()
    _install_plugins()
    datasette = Datasette(
        [],
        template_dir=str(_HERE / "templates"),
        static_mounts=[("assets", str(_HERE / "static"))],
        secret=secret or os.environ.get("DATASETTE_SECRET") or secrets.token_hex(32),
        metadata=_metadata(names),
        settings={
            "default_page_size": 50,
            "sql_time_limit_ms": 3000,
            "allow_download": False,  # the file in use is not a backup; `export` is
            "num_sql_threads": 4,
        },
    )
    datasette.add_database(Database(datasette, path=str(path.resolve())), name=DATABASE)
    presentation.install(datasette.jinja_env)
    return datasette


def _install_plugins() -> None:
    """Register our hooks, once for the process."""
    if not pm.has_plugin(PLUGIN):
        pm.register(plugin, PLUGIN)
        pm.register(mishaps, f"{PLUGIN}-mishaps")
        pm.unregister(name=mishaps.REPLACES)


def _metadata(names: Sequence[str]) -> dict[str, object]:
    return {
        "title": "Corrigenda",
        "description": "What a government publishes, and what it changes afterwards.",
        "plugins": {PLUGIN: {"names": list(names)}},
        "databases": {
            DATABASE: {
                "tables": {
                    "changes": {"sort_desc": "id", "facets": ["kind", "significance"]},
                    "runs": {"sort_desc": "id"},
                    "releases": {"sort_desc": "id", "facets": ["status", "content_type"]},
                }
            }
        },
    }
