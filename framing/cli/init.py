"""`framing init`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json
from framing.cli.output import print_json, program, say
from framing.plural import counted


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new workspace.")],
    seeds: Annotated[bool, typer.Option("--seeds", help="Bring the starter pages along.")] = False,
    codebook: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Start from bias, clickbait, generic_frames or media_frames; default: config/codebook.yaml.",
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Make a new workspace; nothing that is there is overwritten."""
    from framing.steps.init import init as run

    made = run(folder, seeds=seeds, codebook=codebook, program=program())
    if as_json:
        print_json(made)
        return
    typer.echo(str(made.workspace))
    if made.not_ignored:
        say(
            f"{folder}/.gitignore stays as it is; add what git should leave out: {' '.join(made.not_ignored)}"
        )
    say(
        f"{counted(len(made.files), 'file')} made; next: edit {folder}/config/codebook.yaml, then "
        "framing codebook check"
    )
