"""The tables that `framing compare` left, as cards."""

from collections.abc import Mapping, Sequence
from typing import Any

from framing.plural import counted

_SYMBOLS = {"quoted": "●", "indirect": "◐", "left out": "○"}
_CARD_QUOTES = 2


def story_cards(
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    headlines: Mapping[str, tuple[str, str]],
    links: Mapping[str, str],
    most: int,
) -> list[dict[str, Any]]:
    """Build a card for each story of two articles or more, those of most outlets first.

    Parameters
    ----------
    tables : mapping
        Rows of ``articles stories quotations`` by these names, cells as text.
    headlines : mapping of str to (str, str)
        Label and colour of an article's headline, by article.
    links : mapping of str to str
        Where a story's page lies, by story; stories without a page are missing.
    most : int
        No more cards than this.

    Returns
    -------
    list of dict
        ``name kind file span articles quotations shared``, as the list of stories has them.
    """
    members: dict[str, list[Mapping[str, str]]] = {}
    for article in tables["articles"]:
        members.setdefault(article["story"], []).append(article)
    shared = [row for row in tables["stories"] if len(members.get(row["story"], ())) > 1]
    shared.sort(key=lambda row: (-_whole(row["outlets"]), row["first"], row["story"]))
    quotations: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for row in tables["quotations"]:
        quotations.setdefault(row["story"], {}).setdefault(row["quotation"], []).append(row)
    return [
        _card(row, members[row["story"]], quotations.get(row["story"], {}), headlines, links)
        for row in shared[:most]
    ]


def _card(
    story: Mapping[str, str],
    articles: Sequence[Mapping[str, str]],
    quotations: Mapping[str, Sequence[Mapping[str, str]]],
    headlines: Mapping[str, tuple[str, str]],
    links: Mapping[str, str],
) -> dict[str, Any]:
    ordered = sorted(articles, key=lambda row: (row["published"] == "", row["published"], row["outlet"]))
    titles = {row["article_id"]: row["title"] for row in ordered}
    told = [_quotation(rows, list(titles)) for rows in quotations.values()]
    told = sorted((item for item in told if item["carriers"] > 1), key=lambda item: -int(item["carriers"]))
    return {
        "name": story["title"] or story["story"],
        "kind": f"story · {counted(len(ordered), 'article')}",
        "file": links.get(story["story"], ""),
        "span": _span(story["first"], story["last"]),
        "articles": [_article(row, headlines) for row in ordered],
        "quotations": told[:_CARD_QUOTES],
        "shared": len(told),
    }


def _article(row: Mapping[str, str], headlines: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    label, colour = headlines.get(row["article_id"], ("", "#757575"))
    return {
        "outlet": row["outlet"] or "(not known)",
        "headline": row["title"],
        "label": label,
        "colour": colour,
        "copy_of": row["copy_of"],
    }


def _quotation(rows: Sequence[Mapping[str, str]], order: Sequence[str]) -> dict[str, Any]:
    found = {row["article_id"]: row for row in rows}
    cells = [found[name] for name in order if name in found]
    return {
        "text": rows[0]["text"],
        "speaker": rows[0]["speaker"],
        "carriers": sum(row["state"] == "quoted" for row in cells),
        "states": [(_symbol(row), f"{row['outlet']}: {row['state']}") for row in cells],
    }


def _symbol(row: Mapping[str, str]) -> str:
    if row["state"] == "quoted" and row["in_headline"] == "true":
        return "H"
    return _SYMBOLS.get(row["state"], "○")


def _span(first: str, last: str) -> str:
    days = list(dict.fromkeys(text[:10] for text in (first, last) if text))
    return " – ".join(days)


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0
