"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Files, folders, globs; - reads standard input."),
]
Labels = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[LABELS...]", help="LABELS files or folders; default: all of labels/."),
]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace; default: found by walking up."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Round = Annotated[str, typer.Option("--round", metavar="NAME", help="The round; default: settings.")]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write here; the ending decides the format."),
]
ModelOption = Annotated[
    str, typer.Option("--model", metavar="MODEL", help="A folder, or a name under models/.")
]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="text=body", help="Take a field from another column."),
]
Presplit = Annotated[bool, typer.Option("--presplit", help="Each row of a table is one unit.")]


def columns(given: list[str] | None) -> dict[str, str]:
    """Read ``--column text=body`` options.

    Raises
    ------
    typer.BadParameter
        If one is not of that form.
    """
    found = {}
    for item in given or []:
        name, equals, column = item.partition("=")
        if not (name and equals and column):
            raise typer.BadParameter(f"{item!r}: expected name=column, for example text=body")
        found[name] = column
    return found
