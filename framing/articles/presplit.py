"""Tables in which each row is one unit already."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from framing.articles.inputs import Input, find_inputs
from framing.articles.read import check_columns, no_text
from framing.articles.rows import SEPARATORS, TABLES, Row, table_rows
from framing.articles.sniff import kind_of_bytes
from framing.articles.streams import Source, UnreadableError, opened
from framing.columns import CellError, read_id, read_whole
from framing.formats import untame
from framing.records import (
    REGIONS,
    Unit,
    Unusable,
    article_id,
    as_text,
    digest,
    known,
    todays_article,
    todays_unit,
    unit_id,
)

_TEXTS = (
    "outlet",
    "title",
    "author",
    "published",
    "url",
    "story",
    "comment_author",
    "comment_time",
)


def read_units(
    inputs: Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Unit | Unusable]:
    """Read units from tables, one a row.

    Columns named as in UNITS are kept; else `region` is ``body``, `start` 0, and the source is the
    row's `id`, its `url`, or ``<file>#<hash of its text>``.

    Parameters
    ----------
    inputs, columns, stdin
        As for `read_articles`.

    Yields
    ------
    Unit or Unusable
    """
    for source in find_inputs(inputs):
        if isinstance(source, Unusable):
            yield source
            continue
        try:
            with opened(source, stdin) as stream:
                yield from _units(source, stream, columns or {})
        except UnreadableError as error:
            yield Unusable(source.where, str(error))


def _units(source: Input, stream: Source, columns: Mapping[str, str]) -> Iterator[Unit | Unusable]:
    kind = kind_of_bytes(stream.head, source.name)
    if kind not in TABLES:
        raise UnreadableError(f"found {kind}, expected a table with one unit a row")
    counts = _Counts()
    number = 0
    for number, row in enumerate(table_rows(stream, kind, source.where, source.name, columns), 1):
        if number == 1 and kind != "jsonl" and isinstance(row, Row):
            check_columns(row, columns, ("text",))
        yield row if isinstance(row, Unusable) else _unit(row, counts, kind in SEPARATORS)
    if not number:
        raise UnreadableError("the table holds no rows")


class _Counts:
    """How often a text and how many units came under each article so far."""

    def __init__(self) -> None:
        self.texts: Counter[tuple[str, str]] = Counter()
        self.units: Counter[str] = Counter()


def _unit(row: Row, counts: _Counts, tamed: bool) -> Unit | Unusable:
    fault = no_text(row)
    if fault:
        return fault
    fields: dict[str, Any] = dict(row.fields)
    if tamed:
        fields = {k: untame(v) if isinstance(v, str) else v for k, v in fields.items()}
    region = as_text(fields.get("region")) or "body"
    if region not in REGIONS:
        return Unusable(row.where, f"region: found {region!r}, expected one of {' '.join(REGIONS)}")
    try:
        for name in ("unit_id", "article_id"):
            fields[name] = _cell(fields, name, read_id)
        numbers = {
            name: _cell(fields, name, read_whole)
            for name in ("start", "end", "paragraph", "position", "reply_depth")
        }
        if numbers["end"] is not None and (numbers["start"] or 0) > numbers["end"]:
            raise ValueError(f"end: found {numbers['end']}, expected {numbers['start']} (start) or more")
    except ValueError as error:
        return Unusable(row.where, str(error))
    return _built(row, fields, region, numbers, counts)


def _built(
    row: Row,
    fields: Mapping[str, Any],
    region: str,
    numbers: Mapping[str, int | None],
    counts: _Counts,
) -> Unit:
    text = str(fields["text"]).strip()
    named = known(fields, "unit_id", "article_id", "source", "id", "url")
    source = named["source"] or named["id"] or named["url"] or f"{row.file}#{digest(text, size=8)}"
    article = todays_article(named["article_id"]) or article_id(source)
    key = (article, digest(text, size=8))
    occurrence, position = counts.texts[key], counts.units[article]
    counts.texts[key] += 1
    counts.units[article] += 1
    start = numbers["start"] or 0
    return Unit(
        unit_id=todays_unit(named["unit_id"]) or unit_id(article, text, occurrence),
        article_id=article,
        source=source,
        start=start,
        end=start + len(text) if numbers["end"] is None else numbers["end"],
        text=text,
        region=region,
        paragraph=numbers["paragraph"] or 0,
        position=position if numbers["position"] is None else numbers["position"],
        reply_depth=numbers["reply_depth"],
        **known(fields, *_TEXTS),
    )


def _cell(fields: Mapping[str, Any], name: str, reader: Callable[[str], Any]) -> Any:
    text = as_text(fields.get(name))
    try:
        return reader(text)
    except CellError as error:
        raise ValueError(f"{name}: found {text[:40]!r}, expected {error.expected}") from None


def pages_of_units(found: Iterable[Unit | Unusable]) -> Iterator[list[Unit] | Unusable]:
    """Join units that follow one another in one article; what is unusable comes between."""
    held: list[Unit] = []
    for item in found:
        if isinstance(item, Unusable):
            yield item
            continue
        if held and held[-1].article_id != item.article_id:
            yield held
            held = []
        held.append(item)
    if held:
        yield held
