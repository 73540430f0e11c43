"""`framing demo`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json
from framing.cli.output import print_json, program, say, ticker
from framing.plural import counted


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
    typer.echo(
        f"{counted(done.pushed.articles, 'page')}, {counted(done.pushed.units, 'unit')}, "
        f"{counted(done.pulled.rows, 'answer')}"
    )
    if f1 is not None:
        typer.echo(f"model {done.trained.model}: macro-F1 {f1:.3f} on {done.trained.held_out}")
    for name, file in done.files.items():
        typer.echo(f"{name}: {file}")
    for line in what_next(folder, program()):
        typer.echo(line)
    if keep:
        typer.echo(f"coding screen: {done.pushed.url}")
        typer.echo(f"  sign in as {done.studio.username}, password in {done.studio.password_file}")
        typer.echo(f"stop it: {program()} studio stop --workspace {folder}")
    else:
        typer.echo(f"Label Studio was stopped; start it: {program()} studio start --workspace {folder}")


def what_next(folder: Path, program: str) -> tuple[str, ...]:
    """Say what to do once the demo has run; each command works as it stands."""
    return (
        f"next: open {folder / 'report.html'} in a browser, then",
        f"  {program} score {folder / 'seeds'} --workspace {folder} -o scores.csv   # or pages of your own",
        f"  {program} init study   # a workspace for your own study",
    )
