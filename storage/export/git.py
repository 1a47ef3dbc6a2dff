"""The history as a git repository: one commit for each change, at its time.

What git-scraping tools read. git itself builds it (``git fast-import``); names, times and
order come from the store alone, so the commits have the same ids wherever it is made.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from corrigenda.errors import CorrigendaError, UsageError
from corrigenda.wording import count
from storage.export.files import Result, document_path
from storage.export.held import HeldVersion, all_versions
from storage.file.times import from_text

_WHO = "Corrigenda <corrigenda@localhost>"
_BRANCH = "refs/heads/main"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commit:
    at: datetime
    url: str
    order: int
    subject: str
    remove: str | None
    path: str | None
    text: str


def export_git(db: Database, to: Path) -> Result:
    """Make a repository of it.

    Raises:
        UsageError: The folder holds something that is no such repository.
        CorrigendaError: git is not there, or fails.
    """
    git = shutil.which("git")
    if git is None:
        raise CorrigendaError("git is not installed; install it, or export --format markdown")
    if to.exists() and any(to.iterdir()) and not (to / ".git").is_dir():
        raise UsageError(f"{to}: is not empty, and no git repository; choose another --to")
    to.mkdir(parents=True, exist_ok=True)
    commits = sorted(_commits(db), key=lambda c: (c.at, c.url, c.order))
    _run(git, to, ["init", "--quiet", "--initial-branch=main"])
    before = _head(git, to)
    _run(git, to, ["fast-import", "--quiet", "--force"], b"".join(_stream(commits)))
    _run(git, to, ["reset", "--quiet", "--hard", "main"])
    changed = _head(git, to) != before
    return Result(
        written=int(changed), unchanged=int(not changed), items=count(len(commits), "commit")
    )


def _commits(db: Database) -> Iterator[_Commit]:
    """Yield a commit for each version's appearance and each disappearance."""
    taken: set[str] = set()
    paths: dict[int, str] = {}
    previous: HeldVersion | None = None
    for version in all_versions(db):
        first = previous is None or previous.release_id != version.release_id
        old = None if first else paths[version.release_id]
        path = document_path(version.date, version.named_url, taken - ({old} if old else set()))
        taken.add(path)
        paths[version.release_id] = path
        yield _Commit(
            at=version.first_observed,
            url=version.url,
            order=version.number,
            subject=f"{'Publish' if first else 'Revise'}: {_line(version.title)}",
            remove=old if old != path else None,
            path=path,
            text=version.text,
        )
        previous = version
    for release_id, url, title, before in db.execute(
        "SELECT c.release_id, r.url, r.title, c.before FROM standing_changes c "
        "JOIN releases r ON r.id = c.release_id "
        "WHERE c.kind = 'withdrawn'"
    ):
        if release_id in paths:
            yield _Commit(
                at=from_text(before),
                url=url,
                order=10**6,
                subject=f"Withdrawn: {_line(title)}",
                remove=None,
                path=None,
                text="",
            )


def _stream(commits: list[_Commit]) -> Iterator[bytes]:
    """Yield git's import stream (git-fast-import(1))."""
    for number, commit in enumerate(commits, start=1):
        message = f"{commit.subject}\n\n{commit.url}\n".encode()
        when = f"{_WHO} {int(commit.at.timestamp())} +0000".encode()
        yield b"commit %s\nmark :%d\n" % (_BRANCH.encode(), number)
        yield b"author %s\ncommitter %s\n" % (when, when)
        yield b"data %d\n%s" % (len(message), message)
        if number > 1:
            yield b"from :%d\n" % (number - 1)
        if commit.remove:
            yield b"D %s\n" % commit.remove.encode()
        if commit.path:
            text = commit.text.encode("utf-8")
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (commit.path.encode(), len(text), text)
        yield b"\n"


def _line(text: str) -> str:
    return " ".join(text.split()) or "(no title)"


def _head(git: str, folder: Path) -> str:
    asked = [git, "-C", str(folder), "rev-parse", "--quiet", "--verify", "main"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return found.stdout.strip()


def _run(git: str, folder: Path, arguments: list[str], data: bytes = b"") -> None:
    asked = [git, "-C", str(folder), *arguments]
    done = subprocess.run(asked, input=data, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise CorrigendaError(f"git {arguments[0]} failed in {folder}: {said}")
