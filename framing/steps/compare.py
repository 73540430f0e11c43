"""`framing compare`: how each outlet framed the same event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from framing.errors import ModelError
from framing.formats import writing
from framing.records import Unusable
from framing.steps.models import find_model
from framing.steps.score import score
from framing.steps.split import Splitting
from framing.steps.stories.taken import Taken, taking
from framing.steps.stories.telling import Telling
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.classifier import Model
    from framing.findings.stories import Grouping

ARTICLES = ("article_id", "source", "outlet", "title", "published", "story", "topic", "copy_of")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found.

    Attributes
    ----------
    folder, index : Path
    model : str or None
        ``name@hash``; None if there is no model to score with, see `reason`.
    reason : str
        Why there are no frames; empty where there are.
    articles, stories, shared_stories, topics, copies, undated : int
        `shared_stories` are those of two articles or more.
    quotations, shared_quotations : int
    pages, unpaged : int
        Stories and topics with a page, and those that could have one but were over the limit.
    unusable : list of Unusable
    """

    folder: Path
    index: Path
    model: str | None
    reason: str
    articles: int
    stories: int
    shared_stories: int
    topics: int
    copies: int
    undated: int
    quotations: int
    shared_quotations: int
    pages: int
    unpaged: int
    unusable: list[Unusable]


def compare(
    study: Study,
    inputs: Sequence[str | Path],
    folder: Path,
    *,
    model: str = "",
    columns: Mapping[str, str] | None = None,
    presplit: bool = False,
    stdin: BinaryIO | None = None,
    copies_once: bool = False,
    most_pages: int = 200,
) -> Compared:
    """Group articles into stories and topics, align their quotations, compare their outlets.

    Parameters
    ----------
    study : Study
    inputs, columns, presplit, stdin
        As for `split`.
    folder : Path
        Takes ``articles.csv stories.csv quotations.csv outlets.csv index.html`` and ``pages/``.
    model : str
        A folder, a name under `models/`, or empty for the default. If there is no default, the
        comparison goes without frames.
    copies_once : bool
        Whether copies are left out where outlets are compared.
    most_pages : int
        How many stories and topics get a page, those of most outlets first.

    Raises
    ------
    ModelError
        If the model asked for is missing or made for other values.
    InputError
        If nothing in the inputs can be used, or an article's units do not stand together.
    """
    found, reason = _model(study, model)
    with taking(found, folder) as taken:
        splitting_unusable = _take(study, inputs, taken, columns or {}, presplit, stdin)
        grouping = taken.grouping()
        telling = Telling(taken, grouping, most_pages)
        _write_articles(folder / "articles.csv", taken, grouping)
        told = telling.write(folder)
        _write_outlets(folder / "outlets.csv", taken, grouping, copies_once)
    return Compared(
        folder=folder,
        index=folder / "index.html",
        model=found.id if found else None,
        reason=reason,
        articles=len(taken.numbers),
        stories=len(set(grouping.story)),
        shared_stories=sum(len(members) > 1 for members in telling.stories.values()),
        topics=len(set(grouping.topic)),
        copies=sum(map(bool, grouping.copy_of)),
        undated=sum(grouping.undated),
        quotations=told.quotations,
        shared_quotations=told.shared,
        pages=told.pages,
        unpaged=told.unpaged,
        unusable=splitting_unusable,
    )


def _model(study: Study, given: str) -> "tuple[Model | None, str]":
    try:
        return find_model(study, given), ""
    except ModelError as error:
        if given or study.settings.default_model:
            raise
        return None, error.message


def _take(
    study: Study,
    inputs: Sequence[str | Path],
    taken: Taken,
    columns: Mapping[str, str],
    presplit: bool,
    stdin: BinaryIO | None,
) -> list[Unusable]:
    if taken.model:
        name = str(taken.model.folder)
        done = score(study, inputs, model=name, columns=columns, presplit=presplit, stdin=stdin, rows=taken)
        return done.unusable
    splitting = Splitting(inputs, columns, presplit, stdin)
    for units in splitting.batches():
        taken.write(unit.row() for unit in units)
    return splitting.unusable


def _write_articles(path: Path, taken: Taken, grouping: "Grouping") -> None:
    with writing(path, ARTICLES) as rows:
        rows.write(
            card.article | {"title": card.title, "story": story, "topic": topic, "copy_of": of}
            for card, story, topic, of in zip(
                taken.cards(), grouping.story, grouping.topic, grouping.copy_of, strict=True
            )
        )


def _write_outlets(path: Path, taken: Taken, grouping: "Grouping", copies_once: bool) -> None:
    from framing.findings.outlets import COLUMNS, Told, outlet_differences

    told = (
        Told(story, card.article["outlet"], card.makeup.shares)
        for card, story, copy_of in zip(taken.cards(), grouping.story, grouping.copy_of, strict=True)
        if not (copies_once and copy_of)
    )
    with writing(path, COLUMNS) as rows:
        variable = taken.model.variable if taken.model else ""
        rows.write(outlet_differences(told, taken.values, variable=variable))
