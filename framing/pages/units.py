"""Lines with regions to units with offsets and ids."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from framing.collector import collector_paused
from framing.pages.compiled import COMPILED, native_units
from framing.pages.credits import credit_at
from framing.pages.lines import Line, lines_of
from framing.pages.regions import Place, places_of_pages
from framing.pages.sentences import sentence_spans
from framing.records import Article, Mark, Unit, unit_id

#: What gets coded: a sentence or line that stands for itself; a line; a whole page.
UnitSize = Literal["sentence", "paragraph", "article"]

#: A language, or what tells it from the lines of a page.
Language = str | Callable[[Sequence[Line]], str]

#: Start and end of a unit in its line.
Span = tuple[int, int]

#: Characters of pages that are looked at together.
_BATCH = 1 << 19

#: Regions whose lines stand for themselves, however many sentences they seem to hold.
WHOLE_LINES = frozenset({"headline", "subhead", "byline", "related", "comment_meta"})
#: A teaser or subhead may hold a stop; one that also ends with one is sentences.
_MAY_BE_PROSE = frozenset({"subhead", "related"})


def split_article(article: Article, *, language: str = "en", unit: UnitSize = "sentence") -> Iterator[Unit]:
    """Split a page into units.

    Parameters
    ----------
    article : Article
        The page.
    language : str
        ISO 639-1 code of the page's language.
    unit : {"sentence", "paragraph", "article"}
        What gets coded. A whole page is one unit of the region ``body``.

    Yields
    ------
    Unit
        In the order of the page. Every non-space character belongs to exactly one unit, no unit
        crosses a line break (but for whole pages), and
        ``article.text[unit.start:unit.end] == unit.text``.

    Examples
    --------
    >>> page = Article("a.txt", "The rain will last all day. Please stay in.\\n\\n“Stay,” he said.")
    >>> [found.text for found in split_article(page)]
    ['The rain will last all day.', 'Please stay in.', '“Stay,” he said.']
    >>> [found.text for found in split_article(page, unit="paragraph")]
    ['The rain will last all day. Please stay in.', '“Stay,” he said.']
    """
    _, units = next(split_articles([article], language=language, unit=unit))
    yield from units


def split_articles(
    articles: Iterable[Article], *, language: Language = "en", unit: UnitSize = "sentence"
) -> Iterator[tuple[Article, list[Unit]]]:
    """Split many pages into units, some at a time, which is faster than page by page.

    Parameters
    ----------
    articles : iterable of Article
        Pages; some 500 KB of them are held at once.
    language : str or callable
        ISO 639-1 code, or what tells it for each page, as `framing.pages.languages.Languages` does.
    unit
        As in `split_article`.

    Yields
    ------
    (Article, list of Unit)
        Each page with its units.
    """
    for batch in _batches(articles):
        yield from zip(batch, _split(batch, language, unit), strict=True)


@collector_paused()
def _split(batch: Sequence[Article], language: Language, unit: UnitSize) -> list[list[Unit]]:
    pages = [lines_of(article.text) for article in batch]
    if unit == "article":
        return [_units(article, *_whole(lines)) for article, lines in zip(batch, pages, strict=True)]
    titles = [article.title for article in batch]
    found = []
    for article, lines, guessed in zip(batch, pages, places_of_pages(pages, titles), strict=True):
        places = _given(article.marks, lines, guessed) if article.marks else guessed
        found.append(_units(article, lines, places, _spans(lines, places, language, unit)))
    return found


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    held: list[Article] = []
    size = 0
    for article in articles:
        held.append(article)
        size += len(article.text)
        if size >= _BATCH:
            yield held
            held, size = [], 0
    if held:
        yield held


def _whole(lines: Sequence[Line]) -> tuple[Sequence[Line], list[Place], list[list[Span]]]:
    """A page as one line."""
    if not lines:
        return (), [], []
    return lines[:1], [Place("body")], [[(0, lines[-1].end - lines[0].start)]]


def _given(marks: Sequence[Mark], lines: Sequence[Line], guessed: Sequence[Place]) -> list[Place]:
    """What the markup says goes before what the words suggest."""
    known = {mark.line: mark for mark in marks}
    return [
        _marked(known[line.number], line) if line.number in known else place
        for line, place in zip(lines, guessed, strict=True)
    ]


def _marked(mark: Mark, line: Line) -> Place:
    return Place(
        mark.region,
        credit_at=credit_at(line.text) if mark.region == "caption" else 0,
        comment_author=mark.comment_author,
        comment_time=mark.comment_time,
        reply_depth=mark.reply_depth,
    )


def _spans(
    lines: Sequence[Line], places: Sequence[Place], language: Language, unit: UnitSize
) -> list[list[Span]]:
    """Where in each line its units stand."""
    if unit == "paragraph":
        return [[(0, len(line.text))] for line in lines]
    told = language if isinstance(language, str) else language(lines)
    return [_sentences(line.text, place, told) for line, place in zip(lines, places, strict=True)]


def _sentences(line: str, place: Place, language: str) -> list[Span]:
    region = place.region
    if region in WHOLE_LINES and not (line[-1] == "." and region in _MAY_BE_PROSE):
        return [(0, len(line))]
    if place.credit_at:
        caption = sentence_spans(line[: place.credit_at], language)
        return [*caption, (place.credit_at, len(line))]
    return sentence_spans(line, language, loose=region == "comment")


def _units(
    article: Article, lines: Sequence[Line], places: Sequence[Place], spans: Sequence[list[Span]]
) -> list[Unit]:
    told = (article.outlet, article.title, article.author, article.published, article.url, article.story)
    make = native_units.units if COMPILED else _made
    return make(article.text, article.article_id, article.source, told, lines, places, spans, Unit, unit_id)


def _made(
    page: str,
    identity: str,
    source: str,
    told: tuple[str, ...],
    lines: Sequence[Line],
    places: Sequence[Place],
    spans: Sequence[list[Span]],
    kind_of_unit: type[Unit],
    name_of: Callable[[str, str, int], str],
) -> list[Unit]:
    seen: dict[str, int] = {}
    units: list[Unit] = []
    for line, place, within in zip(lines, places, spans, strict=True):
        comment = (place.comment_author, place.comment_time, place.reply_depth)
        for first, last in within:
            start, end = line.start + first, line.start + last
            text = page[start:end]
            seen[text] = occurrence = seen.get(text, -1) + 1
            name = name_of(identity, text, occurrence)
            cells = (name, identity, source, start, end, text, place.region, line.number, len(units))
            units.append(tuple.__new__(kind_of_unit, cells + told + comment))
    return units
