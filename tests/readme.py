"""What the README shows, made and checked.

A fenced block under ``<!-- shown: COMMAND -->`` is what that command prints on the
demo's own database. ``python -m tests.readme`` writes the blocks anew; the test of the
same name fails when they are out of date. Times, ports and digests differ from run to
run and are compared as such.
"""

from __future__ import annotations

import inspect
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from corrigenda.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(r"(<!-- shown: (.+?) -->\n```\n)(.*?)(```\n)", re.DOTALL)
_TABLE = re.compile(
    r"(\| variable \| default \| what \|\n\|---\|---\|---\|\n).*?\n(?=\n)", re.DOTALL
)
_MASKS = (
    (re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(:\d\d)?"), "<time>"),
    (re.compile(r"and (<time>|\d\d:\d\d(:\d\d)?) UTC"), "and <time> UTC"),
    (re.compile(r"\d{1,2} [A-Z][a-z]{2} \d\d:\d\d"), "<time>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
)


def masked(text: str) -> str:
    """Replace what differs from run to run."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def blocks(readme: str) -> Iterator[tuple[str, str]]:
    """Yield each shown command and the output the README gives for it."""
    for match in _BLOCK.finditer(readme):
        yield match.group(2), match.group(3)


class Shower:
    """Runs the shown commands in order, on the database the demo leaves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def output(self, command: str) -> str:
        """Return what a command prints on standard output."""
        _, *arguments = shlex.split(command)
        if arguments == ["demo"]:
            arguments += ["--keep", str(self._folder)]
        result = subprocess.run(
            [sys.executable, "-c", "from commands import main; main()", *arguments],
            env={
                **os.environ,
                "CORRIGENDA_DB": str(self._folder / "corrigenda.db"),
                "COLUMNS": "92",
                "TERM": "dumb",
                "NO_COLOR": "1",
                "USER": "reader",
            },
            cwd=self._folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert result.returncode in (0, 1), result.stderr
        text = result.stdout.replace(str(self._folder), "DIR")
        return "".join(line.rstrip() + "\n" for line in text.strip("\n").splitlines())


def settings_table() -> str:
    """Return the settings as rows of a Markdown table, from the settings' own docstring."""
    doc = inspect.cleandoc(Settings.__doc__ or "")  # Python 3.13 takes the indentation away
    told = dict(re.findall(r"^    (\w+): (.+?)(?=\n    \w+: |\n *$|\Z)", doc, re.M | re.S))
    rows = []
    for spec in fields(Settings):
        default = "" if spec.default in (None, "") else f"{spec.default}"
        what = " ".join(told[spec.name].split()).replace("``", "`")
        rows.append(f"| `CORRIGENDA_{spec.name.upper()}` | {default} | {what} |\n")
    return "".join(rows)


def written(readme: str) -> str:
    """Return the README with every block and table made anew."""
    with tempfile.TemporaryDirectory() as folder:
        shower = Shower(Path(folder))
        text = _BLOCK.sub(lambda m: m.group(1) + shower.output(m.group(2)) + m.group(4), readme)
    return _TABLE.sub(lambda m: m.group(1) + settings_table(), text)


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8")), "utf-8")
