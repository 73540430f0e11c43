"""Variants of coded pages, so that the region model learns what pages share and not one corpus.

A variant is a page with parts left out, parts of other pages grafted on, comment headers written in
another fashion, lines exchanged for common ones of the same region, and other blank lines. Regions
stay known throughout.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from page_blocks import Blocks
from page_frames import Frames
from page_rows import Page, Row, common_lines, filled, nick

COMMENTS = ("comment", "comment_meta")
#: Regions whose lines may stand anywhere, and those that name stories.
_LOOSE, _TITLED = ("appeal", "related", "caption"), ("headline", "related")
#: How many blocks a variant gets; of those in a frame, which has blocks already.
GRAFTS, FRAME_GRAFTS = (1, 2, 3, 4), (0, 0, 1, 2)
#: How many variants are a story in a frame of another kind of page.
FRAMED = 0.4


_HEADERS = (
    ("{name}", "{date}"),
    ("{name}", "{date} {time}"),
    ("{name}", "{ago}"),
    ("{name} says:", "{date} at {time}"),
    ("{name} says:",),
    ("{name} {date} {time}",),
    ("{name} {date} at {time}",),
    ("{name} ({full}) {date} {time}",),
    ("{k}. {name} Offline {name}", "{name} ({full}) {date} {time}"),
    ("{k}. {name} ({full}) {date} {time}",),
    ("{name} • {ago}",),
    ("{name} · {ago}",),
    ("{name} - {ago}",),
    ("{name} {ago}",),
    ("{name} {ago} Edited",),
    ("Posted by {name} on {date}",),
    ("Posted by: {name} | {date} at {time}",),
    ("{name} wrote:", "{date}, {time}"),
    ("{name} on {date} at {time}",),
    ("Comment by {name} — {date} @ {time}",),
    ("{name}, {town}, {ago}",),
    ("{name} | {town}", "{ago}"),
    ("@{name} {short}",),
    ("@{name} · {short}",),
    ("#{k} {name} {date}",),
    ("#{k}", "{name}", "{date} {time}"),
    ("{date} {time}", "{name}"),
    ("{name} | {date} at {time} | Reply",),
    ("{name} > {other} • {ago}",),
    ("{name} → {other}", "{ago}"),
    ("{name} replying to {other}", "{ago}"),
    ("Avatar", "{name}", "{ago}"),
    ("{name}", "{date}", "{time}"),
    ("{name} — {date}",),
    ("{name}",),
)
_TRAILERS = (
    (),
    (),
    ("Reply",),
    ("REPLY",),
    ("Like", "Reply"),
    ("Reply", "Report"),
    ("Like Reply",),
    ("Like · Reply · {k}",),
    ("Reply Share ›",),
    ("{k} {k} Reply",),
    ("{k}", "{k}", "Reply"),
    ("{k} likes", "Reply", "Report"),
    ("Recommend ({k})", "Reply", "Share"),
    ("Report comment",),
    ("Up vote {k} Down vote {k}",),
    ("Reply to {name}",),
    ("▲ {k} ▼ Reply",),
    ("+{k}",),
    ("Share", "Report"),
    ("View {k} replies",),
    ("Show more replies",),
    ("Quote", "Reply"),
)
_REMOVED = (
    "This comment has been removed.",
    "This comment was deleted.",
    "[deleted]",
    "{k}. The comment was deleted.",
    "Comment deleted by user",
    "This comment violated our policy.",
    "Comment removed by a moderator",
    "This user is blocked.",
)
_OPENERS = (
    "Comments",
    "{k} Comments",
    "COMMENTS ({k})",
    "Comments ({k})",
    "{k} comments",
    "{k} Responses",
    "{k} thoughts on “The story so far”",
    "Join the discussion",
    "Reader comments",
    "Discussion",
    "Latest comments",
    "Show comments",
    "Sort by: Newest",
    "Log in to leave a comment",
    "",
)


def parts(page: Page) -> tuple[Page, Page, Page, Page]:
    """Head (before the headline), story, foot, comments (all from the first to the last)."""
    regions = [row.region for row in page]
    head = regions.index("headline") if "headline" in regions else 0
    inside = [i for i, region in enumerate(regions) if region in ("body", "subhead", "headline")]
    last = max(inside, default=len(page) - 1)
    talk = [i for i, region in enumerate(regions) if region in COMMENTS]
    if not talk:
        return page[:head], page[head : last + 1], page[last + 1 :], []
    return (
        page[:head],
        page[head : last + 1],
        page[last + 1 : talk[0]] + page[talk[-1] + 1 :],
        page[talk[0] : talk[-1] + 1],
    )


def rewritten_comments(talk: Page, rng: random.Random) -> Page:
    """The same comments under headers and buttons of another site."""
    header, trailer = rng.choice(_HEADERS), rng.choice(_TRAILERS)
    gap = rng.choice((0, 0, 1))
    found: Page = []
    opener = filled(rng.choice(_OPENERS), rng)
    if opener:
        found.append(Row(opener, 1, "furniture"))
    for is_comment, rows in groupby(talk, key=lambda row: row.region == "comment"):
        if not is_comment:
            continue
        name = nick(rng)
        found += [
            Row(filled(line.replace("{name}", name), rng), gap if not i else 0, "comment_meta")
            for i, line in enumerate(header)
        ]
        found += rows
        found += [Row(filled(line, rng), 0, "comment_meta") for line in trailer]
        if rng.random() < 0.08:
            found.append(Row(filled(rng.choice(_REMOVED), rng), gap, "comment_meta"))
    return found


def _exchanged(page: Page, common: dict[str, list[str]], rng: random.Random) -> Page:
    """Some lines exchanged for, or followed by, common ones of the same region."""
    share = rng.choice((0.0, 0.1, 0.3, 0.5))
    found: Page = []
    for row in page:
        choice = common.get(row.region)
        short = len(row.text) < (150 if row.region in ("caption", "appeal") else 60)
        if choice and short and rng.random() < share:
            found.append(replace(row, text=filled(rng.choice(choice), rng)))
        else:
            found.append(row)
        if choice and row.region in ("furniture", "appeal") and rng.random() < share * 0.4:
            found.append(Row(filled(rng.choice(choice), rng), 0, row.region))
    return found


_DROPPED = {
    "caption": 0.15,
    "related": 0.15,
    "standfirst": 0.25,
    "byline": 0.15,
    "subhead": 0.25,
    "headline": 0.04,
    "appeal": 0.15,
}


def _thinned(page: Page, rng: random.Random) -> Page:
    for region, share in _DROPPED.items():
        if rng.random() < share:
            page = [row for row in page if row.region != region]
    if rng.random() < 0.15:
        page = [row for row in page if row.region in COMMENTS or rng.random() > 0.1]
    return page


def _spaced(page: Page, rng: random.Random) -> Page:
    style = rng.random()
    if style < 0.2:
        return [replace(row, blank=0) for row in page]
    if style < 0.5:
        return [replace(row, blank=1) for row in page]
    if style < 0.6:
        big = ("body", "headline", "appeal", "standfirst")
        return [replace(row, blank=1) if row.region in big else row for row in page]
    if style < 0.7:
        return [replace(row, blank=int(rng.random() < 0.4)) for row in page]
    return page


def _shortened(rows: Page, rng: random.Random) -> Page:
    """Whole, cut somewhere, or not there: scrapers keep more or less of a page's frame."""
    fate = rng.random()
    if fate < 0.3:
        return []
    return rows[: rng.randint(0, len(rows))] if fate < 0.5 else rows


