"""`framing split`."""

from framing.cli.options import Column, Inputs, Json, Output, Presplit, columns
from framing.cli.output import finish, print_json, rows_on_stdout, say


def split(
    inputs: Inputs,
    output: Output = None,
    column: Column = None,
    presplit: Presplit = False,
    as_json: Json = False,
) -> None:
    """Split articles into units; JSONL on stdout unless -o names a file.

    Reads plain text, and CSV, TSV and JSONL tables with a column text; a metadata.csv beside text
    files tells file, outlet, published, url, author, title and story.
    """
    from framing.records import UNIT_COLUMNS
    from framing.steps import split as step

    splitting = step.split(inputs, columns=columns(column), presplit=presplit)
    if output:
        step.write_units(splitting, output)
    elif as_json:
        for _ in splitting:
            pass
    else:
        with rows_on_stdout(UNIT_COLUMNS) as rows:
            step.copy_units(splitting, rows)
    for encoding, count in splitting.encodings.items():
        say(f"{count} article{'s' if count > 1 else ''} read as {encoding}")
    if as_json:
        print_json(
            {name: getattr(splitting, name) for name in ("articles", "units", "encodings", "unusable")}
        )
    else:
        say(f"{splitting.articles} articles, {splitting.units} units")
    finish(splitting.unusable)
