"""The house stands as docs/design.md, "Rooms", draws it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
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


def folders() -> dict[str, list[str]]:
    """Every package of ours, and the modules and packages of its own level."""
    found: dict[str, list[str]] = {}
    for top in PACKAGES:
        for init in (ROOT / top).rglob("__init__.py"):
            name = ".".join(init.parent.relative_to(ROOT).parts)
            modules = [p.stem for p in init.parent.glob("*.py") if p != init]
            rooms = [p.parent.name for p in init.parent.glob("*/__init__.py")]
            found[name] = modules + rooms
    return found


def test_every_room_has_a_contract_that_names_all_its_modules() -> None:
    """An exhaustive one: import-linter then refuses a module it does not name, and any circle."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    held = {
        room
        for contract in contracts["contracts"]
        if contract["type"] == "layers" and contract.get("exhaustive")
        for room in contract["containers"]
    }
    assert {name for name, inside in folders().items() if len(inside) > 1} <= held


def test_no_folder_is_larger_than_a_reader_can_hold() -> None:
    modules = {
        str(folder.relative_to(ROOT)): len([p for p in folder.glob("*.py") if p.stem[0] != "_"])
        for package in PACKAGES
        for folder in {path.parent for path in (ROOT / package).rglob("*.py")}
    }
    assert {name: number for name, number in modules.items() if number > 15} == {}


def test_only_tasks_py_defines_tasks() -> None:
    makers = [
        path.name for path in (ROOT / "flows").rglob("*.py") if "\n@task" in path.read_text("utf-8")
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
