"""`framing stats`."""

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import Json, Labels, Output, WorkspaceOption
from framing.cli.output import print_json, print_table, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.labels import Stats


def stats(
    labels: Labels = None,
    by: Annotated[
        str, typer.Option(help="Dimensions: coder, outlet, region, round, day, story.")
    ] = "coder,outlet,region",
    plan: Annotated[
        int | None, typer.Option(min=1, metavar="UNITS", help="Units to be coded in all, for the days left.")
    ] = None,
    output: Output = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the shares and the progress: .png or .svg.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Label stats: counts and shares of each value, by coder, outlet, region …"""
    from framing.steps.stats import stats as run
    from framing.steps.study import Study

    dimensions = list(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    study = Study.find(workspace)
    found = run(study, labels or [], by=dimensions, planned=plan, output=output, plot=plot)
    if as_json:
        print_json(found)
        return
    typer.echo(
        f"{counted(found.answers, 'answer')} on {counted(found.units, 'unit')} of "
        f"{counted(found.articles, 'article')} by {counted(found.coders, 'coder')}; {found.skipped} "
        f"skipped, {found.unsure} unsure, {found.earlier} replaced"
        + (f", {found.withdrawn} withdrawn" if found.withdrawn else "")
        + (f"; {counted(found.adjudicated, 'more answer')} of the adjudicator" if found.adjudicated else "")
    )
    typer.echo(_progress(found))
    for (variable, dimension), rows in groupby(found.table, lambda row: (row["variable"], row["by"])):
        _print(list(rows), f"{variable} by {dimension}" if dimension != "all" else variable)
    _print_work(found)
    for line in found.unknown:
        say(f"to look at: {line}")


def _progress(found: "Stats") -> str:
    state = found.progress
    told = [f"{counted(state.done, 'unit')} done"]
    if state.planned:
        told.append(f"{100 * (state.share or 0):.1f} % of {state.planned} planned")
    if state.units_per_day is not None:
        told.append(f"{counted(state.units_per_day, 'new unit', 'g')} a day of coding")
    if state.days_left is not None:
        told.append(f"{counted(state.days_left, 'day')} of coding left at this pace")
    if found.seconds is not None:
        told.append(f"median {found.seconds:.1f} s an answer")
    return ", ".join(told)


def _print(rows: list[dict[str, object]], title: str) -> None:
    groups = list(dict.fromkeys(str(row["group"]) for row in rows))
    if groups == ["all"] and rows[0]["by"] == "all":
        columns = ["value", "count", "eligible", "share", "outside"]
        print_table(rows, columns, f"{title} (share of answers on units where the value can occur)")
        return
    values = list(dict.fromkeys(str(row["value"]) for row in rows))
    wide: dict[str, dict[str, object]] = {group: {"group": group} for group in groups}
    for row in rows:
        wide[str(row["group"])] |= {str(row["value"]): row["share"], "answers": row["answers"]}
    print_table(list(wide.values()), ["group", "answers", *values], f"{title} (shares of eligible answers)")


def _print_work(found: "Stats") -> None:
    columns = ["coder", "answers", "units", "skipped", "unsure", "days", "seconds", "units_per_hour"]
    print_table(found.by_coder, columns, "Work by coder (seconds: median)")
    if len(found.by_day) > 1:
        columns = ["day", "answers", "new_units", "units_so_far", "coders", "hours"]
        print_table(found.by_day, columns, "Work by day")
