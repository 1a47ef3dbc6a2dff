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

REQUIREMENTS = Path(__file__).with_name("pywb-requirements.txt")
_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"

Serve = Callable[..., "contextmanager[str]"]


@pytest.fixture(scope="session")
def pywb_environment() -> Path:
    """An environment of pywb's own, made once and kept: a minute the first time."""
    home = Path(sys.prefix) / "pywb"
    if sys.prefix == sys.base_prefix:
        pytest.skip("there is no environment of ours to keep pywb's in")
    ready = home / "ready"
    with FileLock(f"{home}.lock"):
        wanted = REQUIREMENTS.read_text("utf-8")
        if not ready.exists() or ready.read_text("utf-8") != wanted:
            scripts = home / _SCRIPTS
            for command in (
                [sys.executable, "-m", "venv", "--clear", str(home)],
                [str(scripts / "pip"), "install", "--quiet", "-r", str(REQUIREMENTS)],
                [str(scripts / "wb-manager"), "list"],  # it may be installed and not run
            ):
                done = subprocess.run(
                    command, cwd=home.parent, capture_output=True, text=True, check=False
                )
                if done.returncode:
                    said = done.stderr.strip()[-300:]
                    pytest.skip(f"pywb cannot be had on this Python ({sys.version[:6]}): {said}")
            ready.write_text(wanted, "utf-8")
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
