"""What `framing report` takes from the folder that `framing compare` left."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from framing.errors import TableError
from framing.files import there
from framing.formats import read_frame
from framing.report.stories import story_cards

TABLES = ("articles", "stories", "quotations", "outlets")
_NEEDED = {
    "articles": "article_id outlet title published story copy_of",
    "stories": "story title articles outlets first last page",
    "quotations": "quotation text speaker story article_id outlet state in_headline",
    "outlets": "outlet_a outlet_b value stories difference low high",
}
_MOST_CARDS = 60


def stories_view(folder: Path, home: Path, headlines: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Give the stories' cards, and the differences of outlets.

    Parameters
    ----------
    folder : Path
        With ``articles.csv stories.csv quotations.csv outlets.csv``.
    home : Path
        The report's folder. Pages below it are linked, so that both can be moved together.
    headlines : mapping of str to (str, str)
        Label and colour of an article's headline.

    Raises
    ------
    TableError
        If a table is missing or has not its columns.
    """
    tables = {name: _rows(folder / f"{name}.csv", _NEEDED[name].split()) for name in TABLES}
    pages = {row["story"]: _link(folder / row["page"], home) for row in tables["stories"] if row["page"]}
    links = {story: link for story, link in pages.items() if link}
    return {
        "cards": story_cards(tables, headlines, links, _MOST_CARDS),
        "all": len(tables["stories"]),
        "shared": sum(row["articles"] not in ("", "0", "1") for row in tables["stories"]),
        "index": _link(folder / "index.html", home),
        "outlets": [_difference(row, folder) for row in tables["outlets"] if row["difference"]],
    }


def _rows(path: Path, needed: list[str]) -> list[dict[str, str]]:
    frame = read_frame(path)
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise TableError(
            f"{path}: column{'s' if len(missing) > 1 else ''} {' '.join(missing)} missing, found "
            f"{' '.join(map(str, frame.columns))}",
            hint="make the stories again: framing compare INPUT... -o DIR",
        )
    return [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _link(file: Path, home: Path) -> str:
    if not there(file):
        return ""
    place = file.resolve()
    if not place.is_file() or home.resolve() not in place.parents:
        return ""
    return quote(place.relative_to(home.resolve()).as_posix())


def _difference(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
    try:
        low, high = (float(row[name]) if row[name] else None for name in ("low", "high"))
        return dict(row) | {"difference": float(row["difference"]), "low": low, "high": high}
    except ValueError:
        raise TableError(
            f"{folder / 'outlets.csv'}: {row['outlet_a']}, {row['outlet_b']}, {row['value']}: found "
            f"{row['difference']!r} {row['low']!r} {row['high']!r}, expected numbers",
            hint="make the stories again: framing compare INPUT... -o DIR",
        ) from None
