"""The sample store, served."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.sample import build_hostile, sample
from tests.review.serving import Served, serve


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A copy of the sample store, to write to."""
    copy = tmp_path / "corrigenda.db"
    shutil.copy(sample(), copy)
    return copy


@pytest.fixture
def served(db: Path) -> Iterator[Served]:
    with serve(db) as pages:
        yield pages


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages on the sample store, for tests that write nothing."""
    copy = tmp_path_factory.mktemp("reading") / "corrigenda.db"
    shutil.copy(sample(), copy)
    with serve(copy) as pages:
        yield pages


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Served]:
    path = tmp_path / "hostile.db"
    build_hostile(path)
    with serve(path) as pages:
        yield pages
