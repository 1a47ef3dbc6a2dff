"""The only way out to the terminal: nothing that others wrote can act on it."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from corrigenda.printable import printable, printable_json


def say(text: object = "", *, file: TextIO | None = None, end: str = "\n") -> None:
    """Print text, escape sequences and the like shown as text.

    Args:
        text: Any number of lines.
        file: Where to; left out, standard output.
        end: What follows it, as it is.
    """
    print(printable(str(text)), end=end, file=file or sys.stdout, flush=True)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; letters stay letters."""
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    print(printable_json(text))  # noqa: T201


def write_document(text: str) -> None:
    """Write a document to standard output: byte for byte, on a terminal printable."""
    if sys.stdout.isatty():
        sys.stdout.write(printable(text))
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.flush()


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: titles hold macrons, and reasons curly quotes.

    What not even UTF-8 can write (a lone surrogate from a broken page) is shown escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _plain(value: object) -> str:
    """Write what JSON has no form for: times as the store writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return str(value)
