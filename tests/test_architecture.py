"""The house stands as DESIGN section 2 draws it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("corrigenda", "storage", "flows", "review", "commands")


def test_imports_go_downward_only() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_only_tasks_py_defines_tasks() -> None:
    makers = [
        path.name for path in (ROOT / "flows").glob("*.py") if "\n@task" in path.read_text("utf-8")
    ]
    assert makers == ["tasks.py"]


def test_no_module_is_larger_than_a_reader_can_hold() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_no_other_distribution_owns_our_top_level_names() -> None:
    owners = metadata.packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, ["corrigenda"])) == {"corrigenda"}


def test_importing_the_package_reads_no_environment_and_makes_no_file(tmp_path: Path) -> None:
    script = "import commands, storage.record.store, corrigenda.compare, corrigenda.fetch"
    subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        check=True,
        env={"CORRIGENDA_DELAY": "nonsense", "PYTHONPATH": str(ROOT)},
    )
    assert list(tmp_path.iterdir()) == []


def test_help_and_the_change_log_never_import_prefect() -> None:
    script = (
        "import sys, commands, commands.render, storage.queries.releases;"
        "sys.exit('prefect' in sys.modules or 'httpx' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_the_constraints_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in text
    assert "==" in text
