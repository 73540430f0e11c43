"""Writes docs/commands.md from the commands themselves: python tools/commands.py"""

import inspect
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import typer
from typer.models import ArgumentInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from framing.cli.app import app

FILE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
_HEAD = """# Commands

Made from the commands themselves by `python tools/commands.py`; a test fails when it is out of date.

Every command answers `--help`. Results go to stdout, progress and warnings to stderr. `-o` decides the format
by its ending: `.csv .tsv .jsonl .json .parquet .xlsx .md .html .tex` as fits.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | an expected failure: one line `error:`, one line `hint:`; also `framing check` where a study differs |
| 2 | wrong usage |
| 3 | a threshold that was asked for is not met |
| 4 | done, but some inputs could not be used, each named |
| 130 | interrupted |
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *("\n".join(_section(*item)) for item in _commands(app, "framing"))])


def _commands(group: typer.Typer, above: str) -> Iterator[tuple[str, Callable[..., None]]]:
    for one in group.registered_commands:
        if one.callback and not one.hidden:
            name = one.name or one.callback.__name__.strip("_").replace("_", "-")
            yield f"{above} {name}", one.callback
    for inner in group.registered_groups:
        if inner.typer_instance:
            yield from _commands(inner.typer_instance, f"{above} {inner.name}")


def _section(name: str, command: Callable[..., None]) -> Iterator[str]:
    told = [_Parameter(item) for item in inspect.signature(command, eval_str=True).parameters.values()]
    arguments = [item for item in told if item.is_argument]
    options = [item for item in told if not item.is_argument and not item.info.hidden]
    yield f"## {name}"
    yield f"    {' '.join([name, *(item.metavar for item in arguments)])}" + (" [OPTIONS]" if options else "")
    yield ""
    yield inspect.cleandoc(command.__doc__ or "")
    yield ""
    rows = [item for item in arguments if item.info.help] + options
    if rows:
        yield from ("| | |", "| --- | --- |")
        yield from (item.row() for item in rows)
        yield ""


class _Parameter:
    """An argument or option, as its annotation has it."""

    def __init__(self, given: inspect.Parameter) -> None:
        self.name, self.default = given.name, given.default
        kind, *more = (
            get_args(given.annotation) if get_origin(given.annotation) is Annotated else (given.annotation,)
        )
        self.info: Any = more[0] if more else given.default
        if not more:
            self.default = self.info.default
        parts = [part for part in get_args(kind) if part is not NoneType] or [kind]
        self.kind = next((inner for inner in get_args(parts[0])), parts[0])
        self.repeated = get_origin(parts[0]) is list or get_origin(kind) is list

    @property
    def is_argument(self) -> bool:
        return isinstance(self.info, ArgumentInfo)

    @property
    def metavar(self) -> str:
        if isinstance(self.kind, type) and issubclass(self.kind, Enum):
            return "|".join(str(item.value) for item in self.kind)
        kinds = {int: "NUMBER", float: "NUMBER"}
        name = str(
            self.info.metavar or (self.name.upper() if self.is_argument else kinds.get(self.kind, "TEXT"))
        )
        return f"{name}..." if self.is_argument and self.repeated and "..." not in name else name

    @property
    def flags(self) -> str:
        if self.is_argument:
            return f"`{self.metavar}`"
        # Beside an annotation, the first name stands where a default would.
        named = [
            part for part in (self.info.default, *(self.info.param_decls or ())) if isinstance(part, str)
        ]
        given = named or [f"--{self.name.replace('_', '-')}"]
        names = ", ".join(f"`{part}`" for name in given for part in name.split("/"))
        return names if self.kind is bool else f"{names} `{self.metavar}`"

    def row(self) -> str:
        kept = getattr(self.default, "value", self.default)
        plain = isinstance(kept, str | int | float) and not isinstance(kept, bool) and kept != ""
        told = f"{self.info.help or ''} Default: {kept}." if plain else self.info.help or ""
        flags, text = (" ".join(part.split()).replace("|", "\\|") for part in (self.flags, told))
        return f"| {flags} | {text} |"


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
