"""The second half of `framing compare`: each story's quotations, its page, and the tables of both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook, Variable
from framing.errors import InputError
from framing.files import whole_text
from framing.findings.alignment import Shared, align
from framing.findings.dates import moment
from framing.findings.pages import Makeup, makeup
from framing.findings.quotations import quotations
from framing.findings.stories import TELLING, Grouping
from framing.formats import Rows, writing
from framing.neighbours import TermCounts
from framing.report import story as page
from framing.steps.shelf import Shelf

if TYPE_CHECKING:
    from framing.classifier import Model

ARTICLE = ("article_id", "source", "outlet", "title", "published", "story")
STORIES = "story topic title articles outlets copies undated first last shared_quotations page".split()
QUOTATIONS = (
    "quotation text speaker story topic article_id outlet title state wording share in_headline "
    "headline_wording said_by verb added unit_ids".split()
)
#: A topic of more articles than this has its quotations aligned within its stories only.
ALIGNED = 60


def text_of(units: Sequence[Mapping[str, Any]], regions: frozenset[str]) -> str:
    """The text of the units of these regions; of all units if there are none."""
    kept = [str(unit["text"]) for unit in units if unit["region"] in regions]
    return " ".join(kept or [str(unit["text"]) for unit in units])


@dataclass
class Taken:
    """Articles taken in one after another; their units go to disk, what is summed up stays.

    Attributes
    ----------
    shelf : Shelf
    model : Model or None
    articles : list of dict
        Columns as in `ARTICLE`.
    makeups : list of Makeup
    counts : TermCounts
    """

    shelf: Shelf
    model: "Model | None"
    articles: list[dict[str, str]] = field(default_factory=list)
    makeups: list[Makeup] = field(default_factory=list)
    counts: TermCounts = field(default_factory=TermCounts)
    _seen: set[str] = field(default_factory=set)

    @cached_property
    def variable(self) -> Variable | None:
        """The model's variable as its own codebook has it."""
        book = self.model.description.get("codebook") if self.model else None
        return Codebook.model_validate(book).variable(self.model.variable) if book and self.model else None

    @property
    def values(self) -> tuple[str, ...]:
        """The model's values; none without a model."""
        return self.model.values if self.model else ()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take whole articles.

        Raises
        ------
        InputError
            If the units of an article do not stand together.
        """
        for name, group in groupby(rows, key=lambda row: str(row["article_id"])):
            units = list(group)
            if name in self._seen:
                raise InputError(
                    f"the units of {units[0]['source']!r} do not stand together",
                    hint="sort the table by article_id, the units in their order",
                )
            self._seen.add(name)
            self.articles.append({column: str(units[0].get(column) or "") for column in ARTICLE})
            self.makeups.append(makeup(units, self.variable, self.values))
            self.counts.add([text_of(units, TELLING)])
            self.shelf.put(units)


@dataclass
class Told:
    """How much was told."""

    quotations: int = 0
    shared: int = 0
    pages: int = 0
    unpaged: int = 0


@dataclass
class Telling:
    """Writes the stories' tables and pages.

    Attributes
    ----------
    taken : Taken
    grouping : Grouping
    most_pages : int
    """

    taken: Taken
    grouping: Grouping
    most_pages: int

    @cached_property
    def stories(self) -> dict[str, list[int]]:
        """Numbers of a story's articles, in order of time."""
        return self._members(self.grouping.story)

    @cached_property
    def topics(self) -> dict[str, list[int]]:
        """Numbers of a topic's articles, in order of time."""
        return self._members(self.grouping.topic)

    def _members(self, names: Sequence[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number in sorted(range(len(names)), key=self._order):
            found[names[number]].append(number)
        return dict(sorted(found.items()))

    def _order(self, number: int) -> tuple[float, str, str]:
        article = self.taken.articles[number]
        when = moment(article["published"])
        return when.timestamp() if when else float("inf"), article["outlet"], article["article_id"]

    @cached_property
    def _paged(self) -> dict[str, str]:
        """Files of the groups that get a page: stories of several articles, topics of several stories."""
        groups = [(name, members) for name, members in self.stories.items() if len(members) > 1]
        groups += [
            (name, members)
            for name, members in self.topics.items()
            if len({self.grouping.story[number] for number in members}) > 1
        ]
        ranked = sorted(groups, key=lambda item: (-self._outlets(item[1]), -len(item[1]), item[0]))
        return {
            name: f"pages/{page.file_name(name)}" if place < self.most_pages else ""
            for place, (name, _) in enumerate(ranked)
        }

    def _outlets(self, members: Sequence[int]) -> int:
        return len({self.taken.articles[n]["outlet"] or self.taken.articles[n]["source"] for n in members})

    def write(self, folder: Path) -> Told:
        """Write ``stories.csv``, ``quotations.csv``, ``index.html`` and the pages."""
        told = Told(
            pages=sum(map(bool, self._paged.values())), unpaged=sum(not file for file in self._paged.values())
        )
        cards: list[dict[str, Any]] = []
        with (
            writing(folder / "stories.csv", STORIES) as stories,
            writing(folder / "quotations.csv", QUOTATIONS) as table,
        ):
            for topic, members in self.topics.items():
                whole = self._aligned(members) if len(members) <= ALIGNED else None
                for story, inside in self._stories_in(members).items():
                    found = _only(whole, self._ids(inside)) if whole is not None else self._aligned(inside)
                    if whole is None:
                        self._record(table, found, told)
                    shared = sum(item.carriers > 1 for item in found)
                    stories.write([self._story_row(story, topic, inside, shared)])
                    self._page(folder, story, inside, found, cards)
                if whole is not None:
                    self._record(table, whole, told)
                    self._page(folder, topic, members, whole, cards)
        with whole_text(folder / "index.html") as stream:
            stream.write(page.index_page(self._index(cards)))
        return told

    def _ids(self, members: Sequence[int]) -> list[str]:
        return [self.taken.articles[number]["article_id"] for number in members]

    def _stories_in(self, members: Sequence[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number in members:
            found[self.grouping.story[number]].append(number)
        return dict(sorted(found.items()))

    def _aligned(self, members: Sequence[int]) -> list[Shared]:
        units = {self.taken.articles[n]["article_id"]: self.taken.shelf.get(n) for n in members}
        return align({name: quotations(rows) for name, rows in units.items()}, units)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {article["article_id"]: number for number, article in enumerate(self.taken.articles)}

    def _record(self, table: Rows, found: Sequence[Shared], told: Told) -> None:
        told.quotations += len(found)
        told.shared += sum(item.carriers > 1 for item in found)
        table.write(row for item in found for row in self._quotation_rows(item))

    def _quotation_rows(self, item: Shared) -> Iterator[dict[str, Any]]:
        for cell in item.cells:
            number = self._number[cell.article_id]
            article = self.taken.articles[number]
            yield {
                "quotation": item.name,
                "text": item.text,
                "speaker": item.speaker,
                "story": self.grouping.story[number],
                "topic": self.grouping.topic[number],
                "article_id": cell.article_id,
                "outlet": article["outlet"],
                "title": article["title"] or self.taken.makeups[number].headline,
                "state": cell.state,
                "wording": cell.wording,
                "share": round(cell.share, 6),
                "in_headline": str(cell.in_headline).lower(),
                "headline_wording": cell.headline_wording,
                "said_by": cell.speaker,
                "verb": cell.verb,
                "added": " ".join(cell.added),
                "unit_ids": " ".join(cell.unit_ids),
            }

    def _story_row(self, story: str, topic: str, members: Sequence[int], shared: int) -> dict[str, Any]:
        dates = [self.taken.articles[n]["published"] for n in members if not self.grouping.undated[n]]
        return {
            "story": story,
            "topic": topic,
            "title": self.taken.makeups[members[0]].headline,
            "articles": len(members),
            "outlets": self._outlets(members),
            "copies": sum(bool(self.grouping.copy_of[n]) for n in members),
            "undated": sum(self.grouping.undated[n] for n in members),
            "first": dates[0] if dates else "",
            "last": dates[-1] if dates else "",
            "shared_quotations": shared,
            "page": self._paged.get(story, ""),
        }

    def _page(
        self,
        folder: Path,
        name: str,
        members: Sequence[int],
        found: Sequence[Shared],
        cards: list[dict[str, Any]],
    ) -> None:
        file = self._paged.get(name)
        if not file:
            return
        view = self._view(name, members, found)
        with whole_text(folder / file) as stream:
            stream.write(page.story_page(view))
        cards.append(page.card(view, file))

    def _view(self, name: str, members: Sequence[int], found: Sequence[Shared]) -> dict[str, Any]:
        return {
            "name": name,
            "kind": self._kind(name, members),
            "values": self._values(),
            "model": self.taken.model.id if self.taken.model else "",
            "articles": [self._column(number) for number in members],
            "quotations": [
                {
                    "text": item.text,
                    "speaker": item.speaker,
                    "carriers": item.carriers,
                    "cells": [_cell(cell) for cell in item.cells],
                }
                for item in found
            ],
        }

    def _kind(self, name: str, members: Sequence[int]) -> str:
        """A story is told by its name in the metadata or by dates; without them it may be a topic."""
        if name not in self.stories:
            return "topic"
        known = any(self.taken.articles[n]["story"] for n in members)
        dated = sum(not self.grouping.undated[n] for n in members)
        return "story" if known or dated > 1 else "topic without dates"

    def _values(self) -> list[dict[str, str]]:
        variable = self.taken.variable
        colours = {value.name: value.colour for value in variable.values} if variable else {}
        return [{"name": value, "colour": colours.get(value, "")} for value in self.taken.values]

    def _column(self, number: int) -> dict[str, Any]:
        article, made = self.taken.articles[number], self.taken.makeups[number]
        copied = self.grouping.copy_of[number]
        original = self.taken.articles[self._number[copied]] if copied else None
        return {
            "article_id": article["article_id"],
            "source": article["source"],
            "outlet": article["outlet"] or article["source"],
            "published": article["published"],
            "moment": moment(article["published"]),
            "headline": made.headline,
            "label": made.headline_label,
            "probability": made.headline_probability,
            "body_probability": made.body_probability,
            "words": made.words,
            "shares": {name: (item.share, item.eligible) for name, item in made.shares.items()},
            "copy_of": (original["outlet"] or original["source"]) if original else "",
            "units": {str(unit["unit_id"]): str(unit["text"]) for unit in self.taken.shelf.get(number)},
        }

    def _index(self, cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
        order = list(self._paged)
        return {
            "cards": sorted(cards, key=lambda card: order.index(card["name"])),
            "articles": len(self.taken.articles),
            "stories": len(self.stories),
            "shared": sum(len(members) > 1 for members in self.stories.values()),
            "topics": len(self.topics),
            "copies": sum(map(bool, self.grouping.copy_of)),
            "undated": sum(self.grouping.undated),
            "unpaged": sum(not file for file in self._paged.values()),
            "model": self.taken.model.id if self.taken.model else "",
        }


def _cell(cell: Any) -> dict[str, Any]:
    return {
        "article_id": cell.article_id,
        "state": cell.state,
        "wording": cell.wording,
        "in_headline": cell.in_headline,
        "headline_wording": cell.headline_wording,
        "verb": cell.verb,
        "added": cell.added,
        "speaker": cell.speaker,
        "unit_ids": cell.unit_ids,
    }


def _only(whole: Sequence[Shared], ids: Sequence[str]) -> list[Shared]:
    """A topic's quotations as one of its stories has them."""
    wanted = set(ids)
    kept = []
    for item in whole:
        cells = tuple(cell for cell in item.cells if cell.article_id in wanted)
        if any(cell.state == "quoted" for cell in cells):
            kept.append(Shared(item.name, item.text, item.speaker, cells))
    return kept
