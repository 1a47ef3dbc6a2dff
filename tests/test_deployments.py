"""What is deployed stands as the files say."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "deployments" / "systemd").iterdir())


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here")
    for unit in UNITS:
        text = unit.read_text("utf-8")
        (tmp_path / unit.name).write_text(
            text.replace("=/opt/corrigenda/bin/corrigenda", "=/bin/true"), "utf-8"
        )
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "corrigenda" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_every_timer_has_its_service_and_all_services_one_user() -> None:
    names = {unit.name for unit in UNITS}
    timers = {name.removesuffix(".timer") for name in names if name.endswith(".timer")}
    services = [unit for unit in UNITS if unit.suffix == ".service"]
    assert timers == {unit.stem for unit in services}
    for unit in services:  # each a user of its own would take the database from the other
        assert "\nUser=corrigenda\n" in unit.read_text("utf-8")


def test_the_container_holds_what_the_wheel_does() -> None:
    made = (ROOT / "deployments" / "Containerfile").read_text("utf-8")
    copied = " ".join(re.findall(r"^COPY (.+) \S+$", made, re.M)).split()
    assert [name for name in copied if not (ROOT / name).exists()] == []
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]
    wheel = hatch["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"]} <= set(copied)
