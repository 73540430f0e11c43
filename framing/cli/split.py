"""`framing split`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import (
    Column,
    Fast,
    Inputs,
    Json,
    Language,
    Output,
    Presplit,
    WorkspaceOption,
    columns,
)
from framing.cli.output import finish, print_json, rows_on_stdout, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.steps.copies import Copies as Noted
    from framing.steps.split import Splitting


CopiesFile = Annotated[
    Path | None,
    typer.Option("--copies", metavar="FILE", help="Write which articles are copies or rewrites of others."),
]


def split(
    inputs: Inputs,
    output: Output = None,
    copies: CopiesFile = None,
    column: Column = None,
    presplit: Presplit = False,
    fast: Fast = False,
    language: Language = "",
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Split articles into units; JSONL on stdout unless -o names a file.

    Reads plain text, HTML, CSV, TSV, JSONL and Parquet tables with a column text or html, and WARC
    archives, each as such or in gzip or zstd. A metadata.csv beside text files tells file, outlet,
    published, url, author, title and story. With -o page.html each article is shown with its
    regions coloured and its units outlined. What a unit is (sentence, paragraph, article), the
    workspace's codebook says, outside a workspace the packaged one.
    """
    from framing.formats import check_suffix
    from framing.steps import split as step
    from framing.steps.copies import Copies, write_copies
    from framing.steps.study import Study

    if copies:
        check_suffix(copies)
    splitting = step.split(
        inputs,
        columns=columns(column),
        presplit=presplit,
        unit=Study.find(workspace).codebook.unit,
        fast=fast,
        language=language,
    )
    noted = Copies() if copies else None
    _run(splitting, output, noted, quiet=as_json)
    _tell_reading(splitting)
    found = write_copies(noted, copies) if noted and copies else []
    if noted:
        short = f"; {noted.short} too short to tell" if noted.short else ""
        repeats = sum(bool(row["copy_of"]) for row in found)
        say(
            f"{repeats} of {counted(noted.articles, 'article')} are copies or rewrites of another"
            f"{short}: {copies}"
        )
    if as_json:
        names = ("articles", "units", "encodings", "unusable")
        told = {name: getattr(splitting, name) for name in names}
        told |= {"languages": dict(splitting.languages.found), "language_unknown": splitting.languages.unsure}
        print_json(told | ({"copies": found} if noted else {}))
    else:
        say(f"{_articles(splitting.articles)}, {counted(splitting.units, 'unit')}")
    finish(splitting.unusable)


def _tell_reading(splitting: "Splitting") -> None:
    """Say how articles were read that are not plain English in UTF-8."""
    for encoding, count in splitting.encodings.items():
        say(f"{_articles(count)} read as {encoding}")
    languages = splitting.languages
    for language, count in sorted(languages.found.items()):
        if language != "en":
            say(f"{_articles(count)} cut into sentences by the rules of: {language}")
    if languages.unsure:
        say(f"{_articles(languages.unsure)} cut by English rules: the language could not be told")


def _articles(count: int) -> str:
    return counted(count, "article")


def _run(splitting: "Splitting", output: Path | None, copies: "Noted | None", *, quiet: bool) -> None:
    from framing.records import UNIT_COLUMNS
    from framing.steps import split as step

    if output:
        step.write_units(splitting, output, copies)
    elif quiet:
        for units in splitting.batches():
            if copies:
                copies.note(units)
    else:
        with rows_on_stdout(UNIT_COLUMNS) as rows:
            step.copy_units(splitting, rows, copies)
