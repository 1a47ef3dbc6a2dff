"""What a publisher or a reviewer wrote is shown on a terminal, and never obeyed by it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import app, main
from commands.showing.terminal import Terminal
from corrigenda.models import Verdict
from corrigenda.printable import printable, printable_json
from corrigenda.table import write_csv
from storage.queries.log.changes import changes
from storage.record import reviews
from tests.storage.factory import URL, content, open_store, seen

#: Clears the screen, writes the clipboard (OSC 52), the same with C1, turns the line, and a
#: tag character that nobody sees.
ATTACK = "\x1b[2J\x1b]52;c;ZXZpbA==\x07 \x9b31m \u202egnp.exe\u2066 \U000e0041\r"
ACTED_UPON = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def acts(text: str) -> set[str]:
    """What of a text a terminal would act upon; line ends (a table's too) and tabs are ours."""
    text = text.replace("\r\n", "\n")
    return {c for c in text if unicodedata.category(c) in ACTED_UPON} - {"\n", "\t"}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose every text is an attack, and a rule with one in its note."""
    path = tmp_path_factory.mktemp("hostile") / "corrigenda.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for hours, figure in enumerate(("$5", "$6")):
        what = content(
            f"It costs {figure}. {ATTACK}\n\n{ATTACK}{figure}",
            title=f"{ATTACK}\nA bridge",
            ministers=(f"Hon {ATTACK}{figure}",),
        )
        store.record(run, seen(what, hours))
    (change,) = [c for c in changes(store.db) if c.kind == "revised"]
    reviews.suppress(store.db, change.id, reviews.Scope.RELEASE, note=ATTACK, reviewer=ATTACK)
    store.db.close()
    return path


COMMANDS = (
    ["changes"],
    ["changes", "--csv"],
    ["changes", "--json"],
    ["history", URL],
    ["history", URL, "--json"],
    ["diff", URL],
    ["diff", URL, "--json"],
    ["show", URL, "--provenance"],
    ["suppressions"],
    ["suppressions", "--json"],
    ["status"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_a_terminal_obeys_is_printed(
    command: list[str], db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app([*command, "--db", str(db)], standalone_mode=False)
    told = capsys.readouterr()
    assert told.out
    assert acts(told.out + told.err) == set()


def test_a_title_stays_on_its_line(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app(["changes", "--db", str(db), "--status", "all"], standalone_mode=False)
    assert "\nA bridge" not in capsys.readouterr().out


def test_json_says_the_same_to_a_program(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app(["history", URL, "--db", str(db), "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["title"] == f"{ATTACK}\nA bridge"


def shown_on_a_terminal(*command: str) -> bytes:
    """Run a command with a terminal for its output; return what the terminal gets."""
    ours, theirs = pty.openpty()
    code = "from commands import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, *command], stdout=theirs)
    os.close(theirs)
    got = b""
    try:
        while piece := os.read(ours, 65536):
            got += piece
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return got


def test_a_document_is_exact_in_a_pipe_and_harmless_on_a_terminal(db: Path) -> None:
    command = ["show", URL, "--db", str(db), "--version", "1"]
    piped = subprocess.run(
        [sys.executable, "-c", "from commands import main; main()", *command],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert f"It costs $5. {ATTACK}".encode() in piped
    shown = shown_on_a_terminal(*command).decode()
    assert "It costs $5." in shown
    assert acts(shown) == set()


def test_an_error_that_quotes_is_harmless(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["corrigenda", "history", f"https://x.test/{ATTACK}"])
    with pytest.raises(SystemExit):
        main()
    told = capsys.readouterr().err
    assert told
    assert acts(told) == set()


def test_a_run_that_names_urls_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal() as terminal:
        terminal.say(f"Reading {ATTACK}")
        terminal.checked(f"https://x.test/{ATTACK}", Verdict.MISSING, ("revised",))
    assert acts(capsys.readouterr().err) == set()


def test_letters_and_spaces_of_every_language_stay() -> None:
    text = "Māori “quotes” – 5\u00a0km, 令和, \u2003, 🙂, fi"
    assert printable(text) == text
    assert printable("a\nb\tc") == "a\nb\tc"
    assert printable("a\nb\tc", keep="") == r"a\nb\tc"
    assert printable("\x1b\x9b\u202e\ud800") == r"\x1b\x9b\u202e\ud800"


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_becomes_harmless_and_json_still_means_it(text: str) -> None:
    assert acts(printable(text)) == set()
    assert printable(printable(text)) == printable(text)
    told = printable_json(json.dumps([text], ensure_ascii=False))
    assert acts(told) == set()
    assert json.loads(told) == [text]


def test_a_table_is_harmless_and_runs_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, [{"a": ATTACK, "b": f"={ATTACK}", "c": [ATTACK]}], "abc")
    text = path.read_bytes().decode()
    assert acts(text) == set()
    assert "'=" in text


def test_every_command_prints_through_one_door() -> None:
    """Ruff refuses a bare print in what we ship; a new one fails `make check` as well."""
    root = Path(__file__).resolve().parents[2]
    command = [Path(sys.executable).with_name("ruff"), "check", "--select", "T20", "-q"]
    folders = ["commands", "flows", "review", "storage", "corrigenda"]
    done = subprocess.run(
        [*command, *folders], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
