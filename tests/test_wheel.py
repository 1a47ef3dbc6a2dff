"""The wheel is whole: what a checkout reads from its folders is in it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, where nothing of the checkout can be imported by accident."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_carries_the_seeds_the_views_and_the_deployments(unpacked: Path) -> None:
    seeds = {p.name for p in (unpacked / "commands" / "demo" / "seeds").iterdir()}
    assert seeds == {p.name for p in (ROOT / "seeds").iterdir()}
    tables = {p.name for p in (unpacked / "corrigenda" / "compare" / "data").iterdir()}
    assert tables == {p.name for p in (ROOT / "corrigenda" / "compare" / "data").iterdir()}
    for name in ("storage/file/views.sql", "flows/prefect.yaml", "corrigenda/py.typed"):
        assert (unpacked / name).is_file(), name


def test_it_carries_the_packages_and_nothing_else(unpacked: Path) -> None:
    names = {p.name for p in unpacked.iterdir() if not p.name.endswith(".dist-info")}
    assert names == {"corrigenda", "storage", "flows", "review", "commands"}


def test_it_runs_from_there(unpacked: Path, tmp_path: Path) -> None:
    script = (
        "import corrigenda; from commands.demo.items import seed_items;"
        "from storage.file.connection import open_database; from pathlib import Path;"
        "open_database(Path('x.db'), create=True);"
        "print(corrigenda.__file__, len(seed_items()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(unpacked)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    where, count = result.stdout.split()
    assert where.startswith(str(unpacked))
    assert count == "5"
