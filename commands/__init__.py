"""The command line. ``corrigenda --help`` is the tour.

Each command imports what it runs, so that asking for help, or reading the change log,
does not wait for Prefect. Exit status: 0 done; 1 done, but something needs a person;
2 wrong usage; 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from commands import digest, files, health, issues, log, pages
from commands.demo import command as demo
from commands.fetching import runs, schedule
from commands.keeping import backup, evidence, publish, ranking, seal
from commands.showing.printing import say, use_utf8
from corrigenda import __version__
from corrigenda.errors import CorrigendaError

app = typer.Typer(
    name="corrigenda",
    help="""Watch what a government publishes, and what it changes afterwards.

    New here? `corrigenda demo` tells the whole story in a minute, offline.

    Then, the three jobs. On a schedule: `corrigenda schedule`. By hand:
    `corrigenda backfill --urls FILE`. Reading what changed: `corrigenda changes`.

    A live source wants to know who asks: set CORRIGENDA_CONTACT to your address.
    """,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(asked: bool) -> None:
    if asked:
        say(f"corrigenda {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    """Hold the options that no command is needed for; its help is the program's own."""
    del version


demo.register(app)
runs.register(app)
schedule.register(app)
log.register(app)
digest.register(app)
files.register(app)
pages.register(app)
health.register(app)
issues.register(app)
evidence.register(app)
ranking.register(app)
seal.register(app)
publish.register(app)
backup.register(app)


def main() -> None:
    """Run the command line; every error on purpose becomes a sentence and an exit status."""
    use_utf8()
    try:
        app(prog_name="corrigenda")
    except CorrigendaError as error:
        say(f"corrigenda: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # `corrigenda changes | head`: the reader has what it wanted. Closing stderr keeps
        # the interpreter from complaining about the pipe once more on its way out.
        sys.stderr.close()
        sys.exit(0)
