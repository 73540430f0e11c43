"""`framing demo`."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json
from framing.cli.output import print_json, say, ticker


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]")] = Path("framing-demo"),
    port: Annotated[int, typer.Option(help="For Label Studio; if taken, a free one.")] = 8080,
    exit_: Annotated[bool, typer.Option("--exit", help="Stop Label Studio at the end.")] = False,
    as_json: Json = False,
) -> None:
    """Run the whole job on the starter pages, with an embedded Label Studio."""
    from framing.steps.demo import demo as run
    from framing.steps.studio import stop
    from framing.steps.study import Study

    study = Study.find(folder) if (folder / "config" / "codebook.yaml").is_file() else None
    keep = sys.stdout.isatty() and not exit_
    try:
        done = run(folder, port=port, say=say, quiet=not sys.stderr.isatty(), tick=ticker("pushed"))
    except BaseException:
        if study or (folder / "config" / "codebook.yaml").is_file():
            stop(Study.find(folder))
        raise
    if not keep:
        stop(Study.find(folder))
    if as_json:
        print_json(done)
        return
    f1 = done.trained.evaluation.macro_f1 if done.trained.evaluation else None
    typer.echo(f"{done.pushed.articles} pages, {done.pushed.units} units, {done.pulled.rows} answers")
    if f1 is not None:
        typer.echo(f"model {done.trained.model}: macro-F1 {f1:.3f} on {done.trained.held_out}")
    for name, file in done.files.items():
        typer.echo(f"{name}: {file}")
    if keep:
        typer.echo(f"coding screen: {done.pushed.url}")
        typer.echo(f"  sign in as {done.studio.username}, password in {done.studio.password_file}")
        typer.echo(f"stop it: {_program()} studio stop --workspace {folder}")
    else:
        typer.echo(f"Label Studio was stopped; start it: {_program()} studio start --workspace {folder}")


def _program() -> str:
    """How this program can be called again: by name if the shell finds it, else as it was."""
    return "framing" if shutil.which("framing") else sys.argv[0]
