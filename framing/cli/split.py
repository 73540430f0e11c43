"""`framing split`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.cli.options import Column, Inputs, Json, Output, Presplit, columns
from framing.cli.output import finish, print_json, rows_on_stdout, say

if TYPE_CHECKING:
    from framing.steps.copies import Copies as Noted
    from framing.steps.split import Splitting


CopiesFile = Annotated[
    Path | None,
    typer.Option("--copies", metavar="FILE", help="Write which articles are copies or rewrites of others."),
]
Fast = Annotated[
    bool,
    typer.Option(
        "--fast", help="HTML: find the article by structure alone; five times faster, a little less exact."
    ),
]


def split(
    inputs: Inputs,
    output: Output = None,
    copies: CopiesFile = None,
    column: Column = None,
    presplit: Presplit = False,
    fast: Fast = False,
    as_json: Json = False,
) -> None:
    """Split articles into units; JSONL on stdout unless -o names a file.

    Reads plain text, HTML, CSV, TSV, JSONL and Parquet tables with a column text or html, and WARC
    archives, each as such or in gzip or zstd. A metadata.csv beside text files tells file, outlet,
    published, url, author, title and story. With -o page.html each article is shown with its
    regions coloured and its units outlined.
    """
    from framing.formats import check_suffix
    from framing.steps import split as step
    from framing.steps.copies import Copies, write_copies

    if copies:
        check_suffix(copies)
    splitting = step.split(inputs, columns=columns(column), presplit=presplit, fast=fast)
    noted = Copies() if copies else None
    _run(splitting, output, noted, quiet=as_json)
    for encoding, count in splitting.encodings.items():
        say(f"{count} article{'s' if count > 1 else ''} read as {encoding}")
    found = write_copies(noted, copies) if noted and copies else []
    if noted:
        short = f"; {noted.short} too short to tell" if noted.short else ""
        repeats = sum(bool(row["copy_of"]) for row in found)
        say(f"{repeats} of {noted.articles} articles are copies or rewrites of another{short}: {copies}")
    if as_json:
        names = ("articles", "units", "encodings", "unusable")
        told = {name: getattr(splitting, name) for name in names}
        print_json(told | ({"copies": found} if noted else {}))
    else:
        say(f"{splitting.articles} articles, {splitting.units} units")
    finish(splitting.unusable)


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
