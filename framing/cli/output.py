"""What the commands print: results on stdout, everything else on stderr."""

import dataclasses
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from framing.errors import FramingError
from framing.records import Unusable

if TYPE_CHECKING:
    from framing.formats import Rows

#: Exit code of a command that did its work but could not use some inputs.
SOME_UNUSABLE = 4
_LONGEST_LIST = 20


def say(message: str) -> None:
    """Tell how the work goes, on stderr."""
    typer.echo(message, err=True)


def complain(error: FramingError) -> None:
    """Tell a failure: its single faults, then one line ``error:`` and one line ``hint:``."""
    for fault in error.faults:
        say(fault)
    say(f"error: {' '.join(error.message.split())}")
    say(f"hint: {error.hint}")


def print_json(result: Any) -> None:
    """Print a result dataclass, a list of them or a mapping as JSON."""
    typer.echo(json.dumps(result, default=_plain, ensure_ascii=False, indent=1))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


@contextmanager
def rows_on_stdout(columns: Sequence[str]) -> Iterator["Rows"]:
    """Write rows to stdout as JSONL, in UTF-8 wherever this runs."""
    from framing.formats import streaming

    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        yield streaming(stream, ".jsonl", columns)
    finally:
        stream.detach()


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str = "") -> None:
    """Print rows as a table; numbers to the right."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title) or None, box=box.SIMPLE_HEAD, title_justify="left")
    for name in columns:
        number = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(escape(name), justify="right" if number and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(_cell(row.get(name))) for name in columns))
    width = None if sys.stdout.isatty() else 140
    Console(width=width, highlight=False).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def finish(unusable: Sequence[Unusable]) -> None:
    """Name the inputs that could not be used and end with code 4 if there are any.

    Raises
    ------
    typer.Exit
    """
    if not unusable:
        return
    for item in unusable:
        say(f"not used: {item}")
    say(f"{len(unusable)} input{'s' if len(unusable) > 1 else ''} could not be used")
    raise typer.Exit(SOME_UNUSABLE)


def mention(unusable: Sequence[Unusable], what: str) -> None:
    """List what was left out on the way, at most twenty of it, without ending the command."""
    for item in unusable[:_LONGEST_LIST]:
        say(f"{what}: {item}")
    if len(unusable) > _LONGEST_LIST:
        say(f"{what}: and {len(unusable) - _LONGEST_LIST} more")


def ticker(what: str) -> Callable[[int, int], None]:
    """Report progress on stderr: a moving line on a terminal, nothing otherwise."""

    def tick(done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            typer.echo(f"\r{what}: {done} of {total}", err=True, nl=done >= total)

    return tick