@dataclass(frozen=True)
class Stock:
    """What variants are made with.

    Attributes
    ----------
    pages : sequence of list of Row
        Pages whose heads, feet, comments and blocks may be grafted on.
    common : dict of str to list of str
        Lines to mix in, by region.
    blocks : Blocks
        Builds blocks that no page has.
    own : list of list of Row
        Runs of lines of one region on the pages, those that stand anywhere on pages.
    frames : Frames
        Puts stories into frames of pages of other kinds.
    """

    pages: Sequence[Page]
    common: dict[str, list[str]]
    blocks: Blocks
    own: list[Page]
    frames: Frames

    @classmethod
    def of(cls, pages: Sequence[Page], folder: Path) -> "Stock":
        """Take the pages' blocks, and read what to build others from."""
        titles = [row.text.strip() for page in pages for row in page if row.region in _TITLED]
        blocks = Blocks.read(folder / "page_blocks.txt", [text for text in titles if 20 < len(text) < 140])
        own = [
            list(rows)
            for page in pages
            for region, rows in groupby(page, key=lambda row: row.region)
            if region in _LOOSE
        ]
        common = common_lines(folder / "page_lines.txt")
        frames = Frames.read(folder / "page_frames.txt", blocks, pages)
        return cls(pages, common, blocks, [b for b in own if len(b) < 15], frames)

    def block(self, rng: random.Random) -> Page:
        """A block, invented or of another page."""
        if rng.random() < 0.5:
            return self.blocks.any(rng)
        region = rng.choice(("appeal", "appeal", "related", "related", "caption"))
        return rng.choice([found for found in self.own if found[0].region == region])


