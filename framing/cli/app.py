"""The command `framing`: its sub-commands, and how failures leave it."""

import os
import sys

import typer
from typer.core import TyperGroup

from framing.cli import (
    codebook,
    compare,
    demo,
    doctor,
    export,
    init,
    labelling,
    labels,
    learning,
    prevalence,
    reliability,
    report,
    serve,
    split,
    stats,
    studio,
    trust,
)
from framing.cli.output import complain, printables
from framing.errors import FramingError

_INTERRUPTED = 130

app = typer.Typer(
    name="framing",
    cls=TyperGroup,
    help="Code how news is framed: pages to units, labels, agreement, a classifier, findings.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init.init)
app.add_typer(codebook.app, name="codebook")
app.command()(split.split)
app.add_typer(studio.app, name="studio")
app.command()(trust.trust)
app.command()(doctor.doctor)
app.command()(labelling.push)
app.command()(labelling.pull)
app.command()(labelling.adjudicate)
app.add_typer(labels.app, name="labels")
app.command()(stats.stats)
app.command()(reliability.reliability)
app.command()(learning.train)
app.command()(learning.evaluate)
app.command()(learning.score)
app.command()(prevalence.prevalence)
app.add_typer(learning.model_app, name="model")
app.command()(compare.compare)
app.command()(report.report)
app.command()(export.export)
app.command()(export.check)
app.command()(export.restore)
app.command()(serve.serve)
app.command()(demo.demo)


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Say the version and stop."),
) -> None:
    if version:
        from framing import __version__

        typer.echo(f"framing {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; the only place that ends the process."""
    with printables():
        _run()


def _run() -> None:
    try:
        app()
    except FramingError as error:
        complain(error)
        sys.exit(1)
    except BrokenPipeError:
        _silence()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except (OSError, MemoryError) as error:
        _silence()
        complain(_of_the_machine(error))
        sys.exit(1)


def _silence() -> None:
    """Nobody takes our output: what Python flushes at exit must go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_the_machine(error: OSError | MemoryError) -> FramingError:
    if isinstance(error, MemoryError):
        return FramingError("out of memory", hint="give it more, or less at a time")
    where = f"{error.filename}: " if error.filename else ""
    return FramingError(f"{where}{error.strerror or error}", hint="see to that, then try again")
