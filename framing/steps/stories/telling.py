"""The second half of `framing compare`: each story's quotations, its page, and the tables of both."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from framing.files import whole_text
from framing.findings.alignment import Cell, Shared, align
from framing.findings.dates import moment
from framing.findings.quotations import quotations
from framing.findings.stories import Grouping
from framing.formats import Rows, writing
from framing.records import former_article
from framing.report import story as page
from framing.steps.stories.taken import Card, Taken

STORIES = "story topic title articles outlets copies undated first last shared_quotations page".split()
QUOTATIONS = (
    "quotation text speaker story topic article_id outlet title state wording share in_headline "
    "headline_wording said_by verb added unit_ids".split()
)
#: Articles by number, in order of time.
Members = dict[int, Card]
#: A topic of more articles than this has its quotations aligned within its stories only.
ALIGNED = 60


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
        """Numbers of a story's articles."""
        return _members(self.grouping.story)

    @cached_property
    def topics(self) -> dict[str, list[int]]:
        """Numbers of a topic's articles."""
        return _members(self.grouping.topic)

    @cached_property
    def _paged(self) -> dict[str, str]:
        """Files of the groups that get a page: stories of several articles, topics of several stories."""
        groups = [(name, members) for name, members in self.stories.items() if len(members) > 1]
        groups += [
            (name, members)
            for name, members in self.topics.items()
            if len({self.grouping.story[number] for number in members}) > 1
        ]
        ranked = sorted(
            (-len({self.taken.card(number).outlet for number in members}), -len(members), name)
            for name, members in groups
        )
        return {
            name: f"pages/{page.file_name(name)}" if place < self.most_pages else ""
            for place, (_, _, name) in enumerate(ranked)
        }

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
            for topic, numbers in self.topics.items():
                members = _in_time({number: self.taken.card(number) for number in numbers})
                whole = self._aligned(members) if len(members) <= ALIGNED else None
                for story, inside in self._stories_in(members).items():
                    found = _only(whole, _ids(inside)) if whole is not None else self._aligned(inside)
                    if whole is None:
                        self._record(table, inside, found, told)
                    shared = sum(item.carriers > 1 for item in found)
                    stories.write([self._story_row(story, topic, inside, shared)])
                    self._page(folder, story, inside, found, cards)
                if whole is not None:
                    self._record(table, members, whole, told)
                    self._page(folder, topic, members, whole, cards)
        with whole_text(folder / "index.html") as stream:
            stream.write(page.index_page(self._index(cards)))
        return told

    def _stories_in(self, members: Members) -> dict[str, Members]:
        found: dict[str, Members] = defaultdict(dict)
        for number, card in members.items():
            found[self.grouping.story[number]][number] = card
        return dict(sorted(found.items()))

    def _aligned(self, members: Members) -> list[Shared]:
        units = {card.article["article_id"]: self.taken.units(number) for number, card in members.items()}
        return align({name: quotations(rows) for name, rows in units.items()}, units)

    def _record(self, table: Rows, members: Members, found: Sequence[Shared], told: Told) -> None:
        told.quotations += len(found)
        told.shared += sum(item.carriers > 1 for item in found)
        table.write(row for item in found for row in self._quotation_rows(members, item))

    def _quotation_rows(self, members: Members, item: Shared) -> Iterator[dict[str, Any]]:
        for cell, (number, card) in zip(item.cells, members.items(), strict=True):
            yield {
                "quotation": item.name,
                "text": item.text,
                "speaker": item.speaker,
                "story": self.grouping.story[number],
                "topic": self.grouping.topic[number],
                "article_id": cell.article_id,
                "outlet": card.article["outlet"],
                "title": card.title,
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

    def _story_row(self, story: str, topic: str, members: Members, shared: int) -> dict[str, Any]:
        cards = list(members.values())
        dates = [card.article["published"] for n, card in members.items() if not self.grouping.undated[n]]
        return {
            "story": story,
            "topic": topic,
            "title": cards[0].makeup.headline,
            "articles": len(members),
            "outlets": len({card.outlet for card in cards}),
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
        members: Members,
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

    def _view(self, name: str, members: Members, found: Sequence[Shared]) -> dict[str, Any]:
        return {
            "name": name,
            "named": any(card.article["story"] == name for card in members.values()),
            "kind": self._kind(name, members),
            "values": self._values(),
            "model": self.taken.model.id if self.taken.model else "",
            "articles": [self._column(number, card) for number, card in members.items()],
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

    def _kind(self, name: str, members: Members) -> str:
        """A story is told by its name in the metadata or by dates; without them it may be a topic."""
        if name not in self.stories:
            return "topic"
        known = any(card.article["story"] for card in members.values())
        dated = sum(not self.grouping.undated[n] for n in members)
        return "story" if known or dated > 1 else "topic without dates"

    def _values(self) -> list[dict[str, str]]:
        variable = self.taken.variable
        colours = {value.name: value.colour for value in variable.values} if variable else {}
        return [{"name": value, "colour": colours.get(value, "")} for value in self.taken.values]

    def _column(self, number: int, card: Card) -> dict[str, Any]:
        article, made = card.article, card.makeup
        copied = self.grouping.copy_of[number]
        original = self.taken.card(self.taken.numbers[copied]).article if copied else None
        return {
            "article_id": article["article_id"],
            "source": article["source"],
            "outlet": page.who(article["outlet"], article["source"]),
            "published": article["published"],
            "moment": moment(article["published"]),
            "headline": made.headline,
            "label": made.headline_label,
            "probability": made.headline_probability,
            "body_probability": made.body_probability,
            "words": made.words,
            "shares": {name: (item.share, item.eligible) for name, item in made.shares.items()},
            "copy_of": page.who(original["outlet"], original["source"]) if original else "",
            "units": {str(unit["unit_id"]): str(unit["text"]) for unit in self.taken.units(number)},
        }

    def _index(self, cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
        order = {file: place for place, file in enumerate(self._paged.values())}
        return {
            "cards": sorted(cards, key=lambda card: order[card["file"]]),
            "articles": len(self.taken.numbers),
            "stories": len(self.stories),
            "shared": sum(len(members) > 1 for members in self.stories.values()),
            "topics": len(self.topics),
            "copies": sum(map(bool, self.grouping.copy_of)),
            "undated": sum(self.grouping.undated),
            "unpaged": sum(not file for file in self._paged.values()),
            "model": self.taken.model.id if self.taken.model else "",
        }


def _members(names: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        found[name].append(number)
    return dict(sorted(found.items()))


def _in_time(members: Members) -> Members:
    def order(item: tuple[int, Card]) -> tuple[float, str, str]:
        article = item[1].article
        when = moment(article["published"])
        last = former_article(article["article_id"])
        return when.timestamp() if when else float("inf"), article["outlet"], last

    return dict(sorted(members.items(), key=order))


def _ids(members: Members) -> set[str]:
    return {card.article["article_id"] for card in members.values()}


def _cell(cell: Cell) -> dict[str, Any]:
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


def _only(whole: Sequence[Shared], wanted: set[str]) -> list[Shared]:
    """A topic's quotations as one of its stories has them."""
    kept = []
    for item in whole:
        cells = tuple(cell for cell in item.cells if cell.article_id in wanted)
        if any(cell.state == "quoted" for cell in cells):
            kept.append(Shared(item.name, item.text, item.speaker, cells))
    return kept
