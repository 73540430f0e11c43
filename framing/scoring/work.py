"""The work on one batch, the same in this process, in another one or on another machine."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.articles.identity import Fingerprint
from framing.articles.read import Record, article_of
from framing.articles.streams import UnreadableError
from framing.collector import collector_paused
from framing.errors import ModelError
from framing.formats import streaming
from framing.pages import Languages, UnitSize, split_articles
from framing.records import Article, Unit, Unusable
from framing.scoring.feed import Item
from framing.scoring.table import (
    Scores,
    add_explanations,
    article_columns,
    score_columns,
    scores_of,
    summed,
)

if TYPE_CHECKING:
    from framing.classifier import Model

#: As which rows can be given: text of that format, rows as they are, or not at all.
TEXT_FORMS = (".jsonl", ".csv", ".tsv")
PLAIN, NONE = "rows", ""

#: Rows of one article: text, or mappings for the form `PLAIN`.
Portion = bytes | list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Order:
    """What to do with each batch.

    Attributes
    ----------
    model : Path
        The model's folder.
    hash : str
        The hash that the model must have.
    scores, articles : str
        One of `TEXT_FORMS`, `PLAIN` or `NONE`.
    explain : bool
        Add the column ``explanation``.
    fast : bool
        Find the article within HTML by its structure alone.
    unit : {"sentence", "paragraph", "article"}
    language : str
        ISO 639-1 code of all pages; empty: each page tells.
    """

    model: Path
    hash: str
    scores: str = NONE
    articles: str = NONE
    explain: bool = False
    fast: bool = False
    unit: UnitSize = "sentence"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one article.

    Attributes
    ----------
    source : str
    fingerprint : Fingerprint or None
        None for units that were split already.
    units : int
    labels : dict of str to int
        Units by predicted answer.
    encoding : str
    scores, summary : bytes or list of dict
        Its rows of SCORES and of the articles' table, in the form that was ordered.
    """

    source: str
    fingerprint: Fingerprint | None
    units: int
    labels: dict[str, int]
    encoding: str
    scores: Portion
    summary: Portion


Outcome = Done | Unusable

_models: dict[tuple[Path, str], "Model"] = {}


def keep(model: "Model") -> None:
    """Let this process work with a model that it has loaded already."""
    if model.folder:
        _models[(model.folder, model.hash)] = model


@collector_paused()
def work(order: Order, items: Sequence[Item]) -> list[Outcome]:
    """Decode, split and score the items of a batch.

    Raises
    ------
    ModelError
        If the model is not the one that was ordered.
    """
    found = [_read(item, order) for item in items]
    articles = [item for item in found if isinstance(item, Article)]
    split = iter(split_articles(articles, language=Languages(order.language), unit=order.unit))
    units = [next(split)[1] if isinstance(item, Article) else item for item in found]
    scored = _scored(order, [part for part in units if not isinstance(part, Unusable)])
    return [
        part if isinstance(part, Unusable) else _done(item, article, next(scored))
        for item, article, part in zip(items, found, units, strict=True)
    ]


def _read(item: Item, order: Order) -> Article | list[Unit] | Unusable:
    if not isinstance(item, Record):
        return item
    try:
        return article_of(item, fast=order.fast)
    except UnreadableError as error:
        return Unusable(item.where, str(error))


def _scored(order: Order, parts: Sequence[list[Unit]]) -> Iterator[tuple[dict[str, int], Portion, Portion]]:
    """Score all units at once; give labels, rows and summary of each part."""
    model = _model(order)
    units = [unit for part in parts for unit in part]
    table = scores_of(model, units)
    if order.explain:
        rows = table.rows()
        add_explanations(model, units, rows)
        told = [row["explanation"] for row in rows]
        table = Scores({**table.columns, "explanation": told}, table.printed)
    ends = list(accumulate(map(len, parts)))
    whole = [table.part(end - len(part), end) for end, part in zip(ends, parts, strict=True)]
    scores = portions(order.scores, score_columns(model, explain=order.explain), whole)
    for part, text, summary in zip(whole, scores, _summaries(order, model, whole), strict=True):
        yield dict(Counter(part.columns["label"])), text, summary


def _summaries(order: Order, model: "Model", parts: Sequence[Scores]) -> Sequence[Portion]:
    if order.articles == NONE:
        return portions(NONE, (), parts)
    columns = article_columns(model)
    rows = summed(model, filter(len, parts))
    sums = [[next(rows)] if len(part) else [] for part in parts]
    whole = [Scores({name: [row[name] for row in own] for name in columns}) for own in sums]
    return portions(order.articles, columns, whole)


def _done(
    item: Item, article: Article | list[Unit] | Unusable, scored: tuple[dict[str, int], Portion, Portion]
) -> Done:
    labels, scores, summary = scored
    mark, source, encoding = None, "", "utf-8"
    if isinstance(item, Record) and isinstance(article, Article):
        mark, source, encoding = Fingerprint.of(article, item.place), article.source, article.encoding
    return Done(source, mark, sum(labels.values()), labels, encoding, scores, summary)


def _model(order: Order) -> "Model":
    key = (order.model, order.hash)
    if key not in _models:
        from framing.classifier import load_model

        model = load_model(order.model)
        if model.hash != order.hash:
            raise ModelError(
                f"{order.model}: the model changed while it was used: {order.hash[:12]} at first, "
                f"{model.hash[:12]} now",
                hint="run the same command again: it begins anew with the model that is there",
            )
        _models[key] = model
    return _models[key]


def header(form: str, columns: Sequence[str]) -> bytes:
    """What a file of that form begins with."""
    stream = StringIO(newline="")
    if form in TEXT_FORMS:
        streaming(stream, form, columns)
    return _taken(stream)


def portions(form: str, columns: Sequence[str], parts: Sequence[Scores]) -> Sequence[Portion]:
    """Write the rows of each part in a form."""
    if form == NONE:
        return [b"" for _ in parts]
    if form == PLAIN:
        return [part.rows() for part in parts]
    stream = StringIO(newline="")
    table = streaming(stream, form, columns)
    _taken(stream)  # the header
    written = []
    for part in parts:
        table.write_columns(part.to_write(columns))
        written.append(_taken(stream))
    return written


def _taken(stream: StringIO) -> bytes:
    """Take out what a stream holds."""
    data = stream.getvalue().encode()
    stream.seek(0)
    stream.truncate()
    return data
