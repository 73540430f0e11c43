"""Whole pages of many kinds: a frame's lines with a story, links and comments put into its slots."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from page_blocks import Blocks
from page_rows import Page, Row, nick

from framing.records import REGIONS

#: A slot: its name, how many, and what each is made of.
_SLOT = re.compile(r"(standfirst(?!:)|story|links|talk|block|names)(?: (\w+))?(?:: (.+))?")
#: How often a line that may be missing is missing, and how often the lower half is another frame's.
_MISSING, _MIXED = 0.4, 0.3
#: What stays in a story that is put into a frame; of the rest of its lines all or none.
_TOLD = ("body", "subhead")
_BETWEEN = ("caption", "related", "appeal")
_TOPICS = ("{T}", "{c}", "{N}", "{M}")


@dataclass(frozen=True)
class Frames:
    """Frames of pages, and what fills them.

    Attributes
    ----------
    frames : list of list of str
        Each frame's lines as they stand in the file.
    blocks : Blocks
        Fills fields, and builds the blocks that frames name.
    captions, standfirsts : sequence of str
        Lines for pictures and for links.
    talks : sequence of list of Page
        Comment sections, each as the lines of its comments.
    """

    frames: list[list[str]]
    blocks: Blocks
    captions: Sequence[str]
    standfirsts: Sequence[str]
    talks: Sequence[list[Page]]

    @classmethod
    def read(cls, path: Path, blocks: Blocks, pages: Sequence[Page]) -> "Frames":
        """Read the frames from a file; the pages' captions, standfirsts and comments fill them."""
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        frames: list[list[str]] = []
        for line in lines:
            if line.startswith("= "):
                frames.append([])
            else:
                frames[-1].append(line)

        def texts(region: str) -> list[str]:
            return [row.text.strip() for page in pages for row in page if row.region == region]

        return cls(
            frames,
            blocks,
            [text for text in texts("caption") if 30 < len(text) < 160],
            [text for text in texts("standfirst") if len(text) < 160],
            [talk for page in pages if len(talk := comments_of(page)) > 1],
        )

    def dressed(self, page: Page, rng: random.Random) -> Page:
        """The page's story in a frame; nothing if the page has no story."""
        story = _Story.of(page, keep=rng.random() < 0.5)
        if not story.rows:
            return []
        frame = self._frame(rng)
        found: Page = []
        for line in frame:
            text = line.removeprefix("? ")
            if text == line or rng.random() > _MISSING:
                found += self._rows(text, story, rng)
        return found

    def _frame(self, rng: random.Random) -> list[str]:
        """A frame, or the upper part of one and the lower part of another."""
        frame = rng.choice(self.frames)
        if rng.random() < _MIXED:
            other = rng.choice(self.frames)
            frame = [*frame[: _story_at(frame)], *other[_story_at(other) :]]
        return frame

    def _rows(self, line: str, story: "_Story", rng: random.Random) -> Page:
        slot = _SLOT.fullmatch(line)
        if slot is None:
            region, _, text = line.partition(": ")
            if region not in REGIONS:
                raise ValueError(f"{line!r} is neither a slot nor a region and a line")
            return [Row(self._said(text, story, rng), 0, region)]
        name, count, made = slot.groups()
        if name == "standfirst":
            return story.standfirsts
        if name == "story":
            return story.taken(int(count) if count else None)
        if name == "block":
            make: Callable[[random.Random], Page] = getattr(self.blocks, count)
            return make(rng)
        if name == "names":
            return [
                Row(self._said(rng.choice(_TOPICS), story, rng), 0, "furniture") for _ in range(int(count))
            ]
        if name == "links":
            return [
                Row(self._said(part, story, rng), 0, "related")
                for _ in range(rng.randint(2, int(count) + 2))
                for part in made.split("|")
            ]
        return list(self._talk(made.split("|"), story, rng))

    def _talk(self, parts: Sequence[str], story: "_Story", rng: random.Random) -> Iterator[Row]:
        comments = story.comments or rng.choice(self.talks)
        start = rng.randrange(len(comments))
        for comment in comments[start : start + rng.randint(2, 14)]:
            name = nick(rng)
            for part in parts:
                if part == "{text}":
                    yield from comment
                else:
                    text = self._said(part.replace("{name}", name), story, rng)
                    yield Row(text, 0, "comment_meta")

    def _said(self, text: str, story: "_Story", rng: random.Random) -> str:
        for name, choice in (("{caption}", self.captions), ("{standfirst}", self.standfirsts)):
            while name in text:
                text = text.replace(name, rng.choice(choice), 1)
        return self.blocks.said(text.replace("{headline}", story.headline), rng)


def _story_at(frame: Sequence[str]) -> int:
    return next((i for i, line in enumerate(frame) if line.startswith("story")), len(frame))


@dataclass
class _Story:
    """What a page tells; its rows are taken away as a frame's slots are filled."""

    headline: str
    standfirsts: Page
    rows: Page
    comments: list[Page]

    @classmethod
    def of(cls, page: Page, *, keep: bool) -> "_Story":
        regions = [row.region for row in page]
        told = [i for i, region in enumerate(regions) if region in _TOLD]
        inside = page[told[0] : told[-1] + 1] if told else []
        kept = (*_TOLD, *_BETWEEN) if keep else _TOLD
        headlines = [row.text.strip() for row in page if row.region == "headline"]
        return cls(
            headlines[0] if headlines else "",
            [row for row in page if row.region == "standfirst"],
            [row for row in inside if row.region in kept] if headlines else [],
            comments_of(page),
        )

    def taken(self, paragraphs: int | None) -> Page:
        """The next paragraphs with what stands between them; all that is left without a number."""
        size = len(self.rows)
        if paragraphs is not None:
            bodies = [i for i, row in enumerate(self.rows) if row.region == "body"]
            size = bodies[paragraphs - 1] + 1 if len(bodies) >= paragraphs else size
        found, self.rows = self.rows[:size], self.rows[size:]
        return found


def comments_of(page: Page) -> list[Page]:
    """The lines of each comment, headers left out."""
    runs = groupby(page, key=lambda row: row.region == "comment")
    return [list(rows) for is_comment, rows in runs if is_comment]
