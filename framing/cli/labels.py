"""`framing labels gold | import`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from framing.cli.options import Column, Json, Labels, Round, WorkspaceOption, columns
from framing.cli.output import finish, print_json, print_table, program, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.labels import Method

app = typer.Typer(
    help="Gold: the one value a unit ends with; and labels made elsewhere.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    pass


@app.command()
def gold(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Gold; the ending decides the format.")
    ],
    labels: Labels = None,
    variable: Annotated[
        list[str] | None, typer.Option(metavar="V", help="Only this variable; may be repeated.")
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="NAME", help="majority, or dawid-skene: coders weighed by their errors.")
    ] = "majority",
    min_share: Annotated[
        float, typer.Option(help="Share of coders (or probability) a value needs, 0.5 to 1.")
    ] = 0.5,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Settle each unit by its adjudicator, else by its coders; ties stay unresolved."""
    from framing.steps.gold import gold as run
    from framing.steps.study import Study

    found = run(
        Study.find(workspace),
        labels or [],
        variables=variable or (),
        method=cast("Method", method),
        min_share=min_share,
        output=output,
    )
    if as_json:
        print_json(found)
        return
    for item in found:
        told = ", ".join(f"{count} {name}" for name, count in item.methods.items())
        typer.echo(f"{output}: gold on {item.variable} of {counted(item.units, 'unit')}: {told}")
        rows = [{"value": name, "units": count} for name, count in item.values.items()]
        print_table(rows, ["value", "units"])
        for gate in item.gates:
            say(f"gate: {gate.reason}")


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV, JSONL, or an export of Label Studio, doccano, Prodigy."),
    ],
    round_: Round = "",
    coder: Annotated[str, typer.Option(metavar="NAME", help="Who all the labels are from.")] = "",
    variable: Annotated[
        str, typer.Option(metavar="V", help="What the labels answer; default: the codebook's only one.")
    ] = "",
    column: Column = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Join labels made elsewhere with those in labels/; what can't be used is listed."""
    from framing.steps.labels_import import Wanted, import_labels
    from framing.steps.study import Study

    done = import_labels(Study.find(workspace), file, Wanted(round_, coder, variable, columns(column)))
    if as_json:
        print_json(done)
    else:
        files = ", ".join(str(path) for path in done.files)
        typer.echo(
            f"{files}: {counted(done.answers, 'answer')} on {counted(done.units, 'unit')} by "
            f"{counted(done.coders, 'coder')}, {done.new} new"
        )
    finish(done.unusable)


@app.command()
def merge(
    base: Annotated[Path | None, typer.Argument(help="The version that both come from.")] = None,
    ours: Annotated[Path | None, typer.Argument(help="Ours; the result is written here.")] = None,
    theirs: Annotated[Path | None, typer.Argument(help="The other side's.")] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Have this clone's git join labels by answers.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Join two researchers' labels by answers, as git's merge driver."""
    from framing.steps.labels_merge import install as install_driver
    from framing.steps.labels_merge import merge_files
    from framing.steps.study import Study

    if install:
        done = install_driver(Study.find(workspace).needed.root, program())
        say(
            "git joins labels/ by answers now"
            if done
            else "no git repository here: .gitattributes is written"
        )
        return
    if base is None or ours is None or theirs is None:
        raise typer.BadParameter("expected BASE OURS THEIRS, or --install")
    merged = merge_files(base, ours, theirs)
    if as_json:
        print_json(merged)
    elif merged.dropped:
        say(f"left out: {counted(merged.dropped, 'row')} that one side had taken out by hand")
