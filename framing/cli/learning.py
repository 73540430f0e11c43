"""`framing train`, `framing evaluate`, `framing model show` and `framing score`."""

import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import (
    Column,
    Fast,
    Inputs,
    Json,
    Labels,
    Language,
    ModelOption,
    Output,
    Presplit,
    WorkspaceOption,
    columns,
)
from framing.cli.output import finish, print_json, print_table, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.classifier import Evaluation
    from framing.steps.evaluate import Evaluated
    from framing.steps.train import Trained

model_app = typer.Typer(help="What a model is and how far to trust it.", no_args_is_help=True)


@model_app.command("show")
def show(
    model: Annotated[
        str, typer.Argument(metavar="[MODEL]", help="A folder, or a name under models/; default: as score.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Show a model's card."""
    from framing.steps.models import show as run
    from framing.steps.study import Study

    shown = run(Study.find(workspace), model)
    if as_json:
        print_json(shown.description)
    else:
        typer.echo(f"{shown.model} in {shown.folder}")
        typer.echo(shown.card)


def train(
    labels: Labels = None,
    variable: Annotated[str, typer.Option(help="Which variable; default: the first.")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="MODEL", help="The model's folder.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Train a model of one variable on gold, tested on whole stories that it has not seen."""
    from framing.steps.study import Study
    from framing.steps.train import train as run

    done = run(Study.find(workspace), labels or [], variable=variable, output=output)
    if as_json:
        print_json(_figures(done))
        return
    typer.echo(f"{done.folder}: model {done.model} of {done.variable}, from {counted(done.units, 'unit')}")
    if done.unresolved:
        say(f"left out: {counted(done.unresolved, 'unit')} without a majority")
    for reason in done.gates:
        say(f"min_alpha: {reason}")
    typer.echo(f"held out: {done.held_out}")
    if done.evaluation:
        _print(done.evaluation)


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A folder, or a name under models/.")],
    labels: Labels = None,
    against: Annotated[
        str, typer.Option(metavar="MODEL", help="Compare with another model on the same units.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Compare a model with labels that it has not seen."""
    from framing.steps.evaluate import evaluate as run
    from framing.steps.study import Study

    done = run(Study.find(workspace), model, labels or [], against=against)
    if as_json:
        print_json(_figures(done))
        return
    typer.echo(f"model {done.model} on {counted(done.evaluation.units, 'unit')}")
    if done.seen:
        say(f"left out: {counted(done.seen, 'unit')} that it was trained on")
    if done.unresolved:
        say(f"left out: {counted(done.unresolved, 'unit')} without a majority")
    if done.same_text:
        say(f"warning: {done.same_text} of these have a text that it was trained on, on another page")
    _print(done.evaluation)
    if done.against:
        typer.echo(f"against {done.against.model}")
        _print(done.against.evaluation)
        gain = done.against.difference
        typer.echo(
            f"difference: macro-F1 {gain.macro_f1:+.3f}{_between(gain.macro_f1_interval)}, "
            f"accuracy {gain.accuracy:+.3f}{_between(gain.accuracy_interval)}"
        )


def _figures(done: "Trained | Evaluated") -> dict[str, object]:
    """The result with its figures beside the rest, under their own names."""
    own = {item.name: getattr(done, item.name) for item in fields(done) if item.name != "evaluation"}
    found = done.evaluation
    return own | ({item.name: getattr(found, item.name) for item in fields(found)} if found else {})


def _between(interval: tuple[float, float] | None) -> str:
    return f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""


def _print(result: "Evaluation") -> None:
    typer.echo(
        f"macro-F1 {result.macro_f1:.3f}{_between(result.macro_f1_interval)}, accuracy {result.accuracy:.3f} "
        f"(commonest answer: {result.majority_accuracy:.3f}), calibration error {result.ece:.3f}"
    )
    print_table(result.by_value, ["value", "units", "articles", "precision", "recall", "f1", "note"])


def score(
    inputs: Inputs,
    model: ModelOption = "",
    output: Output = None,
    articles: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a table with one row an article here."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add a column: what moved each score most.")
    ] = False,
    column: Column = None,
    presplit: Presplit = False,
    fast: Fast = False,
    language: Language = "",
    jobs: Annotated[
        int, typer.Option("--jobs", min=0, metavar="N", help="Processes that work at most; 0: one a core.")
    ] = 0,
    dask: Annotated[
        str, typer.Option("--dask", metavar="ADDRESS", help="Let the workers of a Dask cluster do the work.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Score new articles; JSONL on stdout unless -o names a file.

    What is done is kept in FILE.parts until FILE is complete: stopped or killed, the same command goes
    on where it was, and FILE is the same as if it had not been stopped.
    """
    from framing.cli.progress import bar
    from framing.scoring.pool import cores
    from framing.steps.score import score as run
    from framing.steps.study import Study

    with bar("scoring") as tick:
        done = run(
            Study.find(workspace),
            inputs,
            model=model,
            columns=columns(column),
            presplit=presplit,
            fast=fast,
            language=language,
            output=output,
            articles=articles,
            stream=None if output or as_json else sys.stdout.buffer,
            explain=explain,
            jobs=jobs or cores(),
            cluster=dask,
            say=say,
            tick=tick,
        )
    if as_json:
        print_json(done)
    else:
        say(f"{counted(done.articles, 'article')}, {counted(done.units, 'unit')} scored by {done.model}")
        for reason in done.gates:
            say(f"min_alpha: {reason}")
    finish(done.unusable)
