"""What every test may lean on: the corpus when it is there, and isolation from this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from corrigenda import sources
from tests.sources.example import Example

ROOT = Path(__file__).resolve().parent.parent

# Before anything imports Prefect, which reads these once: no analytics, and never the
# user's own server, settings or profile.
for name in [n for n in os.environ if n.startswith(("CORRIGENDA_", "PREFECT_"))]:
    del os.environ[name]
_home = tempfile.TemporaryDirectory(prefix="corrigenda-tests-")
os.environ |= {
    "PREFECT_HOME": _home.name,
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "DO_NOT_TRACK": "1",
}

sources.register(Example())

# How long an example takes says nothing about whether it is right.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """A real Prefect server for the session, with its own database."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=300):
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The reference corpus beside the checkout."""
    folder = ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("the reference corpus is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five sample documents."""
    return ROOT / "seeds"
