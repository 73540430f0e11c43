"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

#: ISO 639-1, all of it.
_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz "
    "ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii "
    "ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi "
    "mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw "
    "sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk "
    "ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)


def _language(given: str) -> str:
    if given and given not in _LANGUAGES:
        raise typer.BadParameter(
            f"found {given!r}, expected a code of ISO 639-1, for example de: the two "
            'letters with which a page names its language: <html lang="de-AT"> is de'
        )
    return given


Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Files, folders, globs, URLs; - reads standard input."),
]
Labels = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[LABELS...]", help="LABELS files or folders; default: all of labels/."),
]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace; default: found by walking up."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Round = Annotated[str, typer.Option("--round", metavar="NAME", help="The round; default: settings.")]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write here; the ending decides the format."),
]
ModelOption = Annotated[
    str, typer.Option("--model", metavar="MODEL", help="A folder, or a name under models/.")
]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="text=body", help="Take a field from another column."),
]
Language = Annotated[
    str,
    typer.Option(metavar="CODE", callback=_language, help="For example de; default: told from each text."),
]
Presplit = Annotated[bool, typer.Option("--presplit", help="Each row of a table is one unit.")]
Fast = Annotated[
    bool,
    typer.Option(
        "--fast", help="HTML: find the article by structure alone; five times faster, a little less exact."
    ),
]


def columns(given: list[str] | None) -> dict[str, str]:
    """Read ``--column text=body`` options.

    Raises
    ------
    typer.BadParameter
        If one is not of that form.
    """
    found = {}
    for item in given or []:
        name, equals, column = item.partition("=")
        if not (name and equals and column):
            raise typer.BadParameter(f"{item!r}: expected name=column, for example text=body")
        found[name] = column
    return found
