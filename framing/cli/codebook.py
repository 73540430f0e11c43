"""`framing codebook check | show | diff`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json, Output, WorkspaceOption
from framing.cli.output import print_json, print_table, say
from framing.plural import counted

app = typer.Typer(
    help="Check the codebook, show it as the coders' instructions, or compare two versions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Default: the workspace's codebook.")]


@app.command()
def check(file: File = None, workspace: WorkspaceOption = None, as_json: Json = False) -> None:
    """Check the codebook and name every fault with its line."""
    from framing.steps.codebook import check_codebook

    checked = check_codebook(file, workspace)
    if as_json:
        print_json(checked)
        return
    typer.echo(
        f"{checked.file}: no faults; {counted(checked.variables, 'variable')}, "
        f"{counted(checked.values, 'value')}"
    )


@app.command()
def show(
    file: File = None,
    output: Output = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Show the codebook as instructions for coders; -o writes .md, .html or .json."""
    from framing.steps.codebook import show_codebook

    shown = show_codebook(file, workspace, "json" if as_json else "md", output)
    if output is None:
        typer.echo(shown, nl=False)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier version.")],
    new: Annotated[
        Path | None, typer.Argument(metavar="[NEW]", help="Default: the workspace's codebook.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Tell what was added, removed, renamed and changed, and the answers that lose their value."""
    from dataclasses import asdict

    from framing.steps.codebook import diff_codebooks

    found = diff_codebooks(old, new, workspace)
    if as_json:
        print_json(found)
        return
    if not found.changes:
        typer.echo(f"{found.old} and {found.new}: no difference")
        return
    print_table(
        [asdict(change) for change in found.changes],
        ["kind", "variable", "value", "field", "before", "after"],
    )
    fit = "fit both" if found.same_values else "fit only the one that they were made with"
    say(f"labels and models {fit}; values that were renamed are mapped where they say formerly: [OLD]")
    for value, count in found.answers.items():
        say(f"labels/: {value}: {counted(count, 'answer')} without a value in {found.new}")
