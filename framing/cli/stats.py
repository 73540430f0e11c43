"""`framing stats`."""

from itertools import groupby
from typing import Annotated

import typer

from framing.cli.options import Json, Labels, Output, WorkspaceOption
from framing.cli.output import print_json, print_table, say


def stats(
    labels: Labels = None,
    by: Annotated[
        str, typer.Option(help="Dimensions: coder, outlet, region, round, story.")
    ] = "coder,outlet,region",
    output: Output = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Label stats: counts and shares of each value, by coder, outlet, region …"""
    from framing.steps.stats import stats as run
    from framing.steps.study import Study

    dimensions = [name for name in by.split(",") if name]
    found = run(Study.find(workspace), labels or [], by=dimensions, output=output)
    if as_json:
        print_json(found)
        return
    typer.echo(
        f"{found.answers} answers on {found.units} units of {found.articles} articles by "
        f"{found.coders} coders; {found.skipped} skipped, {found.unsure} unsure, {found.earlier} replaced"
    )
    for (variable, dimension), rows in groupby(found.table, lambda row: (row["variable"], row["by"])):
        _print(list(rows), f"{variable} by {dimension}" if dimension != "all" else variable)
    for line in found.unknown:
        say(f"to look at: {line}")


def _print(rows: list[dict[str, object]], title: str) -> None:
    groups = list(dict.fromkeys(str(row["group"]) for row in rows))
    if groups == ["all"]:
        print_table(rows, ["value", "count", "share"], title)
        return
    values = list(dict.fromkeys(str(row["value"]) for row in rows))
    wide: dict[str, dict[str, object]] = {group: {"group": group} for group in groups}
    for row in rows:
        wide[str(row["group"])] |= {str(row["value"]): row["share"], "answers": row["answers"]}
    print_table(list(wide.values()), ["group", "answers", *values], f"{title} (shares)")
