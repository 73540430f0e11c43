"""Articles with their regions coloured and their units outlined, as one self-contained page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from framing.records import REGIONS, Article, Unit

_DESCRIPTIONS = {
    "headline": "the article's title",
    "standfirst": "the deck below it",
    "subhead": "a heading within the text",
    "byline": "author, date, place",
    "body": "the article's text",
    "caption": "picture text and credits",
    "related": "links to other stories",
    "appeal": "the outlet asks for something",
    "comment": "what a reader wrote",
    "comment_meta": "its author, date, reply",
    "furniture": "menus, widgets, the rest",
}
#: Articles that are open when the page is; the others open with a click.
_OPEN = 20


def view(pages: Iterable[tuple[Article, Sequence[Unit]]]) -> Iterator[str]:
    """Draw articles with their units.

    Parameters
    ----------
    pages : iterable of (Article, sequence of Unit)
        Each article with its units in the order of the page.

    Yields
    ------
    str
        Pieces of an HTML document that loads nothing from elsewhere and runs no script. All text
        is escaped; control characters are shown as signs.

    Examples
    --------
    >>> page = "".join(view([(Article(source="a.txt", text="<i>"), ())]))
    >>> "<i>" in page, "&lt;i&gt;" in page
    (False, True)
    """
    yield _opening()
    count = 0
    for count, (article, units) in enumerate(pages, 1):
        yield from _article(article, units, opened=count <= _OPEN)
    if not count:
        yield '<p class="none">No article could be used.</p>'
    yield "</main></body></html>\n"


def _opening() -> str:
    style = files("framing.pages").joinpath("view.css").read_text(encoding="utf-8")
    hidden = "".join(
        f"body:has(#show-{region}:not(:checked)) .line.{region}{{display:none}}\n" for region in REGIONS
    )
    legend = "".join(
        f'<li><label title="{_DESCRIPTIONS[region]}"><input type="checkbox" id="show-{region}" checked>'
        f'<span class="swatch {region}"></span>{region}<small>{_DESCRIPTIONS[region]}</small></label></li>'
        for region in REGIONS
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>Units by region</title><style>{style}{hidden}</style></head><body>"
        f"<header><h1>Units by region</h1><p>Each outline is one unit. Untick a region to hide it.</p>"
        f"<ul>{legend}</ul></header><main>\n"
    )


def _article(article: Article, units: Sequence[Unit], *, opened: bool) -> Iterator[str]:
    counts = Counter(unit.region for unit in units)
    told = " · ".join(f"{counts[region]} {region}" for region in REGIONS if counts[region])
    facts = " · ".join(
        shown(fact) for fact in (article.outlet, article.author, article.published, article.url) if fact
    )
    yield (
        f'<details class="article"{" open" if opened else ""}><summary>'
        f"<strong>{shown(article.title or article.source)}</strong>"
        f"<small>{shown(article.source)} · {article.article_id}</small></summary>"
        f'<p class="facts">{facts}</p><p class="counts">{len(units)} units: {told or "none"}</p>'
        '<div class="page">'
    )
    if not units and article.text.strip():
        yield f'<div class="line"><b></b><p>{shown(article.text)}</p></div>'
    yield from _lines(article, units)
    yield "</div></details>\n"


def _lines(article: Article, units: Sequence[Unit]) -> Iterator[str]:
    """Units of one line and region side by side, furniture all; the region is named where it changes."""
    before, paragraph = "", -1
    opened = False
    for unit in units:
        flows = unit.region == before == "furniture"
        if not flows and (unit.paragraph != paragraph or unit.region != before):
            if opened:
                yield "</p></div>\n"
            yield _line_opening(unit, named=unit.region != before)
            opened = True
        else:
            yield " "
        yield _unit(unit)
        before, paragraph = unit.region, unit.paragraph
    if opened:
        yield "</p></div>\n"


def _line_opening(unit: Unit, *, named: bool) -> str:
    depth = min(unit.reply_depth or 0, 8)
    indent = f' style="--depth:{depth}"' if depth else ""
    name = unit.region.replace("_", " ") if named else ""
    return f'<div class="line {unit.region}{" first" if named else ""}"{indent}><b>{name}</b><p dir="auto">'


def _unit(unit: Unit) -> str:
    told = [f"{unit.region} · unit {unit.position} · {unit.start}–{unit.end}"]
    if unit.comment_author or unit.comment_time:
        told.append(f"by {unit.comment_author or 'unknown'}, {unit.comment_time or 'no time'}")
    if unit.reply_depth is not None:
        told.append(f"depth {unit.reply_depth}")
    hint = shown(" · ".join(told))
    return f'<span class="unit" id="{escape(unit.unit_id)}" title="{hint}">{shown(unit.text)}</span>'


def shown(text: str) -> str:
    """Escape text; what could not be seen, or would turn the direction of others, is made visible.

    Examples
    --------
    >>> shown("a <b>\\x07")
    'a &lt;b&gt;␇'
    """
    return escape(text.translate(_VISIBLE))


_VISIBLE = {number: chr(0x2400 + number) for number in range(32) if number not in (9, 10, 13)}
_VISIBLE |= {0x7F: "␡"} | dict.fromkeys((*range(128, 160), 65534, 65535), "�")
_VISIBLE |= {number: f"[U+{number:04X}]" for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
