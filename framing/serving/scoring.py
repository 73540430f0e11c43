"""Scores for texts or articles that come as JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator

from framing.articles.html import Page, read_page
from framing.articles.streams import UnreadableError
from framing.classifier import Model
from framing.pages import UnitSize, split_article
from framing.records import UNIT_COLUMNS, Article, Unit, article_id, digest
from framing.serving.current import Loaded, check_deadline
from framing.serving.guard import Limits, Refusal

_KNOWN = ("title", "outlet", "author", "published", "url", "story")
_Given = TypeVar("_Given", bound=BaseModel)
#: A page may be so many times as long as a text. Its splitting can't be interrupted.
_PAGE = 10
_FACT = 2_000
_Row = dict[str, Any]


class ArticleGiven(BaseModel):
    """An article: `text`, or `html` in its place; the rest as far as it is known."""

    # Unknown fields are kept to be named: forbidden ones would be listed by the hundred thousand.
    model_config = ConfigDict(extra="allow")

    text: str = ""
    html: str = ""
    id: str = Field("", description="Its identity; else the url; else a hash of the text.")
    url: str = ""
    title: str = ""
    outlet: str = ""
    author: str = ""
    published: str = Field("", description="ISO 8601, or as printed.")
    story: str = ""

    @model_validator(mode="after")
    def _known(self) -> Self:
        return _without_others(self)


class ScoreRequest(BaseModel):
    """Either texts, each scored by itself, or articles, which are split into units first."""

    model_config = ConfigDict(extra="allow")

    texts: Annotated[list[str], FailFast()] = Field([], examples=[["Storm closes the harbour road"]])
    articles: Annotated[list[ArticleGiven], FailFast()] = []

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        _without_others(self)
        if bool(self.texts) == bool(self.articles):
            raise ValueError("expected either texts or articles")
        return self


def _without_others(found: _Given) -> _Given:
    others = [name[:40] for name in islice(found.model_extra or {}, 3)]
    if others:
        raise ValueError(f"unknown {' '.join(others)}; expected {' '.join(type(found).model_fields)}")
    return found


class ScoreResponse(BaseModel):
    """Scores by the model that is named."""

    model: str = Field(description="The model's name@hash.")
    variable: str
    values: list[str]
    scores: list[dict[str, Any]] = Field(
        description="A text or unit a row: of articles the columns of UNITS; then variable, label, "
        "confidence (0 to 1), p_<value> (0 to 1) for each value, model."
    )
    articles: list[dict[str, Any]] = Field(
        description="An article a row: article_id, outlet, title, published, units, headline_label, "
        "eligible_<value>, share_<value>, mean_<value>, model; null where no unit is eligible."
    )


@dataclass(frozen=True, slots=True)
class Stages:
    """What scoring is made of elsewhere.

    Attributes
    ----------
    score : callable
        Model and units to SCORES.
    summarise : callable
        Model and SCORES to one row an article.
    unit : {"sentence", "paragraph", "article"}
        What gets coded.
    """

    score: Callable[[Model, Sequence[Unit]], list[_Row]]
    summarise: Callable[[Model, Sequence[Mapping[str, Any]]], Iterable[_Row]]
    unit: UnitSize


def score(
    asked: ScoreRequest, loaded: Loaded, stages: Stages, limits: Limits, deadline: float
) -> ScoreResponse:
    """Score what was sent.

    Parameters
    ----------
    asked : ScoreRequest
    loaded : Loaded
    stages : Stages
    limits : Limits
    deadline : float
        Of `time.monotonic`.

    Raises
    ------
    Refusal
        413 for too many or too long texts, 422 for an article that can't be used, 503 if it takes
        too long.
    """
    model = loaded.model
    if asked.texts:
        units = _bare(asked.texts, limits)
    else:
        units = _units(asked.articles, stages.unit, limits, deadline)
    texts = ((unit.text, unit) for unit in units)
    scores = [row for batch in loaded.in_batches(stages.score, texts, deadline) for row in batch]
    articles = [] if asked.texts else list(stages.summarise(model, scores))
    if asked.texts:
        scores = [{name: row[name] for name in row if name not in UNIT_COLUMNS} for row in scores]
    return ScoreResponse(
        model=model.id, variable=model.variable, values=list(model.values), scores=scores, articles=articles
    )


def _bare(texts: Sequence[str], limits: Limits) -> list[Unit]:
    """Texts of which nothing is known: each of an article of its own, in no region."""
    if len(texts) > limits.units:
        raise Refusal(413, f"{len(texts)} texts, expected at most {limits.units}", "send less at a time")
    units = []
    for index, text in enumerate(texts):
        if len(text) > limits.text:
            raise _too_long(f"text {index}", len(text), limits.text)
        name = str(index)
        units.append(Unit(name, name, name, 0, len(text), text, region="", paragraph=0, position=0))
    return units


def _units(given: Sequence[ArticleGiven], size: UnitSize, limits: Limits, deadline: float) -> list[Unit]:
    units: list[Unit] = []
    first: dict[str, int] = {}
    for index, item in enumerate(given):
        check_deadline(deadline)
        article = _article(item, index, limits)
        before = first.setdefault(article_id(article.source), index)
        if before != index:
            raise _unusable(index, f"the same identity as article {before}", "give each an id of its own")
        units += islice(split_article(article, unit=size), limits.units + 1 - len(units))
        if len(units) > limits.units:
            raise _too_many(limits.units)
    return units


def _too_many(most: int) -> Refusal:
    return Refusal(413, f"over {most} units", "send fewer or shorter articles at a time")


def _too_long(what: str, length: int, most: int) -> Refusal:
    return Refusal(413, f"{what}: {length} characters, expected at most {most}", "leave it out")


def _article(item: ArticleGiven, index: int, limits: Limits) -> Article:
    length = max(len(item.text), len(item.html))
    if length > _PAGE * limits.text:
        raise _too_long(f"article {index}", length, _PAGE * limits.text)
    page = _page(item, index)
    if not page.text.strip():
        raise _unusable(index, "no text", "give each article a text, or html")
    # Each line is one unit at least: what is too much in the end need not be split first.
    if sum(not line.isspace() for line in page.text.splitlines() if line) > limits.units:
        raise _too_many(limits.units)
    source = item.id or item.url or f"request#{digest(page.text, size=8)}"
    told: dict[str, Any] = {name: getattr(item, name) or page.facts.get(name, "") for name in _KNOWN}
    for name, value in {"id": source, **told}.items():
        # Each unit's row repeats it.
        if len(value) > _FACT:
            raise _too_long(f"article {index}: {name}", len(value), _FACT)
    return Article(source=source, text=page.text, marks=page.marks, **told)


def _page(item: ArticleGiven, index: int) -> Page:
    if item.text or not item.html:
        return Page(item.text)
    try:
        return read_page(item.html)
    except UnreadableError as error:
        raise _unusable(index, str(error), "leave it out") from None


def _unusable(index: int, found: str, hint: str) -> Refusal:
    return Refusal(422, f"article {index}: {found}", hint)
