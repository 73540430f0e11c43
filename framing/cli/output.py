"""What the commands print: results on stdout, everything else on stderr."""

import dataclasses
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import typer

from framing.errors import FramingError
from framing.plural import counted
from framing.records import Unusable

if TYPE_CHECKING:
    from framing.formats import Cells

#: Exit code of a command that did its work but could not use some inputs.
SOME_UNUSABLE = 4
_LONGEST_LIST = 20
#: Control characters but tab and line end, and the halves of characters that no stream can hold.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def printable(text: str) -> str:
    """Write what would steer a terminal as it stands in JSON: names and texts are strangers'.

    Examples
    --------
    >>> printable(chr(27) + "[2J, a line")
    '\\\\u001b[2J, a line'
    """
    return _STEERING.sub(lambda mark: f"\\u{ord(mark[0]):04x}", text)


class _Printable:
    """A stream to a terminal that nothing gets through which would steer it; `beneath` lets all through."""

    def __init__(self, beneath: TextIO) -> None:
        self.beneath = beneath

    def write(self, text: str) -> int:
        return self.beneath.write(printable(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beneath, name)


@contextmanager
def printables() -> Iterator[None]:
    """Let only printable text through stdout and stderr."""
    usual = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", _Printable(stream)) for stream in usual)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = usual


def beneath(stream: TextIO) -> TextIO:
    """The stream itself, for what draws on a terminal and sees to what it draws."""
    return cast("TextIO", getattr(stream, "beneath", stream))


def say(message: str) -> None:
    """Tell how the work goes, on stderr."""
    typer.echo(message, err=True)


def _line(told: object) -> str:
    """One line, whatever names stand in it."""
    return printable(str(told)).replace("\n", "\\n")


def complain(error: FramingError) -> None:
    """Tell a failure: its single faults, then one line ``error:`` and one line ``hint:``."""
    for fault in error.faults:
        say(_line(fault))
    say(f"error: {' '.join(error.message.split())}")
    say(f"hint: {_line(error.hint)}")


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
def rows_on_stdout(columns: Sequence[str]) -> Iterator["Cells"]:
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

    table = Table(box=box.SIMPLE_HEAD)
    for name in columns:
        number = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(
            escape(printable(name)), justify="right" if number and rows else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(escape(_cell(row.get(name))) for name in columns))
    width = None if sys.stdout.isatty() else 140
    console = Console(file=beneath(sys.stdout), width=width, highlight=False)
    if title:  # as a title of the table it would be broken at the table's width
        console.print(escape(printable(title)), style="italic", soft_wrap=True)
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else printable(str(value))


def finish(unusable: Sequence[Unusable]) -> None:
    """Name the inputs that could not be used and end with code 4 if there are any.

    Raises
    ------
    typer.Exit
    """
    if not unusable:
        return
    for item in unusable:
        say(f"not used: {_line(item)}")
    say(f"{counted(len(unusable), 'input')} could not be used")
    raise typer.Exit(SOME_UNUSABLE)


def mention(left_out: Sequence[object], what: str) -> None:
    """List what was left out on the way, at most twenty of it, without ending the command."""
    for item in left_out[:_LONGEST_LIST]:
        say(f"{what}: {_line(item)}")
    if len(left_out) > _LONGEST_LIST:
        say(f"{what}: and {len(left_out) - _LONGEST_LIST} more")


def ticker(what: str) -> Callable[[int, int], None]:
    """Report progress on stderr: a moving line on a terminal, nothing otherwise."""

    def tick(done: int, total: int) -> None:
        if sys.stderr.isatty() and total:
            stream = beneath(sys.stderr)
            typer.echo(f"\r{what}: {done} of {total}", file=stream, nl=done >= total)

    return tick


def program() -> str:
    """How this program can be called again: by name if the shell finds it, else as it was."""
    return "framing" if shutil.which("framing") else sys.argv[0]
