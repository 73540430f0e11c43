"""`framing compare`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Column, Inputs, Json, ModelOption, Presplit, WorkspaceOption, columns
from framing.cli.output import finish, print_json, say
from framing.plural import counted


def compare(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder to write to.")],
    model: ModelOption = "",
    copies_once: Annotated[
        bool, typer.Option("--copies-once", help="Leave copies out where outlets are compared.")
    ] = False,
    pages: Annotated[int, typer.Option(min=0, help="How many stories and topics get a page.")] = 200,
    column: Column = None,
    presplit: Presplit = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Group articles into stories; show how each outlet framed the same event."""
    from framing.steps.compare import compare as run
    from framing.steps.study import Study

    done = run(
        Study.find(workspace),
        inputs,
        output,
        model=model,
        columns=columns(column),
        presplit=presplit,
        copies_once=copies_once,
        most_pages=pages,
    )
    if as_json:
        print_json(done)
    else:
        say(f"scored by {done.model}" if done.model else f"no frames: {done.reason}")
        if done.undated:
            say(f"{counted(done.undated, 'article')} without a date that can be read")
        if done.unpaged:
            say(f"{done.unpaged} more that could have a page: --pages")
        typer.echo(
            f"{counted(done.articles, 'article')}, {counted(done.copies, 'copy')} among them; "
            f"{counted(done.stories, 'story')}, {done.shared_stories} of several articles; "
            f"{counted(done.topics, 'topic')}"
        )
        typer.echo(f"{counted(done.quotations, 'quotation')}, {done.shared_quotations} in several articles")
        typer.echo(str(done.index))
    finish(done.unusable)
