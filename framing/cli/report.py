"""`framing report`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.options import Json, Labels, ModelOption, WorkspaceOption
from framing.cli.output import print_json, say
from framing.plural import counted


def report(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE.html", help="The page to write.")],
    labels: Labels = None,
    scores: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Made with: framing score; default: scores/units.csv."),
    ] = None,
    stories: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Made with: framing compare; default: stories/.")
    ] = None,
    model: ModelOption = "",
    date: Annotated[
        str, typer.Option(metavar="TEXT", help="The date on it; default: that of the latest answer.")
    ] = "",
    articles: Annotated[int, typer.Option(min=0, help="Show this many articles with their units.")] = 500,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Write the whole study as one page that opens from disk."""
    from framing.steps.report import report as run
    from framing.steps.study import Study

    done = run(
        Study.find(workspace),
        output,
        labels=labels or [],
        scores=scores,
        stories=stories,
        model=model,
        date=date,
        most_articles=articles,
    )
    for name, told in done.missing.items():
        say(f"{name}: {told}")
    if done.articles_shown < done.scored_articles:
        say(
            f"{done.articles_shown} of {counted(done.scored_articles, 'article')} are shown with "
            "their units: "
            "--articles"
        )
    if as_json:
        print_json(done)
    else:
        typer.echo(f"{done.file} ({done.bytes / 1e6:.1f} MB)")
