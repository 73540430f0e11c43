"""A story's page: outlets in columns, in order of time, and who carries which quotation."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from framing.records import digest
from framing.report.look import coloured, environment

_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
_TOKEN = re.compile(r"\S+")
_BARE = re.compile(r"[^\w]+")
_PARTS = ("report", "appeals", "comments", "teasers", "furniture")
_CARD_QUOTES = 2
_SHORT = 18


def file_name(name: str) -> str:
    """A file's name for a story's, whatever characters that has.

    Examples
    --------
    >>> file_name("ashmouth-dam"), file_name("../a b")
    ('ashmouth-dam.html', 'a-b-4639a8.html')
    """
    plain = _SAFE.sub("-", name).strip("-.")[:60]
    return f"{plain}.html" if plain == name else f"{plain or 'story'}-{digest(name, size=3)}.html"


def who(outlet: str, source: str) -> str:
    """What to call an article: its outlet, else the short form of its source.

    Examples
    --------
    >>> who("Northwire", "a.txt"), who("", "pages/dam.txt"), who("", "https://gannet.example/2024/dam-cracks")
    ('Northwire', 'dam', 'gannet.example')
    >>> who("", "000_43f5bdb1ed3ce12c.txt")
    '000_43f5…e12c'
    """
    if outlet:
        return outlet
    parts = urlsplit(source)
    if parts.scheme in ("http", "https") and parts.netloc:
        return parts.netloc
    stem = PurePath(source).stem or source
    return stem if len(stem) <= _SHORT else f"{stem[:8]}…{stem[-4:]}"


def story_page(view: Mapping[str, Any]) -> str:
    """Render one story or topic.

    Parameters
    ----------
    view : mapping
        ``name named kind values model articles quotations``. An article is a mapping with ``article_id
        source outlet published moment headline label probability body_probability words shares
        copy_of units``, in order of time; a quotation one with ``text speaker carriers cells``, a
        cell for each article in the same order.

    Returns
    -------
    str
        HTML that needs no network and runs no script; all text is escaped.
    """
    articles = [_column(article, view) for article in view["articles"]]
    shared = [_quotation(item, view) for item in view["quotations"] if item["carriers"] > 1]
    single = [_quotation(item, view) for item in view["quotations"] if item["carriers"] == 1]
    _name_lags(articles)
    return (
        environment()
        .get_template("story.html")
        .render(
            view=view,
            title=view["articles"][0]["headline"] or view["name"],
            articles=articles,
            shared=shared,
            single=single,
            span=_span(articles),
            values=coloured(view["values"]),
            longest=max((a["total"] for a in articles), default=1) or 1,
            glance=_glance(articles, shared),
        )
    )


def index_page(view: Mapping[str, Any]) -> str:
    """Render the list of stories.

    Parameters
    ----------
    view : mapping
        ``cards articles stories shared topics copies undated unpaged model``; see `card`.
    """
    return environment().get_template("index.html").render(view=view)


def card(view: Mapping[str, Any], file: str) -> dict[str, Any]:
    """What the list of stories shows of one."""
    articles = [_column(article, view) for article in view["articles"]]
    shared = [_quotation(item, view) for item in view["quotations"] if item["carriers"] > 1]
    return {
        "name": view["name"] if view["named"] else articles[0]["headline"] or view["name"],
        "kind": view["kind"],
        "file": file,
        "span": _span(articles),
        "articles": [
            {key: article[key] for key in ("outlet", "headline", "label", "colour", "date", "copy_of")}
            for article in articles
        ],
        "quotations": [
            {
                "text": item["text"],
                "speaker": item["speaker"],
                "states": [(c["symbol"], f"{c['outlet']}: {c['state']}") for c in item["cells"]],
            }
            for item in shared[:_CARD_QUOTES]
        ],
        "shared": len(shared),
        "values": [value["name"] for value in view["values"]],
    }


def _column(article: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    colours = {value["name"]: value["colour"] for value in coloured(view["values"])}
    words = article["words"]
    total = sum(words.values())
    moment: datetime | None = article["moment"]
    return dict(article) | {
        "colour": colours.get(str(article["label"]).split("|")[0], "#757575"),
        "date": _date(moment, article["published"]),
        "lag": "",
        "total": total,
        "parts": [
            (name, words.get(name, 0), words.get(name, 0) / total if total else 0.0) for name in _PARTS
        ],
        "shares": [
            {"name": name, "share": share, "eligible": eligible, "colour": colours[name]}
            for name, (share, eligible) in article["shares"].items()
        ],
    }


def _date(moment: datetime | None, published: str) -> str:
    if moment is None:
        return "no date"
    told = f"{moment.day} {moment:%b %Y}"
    return f"{told}, {moment:%H:%M}" if ":" in published else told


def _name_lags(articles: Sequence[dict[str, Any]]) -> None:
    dated = [article for article in articles if article["moment"]]
    for article in dated[1:]:
        article["lag"] = _lag(article["moment"] - dated[0]["moment"])
    if len(dated) > 1:
        dated[0]["lag"] = "first"


def _lag(delay: timedelta) -> str:
    hours = delay.total_seconds() / 3600
    if hours < 1:
        return "within the hour"
    if hours < 48:
        return f"+{hours:.0f} h"
    return f"+{hours / 24:.0f} days" if hours < 24 * 365 else f"+{hours / 24 / 365:.1f} years"


def _span(articles: Sequence[Mapping[str, Any]]) -> str:
    dates = [article["moment"] for article in articles if article["moment"]]
    undated = len(articles) - len(dates)
    more = f"{undated} without date" if undated else ""
    if not dates:
        return more
    first, last = (f"{when.day} {when:%B %Y}" for when in (dates[0], dates[-1]))
    told = first if first == last else f"{first} – {last}"
    return f"{told}, {more}" if more else told


def _quotation(item: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    articles = {article["article_id"]: article for article in view["articles"]}
    cells = [_cell(cell, item["text"], articles[cell["article_id"]]) for cell in item["cells"]]
    return dict(item) | {"cells": cells}


def _cell(cell: Mapping[str, Any], fullest: str, article: Mapping[str, Any]) -> dict[str, Any]:
    symbols = {"quoted": "●", "indirect": "◐", "left out": "○"}
    return dict(cell) | {
        "outlet": article["outlet"],
        "symbol": "H" if cell["in_headline"] and cell["state"] == "quoted" else symbols[cell["state"]],
        "headline_words": cell["headline_wording"],
        "words": marked(cell["wording"], fullest) if cell["state"] == "quoted" else [],
        "units": [(name, article["units"].get(name, "")) for name in cell["unit_ids"]],
    }


def marked(wording: str, fullest: str) -> list[tuple[str, bool]]:
    """Cut a wording into runs of words that the fullest wording has too, and runs that it has not.

    Examples
    --------
    >>> marked("it will surely hold", "It will hold, I think")
    [('it will', True), ('surely', False), ('hold', True)]
    """
    ours, theirs = _TOKEN.findall(wording), _TOKEN.findall(fullest)
    match = SequenceMatcher(None, [_bare(w) for w in ours], [_bare(w) for w in theirs], autojunk=False)
    same = {i for block in match.get_matching_blocks() for i in range(block.a, block.a + block.size)}
    runs: list[tuple[str, bool]] = []
    for number, word in enumerate(ours):
        known = number in same or not _bare(word)
        if runs and runs[-1][1] == known:
            runs[-1] = (f"{runs[-1][0]} {word}", known)
        else:
            runs.append((word, known))
    return runs


def _bare(word: str) -> str:
    return _BARE.sub("", word.casefold())


def _glance(
    articles: Sequence[Mapping[str, Any]], shared: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The two quotations that most carry, in a line each: who has them, who heads with them, who not."""
    lines = []
    for item in shared[:2]:
        groups: dict[str, list[str]] = {"headline": [], "quoted": [], "indirect": [], "left out": []}
        for cell in item["cells"]:
            groups["headline" if cell["symbol"] == "H" else cell["state"]].append(cell["outlet"])
        lines.append(dict(item) | {"of": len(articles), "groups": groups})
    return lines