def _grafted(page: Page, stock: Stock, rng: random.Random, grafts: Sequence[int] = GRAFTS) -> Page:
    """Blocks put before, inside and after the text."""
    page = list(page)
    for _ in range(rng.choice(grafts)):
        block = stock.block(rng)
        places = [i for i, row in enumerate(page) if row.region not in COMMENTS]
        inside = [i + 1 for i in places if page[i].region == "body"]
        chosen = inside if inside and rng.random() < 0.6 else [*places, len(page)]
        place = rng.choice(chosen)
        page[place:place] = [replace(block[0], blank=1), *block[1:]]
        after = place + len(block)
        if after < len(page):
            page[after] = replace(page[after], blank=max(1, page[after].blank))
    return page


def _framed(page: Page, stock: Stock, rng: random.Random) -> Page:
    """The page's story in a frame, of which scrapers keep more or less."""
    whole = stock.frames.dressed(page, rng)
    told = [i for i, row in enumerate(whole) if row.region in ("headline", "body")]
    if not told:
        return []
    head, foot = whole[: told[0]], whole[told[-1] + 1 :]
    cut = _shortened(head[::-1], rng)[::-1] if rng.random() < 0.5 else head
    rest = _shortened(foot, rng) if rng.random() < 0.5 else foot
    whole = [*cut, *whole[told[0] : told[-1] + 1], *rest]
    return _spaced(_grafted(_exchanged(whole, stock.common, rng), stock, rng, FRAME_GRAFTS), rng)


def variant(page: Page, stock: Stock, rng: random.Random) -> Page:
    """One variant of a page.

    Parameters
    ----------
    page : list of Row
        The page.
    stock : Stock
        What to make it with.
    rng : random.Random
        Decides everything.
    """
    framed = _framed(page, stock, rng) if rng.random() < FRAMED else []
    return framed or _rearranged(page, stock, rng)


def _rearranged(page: Page, stock: Stock, rng: random.Random) -> Page:
    """The page with parts left out, of other pages, in another order, written otherwise."""
    others = stock.pages
    head, story, foot, talk = parts(page)
    if rng.random() < 0.15:
        story = story[: rng.randint(2, 8)]
    if rng.random() < 0.5:
        head = parts(rng.choice(others))[0]
    head = _shortened(head[::-1], rng)[::-1]
    if rng.random() < 0.4:
        foot = parts(rng.choice(others))[2]
    foot = _shortened(foot, rng)
    if rng.random() < 0.6:
        with_talk = [found for other in others if (found := parts(other)[3])]
        talk = rng.choice(with_talk) if with_talk else talk
        start = rng.randrange(max(1, len(talk) - 6))
        talk = talk[start : start + rng.randint(5, 60)]
    if rng.random() < 0.35:
        talk = []
    if talk and rng.random() < 0.75:
        talk = rewritten_comments(talk, rng)
    before = rng.choice((0, len(foot), rng.randint(0, len(foot))))
    whole = [*head, *story, *foot[:before], *talk, *foot[before:]]
    fate = rng.random()
    if fate < 0.03 and talk:
        whole = talk
    elif fate < 0.05:
        whole = [*head, *foot]
    return _spaced(_thinned(_grafted(_exchanged(whole, stock.common, rng), stock, rng), rng), rng) or page
