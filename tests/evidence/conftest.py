"""A real pywb, and stores to take evidence from."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from tests.cli.conftest import corrigenda

__all__ = ["corrigenda"]

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("pywb-requirements.txt")
_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"

Serve = Callable[..., "contextmanager[str]"]


@pytest.fixture(scope="session")
def pywb_environment() -> Path:
    """An environment of pywb's own, made once and kept: a minute the first time."""
    home = ROOT / ".venv" / "pywb"
    if not home.parent.is_dir():
        pytest.skip("there is no .venv to keep pywb's environment in")
    ready = home / "ready"
    with FileLock(f"{home}.lock"):
        wanted = REQUIREMENTS.read_text("utf-8")
        if not ready.exists() or ready.read_text("utf-8") != wanted:
            made = subprocess.run(
                [sys.executable, "-m", "venv", "--clear", str(home)],
                capture_output=True,
                text=True,
                check=False,
            )
            asked = [str(home / _SCRIPTS / "pip"), "install", "--quiet", "-r", str(REQUIREMENTS)]
            done = made.returncode or subprocess.run(
                asked, capture_output=True, text=True, check=False
            )
            if not isinstance(done, int) and done.returncode == 0:
                ready.write_text(wanted, "utf-8")
            else:
                said = made.stderr if isinstance(done, int) else done.stderr
                pytest.skip(f"pywb cannot be installed here: {said.strip()[-300:]}")
    return home / _SCRIPTS


@pytest.fixture
def pywb(pywb_environment: Path, tmp_path: Path) -> Callable[..., object]:
    """Serve WARC files as the collection ``web``; gives the collection's address."""

    @contextmanager
    def serve(*warcs: Path) -> Iterator[str]:
        folder = tmp_path / f"pywb-{len(list(tmp_path.glob('pywb-*')))}"
        folder.mkdir()
        for command in (["init", "web"], ["add", "web", *map(str, warcs)]):
            subprocess.run(
                [pywb_environment / "wb-manager", *command],
                cwd=folder,
                check=True,
                capture_output=True,
            )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = folder / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [pywb_environment / "wayback", "-p", str(port), "-b", "127.0.0.1"],
                cwd=folder,
                stdout=out,
                stderr=out,
            )
            try:
                _await(f"http://127.0.0.1:{port}/", server, log)
                yield f"http://127.0.0.1:{port}/web"
            finally:
                server.terminate()
                server.wait()

    return serve


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers, however long that takes; its end is a failure."""
    while server.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"pywb ended before it answered:\n{log.read_text('utf-8', 'replace')}")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "corrigenda.db"
