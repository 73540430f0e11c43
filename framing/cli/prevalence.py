"""`framing prevalence`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.cli.options import Json, Labels, ModelOption, Output, WorkspaceOption
from framing.cli.output import print_json, print_table, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.steps.prevalence import Prevalence


class Group(StrEnum):
    """What shares can be told by."""

    outlet = "outlet"
    month = "month"


def prevalence(
    scores: Annotated[Path, typer.Argument(metavar="SCORES", help="Made with: framing score -o FILE.")],
    labels: Labels = None,
    by: Annotated[Group | None, typer.Option(help="Shares and differences by outlet or month.")] = None,
    width: Annotated[
        float,
        typer.Option(min=0.001, max=1, metavar="W", help="Say how many labels this interval width needs."),
    ] = 0.1,
    model: ModelOption = "",
    output: Output = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """How often each value occurs in scored articles, corrected for the model's errors."""
    from framing.steps.prevalence import prevalence as run
    from framing.steps.study import Study

    found = run(
        Study.find(workspace),
        scores,
        labels or [],
        by=by.value if by else None,
        width=width,
        output=output,
        model=model,
    )
    if as_json:
        print_json(found)
    else:
        _print(found, width)
    for line in found.warnings:
        say(f"warning: {line}")


def _print(found: "Prevalence", width: float) -> None:
    counts = found.counts
    typer.echo(
        f"{found.variable} in {counted(counts['scored'], 'unit')} scored by {found.model}, "
        f"{counted(counts['labelled'], 'labelled unit')} ({counts['held_out']} by their held-out predictions)"
    )
    typer.echo(f"corrected by {found.method}")
    for why, count in found.left_out.items():
        typer.echo(f"left out: {counted(count, 'labelled unit')}: {why}")
    grouped = any(row["by"] for row in found.shares)
    columns = ["value", "group"] if grouped else ["value"]
    columns += ["units", "labels", "raw", "corrected", f"labels for a width of {width:g}"]
    print_table([_share(row, width) for row in found.shares], columns, "Shares of eligible units")
    if found.differences:
        columns = ["value", "group", "against", "raw", "corrected"]
        print_table([_difference(row) for row in found.differences], columns, "Differences (points)")
    for row in found.shares:
        if row["reason"]:
            typer.echo(f"{row['value']}, {row['group']}: {row['reason']}")


def _share(row: dict[str, Any], width: float) -> dict[str, Any]:
    needed = row["labels_needed"]
    told = None if needed is None else needed["labels"] or "more articles"
    return row | {
        "raw": _percent(row["raw_share"], None),
        "corrected": _percent(row["corrected_share"], row["corrected_share_interval"]),
        f"labels for a width of {width:g}": told,
    }


def _difference(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "raw": _percent(row["raw_difference"], None),
        "corrected": _percent(row["difference"], row["difference_interval"]),
    }


def _percent(value: float | None, interval: list[float] | None) -> str:
    if value is None:
        return "undefined"
    ends = f" [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]" if interval else ""
    return f"{100 * value:.1f} %{ends}"
