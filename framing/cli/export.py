"""`framing export | check | restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import Column, Inputs, Json, Presplit, WorkspaceOption, columns
from framing.cli.output import finish, print_json, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.steps.export import Exported

#: Exit code where a study is not what it says: an expected failure.
_DIFFERS = 1
_LONGEST_LIST = 20

Exporting = Annotated[
    Path, typer.Argument(metavar="DIR", help="New, empty, or an earlier export; nothing else is overwritten.")
]
Study = Annotated[Path, typer.Argument(metavar="DIR", help="Made with: framing export DIR.")]


def export(
    folder: Exporting,
    no_text: Annotated[
        bool,
        typer.Option(
            "--no-text", help="Ids and offsets only; framing restore puts the text back from the articles."
        ),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """The whole study as a folder that another lab can check.

    It holds every coder's labels under pseudonyms, codebook, gold, reliability, stats, models with their
    held-out predictions, scores, corrected shares, a datasheet (Gebru et al. 2021) and a manifest with the
    hash of every file. Answers to the datasheet's open questions are taken from config/datasheet.yaml.
    Articles themselves, stories and server addresses stay out.
    """
    from framing.steps.export import export as run
    from framing.steps.study import Study as Workspaces

    done = run(Workspaces.find(workspace), folder, texts=not no_text)
    if as_json:
        print_json(done)
    else:
        typer.echo(
            f"{done.folder}: {counted(done.files, 'file')}, texts {done.texts}; check it with: "
            f"framing check {folder}"
        )
    _tell(done)


def _tell(done: "Exported") -> None:
    if done.coders_renamed:
        say(f"named like an e-mail address, given a pseudonym: {counted(done.coders_renamed, 'coder')}")
    if done.examples_left_out:
        say(
            f"left out, as they stand in the articles: {counted(done.examples_left_out, 'example')} "
            "of the codebook"
        )
    for name in done.left_out:
        say(f"left out: {name}")
    for name, why in done.not_made.items():
        say(f"not made: {name}: {why}")
    if done.open_questions:
        say(
            f"datasheet.md has {counted(len(done.open_questions), 'open question')}; answer them in "
            f"config/datasheet.yaml: {' '.join(done.open_questions)}"
        )


def check(folder: Study, as_json: Json = False) -> None:
    """Compute every number of an exported study again and name what differs.

    Gold from the labels, reliability, stats, the models' figures from their held-out predictions, the
    scores' sums (and the scores themselves where the texts are there), corrected shares, datasheet, and
    the hash of every file. Ends with code 1 if anything differs.
    """
    from framing.steps.check import check as run

    done = run(folder)
    if as_json:
        print_json(done)
    else:
        for item in done.mismatches[:_LONGEST_LIST]:
            typer.echo(str(item))
        if len(done.mismatches) > _LONGEST_LIST:
            typer.echo(f"and {len(done.mismatches) - _LONGEST_LIST} more: --json names all")
        if not done.mismatches:
            typer.echo(f"{folder}: {counted(done.files, 'file')} and {counted(done.figures, 'figure')} agree")
    for line in done.not_checked:
        say(f"not checked: {line}")
    for line in done.notes:
        say(f"note: {line}")
    if done.mismatches:
        files = list(dict.fromkeys(item.file for item in done.mismatches))
        more = f" and {counted(len(files) - 5, 'more file')}" if len(files) > 5 else ""
        say(f"error: {folder}: {counted(len(done.mismatches), 'difference')} in {', '.join(files[:5])}{more}")
        say("hint: compare with the study as it was published, or export it again: framing export DIR")
        raise typer.Exit(_DIFFERS)


def restore(
    folder: Study,
    inputs: Inputs,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The new study's folder.")],
    column: Column = None,
    presplit: Presplit = False,
    as_json: Json = False,
) -> None:
    """Put the text back into a study exported with --no-text, from its articles.

    Each unit's text is checked by its id, which is a hash of the text; what is not found is listed.
    """
    from framing.steps.restore import restore as run

    done = run(folder, inputs, output, columns=columns(column), presplit=presplit)
    if as_json:
        print_json(done)
    else:
        typer.echo(f"{output}: text put back into {done.restored} of {counted(done.units, 'unit')}")
    finish(done.unusable)
