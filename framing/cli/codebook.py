"""`framing codebook check | show`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json, Output, WorkspaceOption
from framing.cli.output import print_json

app = typer.Typer(
    help="Check the codebook, or show it as the coders' instructions.",
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
    typer.echo(f"{checked.file}: no faults; {checked.variables} variables, {checked.values} values")


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
