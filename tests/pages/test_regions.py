"""Regions of small invented pages, as scrapers leave them."""

import json
from importlib.resources import files

import pytest

from framing.pages.context import features_of
from framing.pages.features import tokens
from framing.pages.lines import lines_of
from framing.pages.looks import of_text
from framing.pages.model import from_mapping, regions_of, shipped
from framing.pages.regions import places
from framing.records import REGIONS

STORY = """\
The harbour of Arle will stay closed until Thursday after a crane fell into the channel, its owners said.

Nobody was hurt when the crane came down shortly before dawn, but eleven ships had to turn back.

“We heard it before we saw it,” said Ada Holt, who sells coffee on the quay. “Then the lamps went out.”

The authority has ordered an inquiry, and its first findings are expected before the end of the month.
"""

PAGES = {
    "frame": (
        """\
furniture|Skip to main content
furniture|HomeNewsWorldSportOpinion
furniture|Saturday, May 27, 2023
furniture|Home > News > Crane closes the harbour of Arle

headline|Crane closes the harbour of Arle

byline|By Bo Lane
byline|27 May 2023, 14:05
furniture|Share on Facebook
furniture|Share on Twitter
"""
    ),
    "top": (
        """\
headline|Crane closes the harbour of Arle

caption|The crane lies across the channel on Saturday. (Image: Getty)

"""
    ),
    "foot": (
        """\

related|Read more: Pilots call for a second channel
furniture|Tags: harbour, cranes
related|Related Articles
related|Ferry company cuts its winter timetable
related|Why nobody wants to build cranes any more
related|Lighthouse keeper retires after forty years
furniture|Copyright 2023 Arle Courier. All rights reserved.
furniture|Privacy Policy
furniture|Terms of Use
"""
    ),
    "talk": (
        """\

furniture|3 Comments
comment_meta|Bo Lane
comment_meta|May 27, 2023 at 3:12 pm
comment|I was there, it made no sound at all!
comment_meta|Reply
comment_meta|quaymouse
comment_meta|May 27, 2023 at 4:40 pm
comment|lol of course it did
comment_meta|Reply
furniture|Leave a Reply
furniture|Your email address will not be published. Required fields are marked *
"""
    ),
    "appeal": (
        """\

appeal|Support independent journalism
appeal|Your gift keeps our reporters at work. Please consider making a donation, however small.
appeal|Donate now
"""
    ),
}


def page(*parts: str) -> tuple[str, list[str]]:
    """A page's text and the region of each of its lines."""
    text, regions = [], []
    for part in parts:
        for raw in (STORY if part == "story" else PAGES[part]).splitlines():
            region, bar, line = raw.partition("|")
            text.append(line if bar else raw)
            if raw:
                regions.append(region if bar else "body")
    return "\n".join(text), regions


@pytest.mark.parametrize(
    "parts",
    [
        ("frame", "story"),
        ("top", "story"),
        ("top", "story", "foot"),
        ("frame", "story", "talk"),
        ("top", "story", "appeal"),
        ("frame", "story", "foot", "talk"),
    ],
)
def test_pages_of_usual_shapes(parts: tuple[str, ...]) -> None:
    text, regions = page(*parts)
    lines = lines_of(text)
    guessed = regions_of(lines)
    wrong = [
        (line.text, region, guess)
        for line, region, guess in zip(lines, regions, guessed, strict=True)
        if region != guess
    ]
    assert len(wrong) <= 1, wrong


def test_a_page_of_furniture_only_has_no_story() -> None:
    text = "Menu\nHome\nNews\nSport\nLog in\nPrivacy Policy\nTerms of Use\n© 2024 Arle Courier"
    assert {"body", "comment"}.isdisjoint(regions_of(lines_of(text)))


def test_one_long_line_is_text() -> None:
    line = " ".join(STORY.split())
    assert regions_of(lines_of(line)) == ["body"]


def test_an_empty_page_has_no_lines() -> None:
    assert regions_of([]) == []
    assert places([]) == []


def test_a_title_that_is_known_tells_the_headline() -> None:
    text = f"Arle today\nA crane, a channel\nOn the water\n\n{STORY}"
    for title, line in (("Arle today", 0), ("A Crane, a Channel", 1), ("“On the water”", 2)):
        assert places(lines_of(text), title)[line].region == "headline"


def test_captions_know_where_their_credit_begins_and_comments_their_author() -> None:
    text, _ = page("top", "story", "talk")
    found = dict(zip([line.text for line in lines_of(text)], places(lines_of(text)), strict=True))
    assert found["The crane lies across the channel on Saturday. (Image: Getty)"].credit_at == 47
    assert found["lol of course it did"].comment_author == "quaymouse"
    assert found["lol of course it did"].comment_time == "2023-05-27T16:40"
    assert found["lol of course it did"].reply_depth == 0
    assert found[STORY.splitlines()[0]].reply_depth is None


@pytest.mark.parametrize(
    ("line", "feature"),
    [
        ("HomeNewsSport", "glued often"),
        ("HomeNewsSport", "mostly menu"),
        ("Read more: Pilots call", "opens related"),
        ("Home | News | Sport", "separators"),
        ("Bo Lane", "names only"),
        ("STRANDED: nine crews wait", "first word in capitals"),
        ("JUST IN", "all capitals"),
        ("3 hours ago", "ago"),
        ("31 May 2021 13: 37", "clock"),
        ("31 May 2021 13: 37", "date"),
        ("31 May 2021 13: 37", "short dated"),
        ("#4 Bo", "numbered"),
        ("4 812", "mostly digits"),
        ("£5 a month", "money"),
        ("Write to desk@arle.example", "address"),
        ("@bo_lane 2d", "handle"),
        ("what?? no way", "scream"),
        ("He left. She stayed. It rained", "inner stops 2"),
        ("The quay at night (Image: Getty)", "bracket at end"),
        ("The quay at night Photo: Bo Lane", "credit near end"),
        ("“It is late”", "quotation"),
        ("Zyx", "no known words"),
        ("Support us with a gift", "words appeal"),
        ("long " * 60 + "end.", "paragraph"),
    ],
)
def test_what_a_line_shows(line: str, feature: str) -> None:
    assert feature in of_text(line)


def features(text: str, line: int) -> list[str]:
    return features_of(lines_of(text))[line]


def test_what_a_line_shows_among_its_neighbours() -> None:
    story = STORY.splitlines()[0]
    assert "blank before 2" in features("A\n\n\nB", 1)
    assert "spaced page, blank after 1" in features("A\n\nB\n\nC", 1)
    assert "indented" in features("A\n  B", 1)
    assert "alone in prose" in features(f"{story}\nWhat now?\n{story}", 1)
    assert "since prose 2" in features(f"{story}\nA\nB", 2)
    assert "until prose 1" in features(f"A\n{story}", 0)
    assert "kin share 4" in features(f"Crane harbour\n{story}\n{story}", 0)
    assert "kin 0" in features(f"Bakers strike\n{story}", 0)
    assert "metas before 1" in features(f"{story}\nBo 3 hours ago\nHm", 2)
    assert "metas before 0" in features(f"By Bo 3 hours ago\n{story}\nHm", 2), "a byline is no header"
    assert "since opener 1" in features(f"{story}\n3 Comments\nHm", 2)
    assert "pleas near 1" in features("Please support us\nYes", 1)
    assert "same 2" in features("Reply\nx\nReply", 0)
    assert "alike 2" in features("Bo 3 hours ago\nAnn 5 hours ago", 0)
    assert "holds another" in features("HomeNewsCrane closes the harbour\nCrane closes the harbour", 0)
    assert "held by another" in features("HomeNewsCrane closes the harbour\nCrane closes the harbour", 1)
    assert "run of 3" in features("\n".join(["Ferry company cuts its timetable"] * 3), 1)
    assert "in run 2" in features("\n".join(["Ferry company cuts its timetable"] * 3), 2)


def test_glued_names_are_taken_apart_and_long_lines_read_at_both_ends() -> None:
    assert tokens("FacebookTwitterPinterest") == ["facebook", "twitter", "pinterest"]
    found = tokens("start " + "x" * 10_000 + " finish")
    assert (found[0], found[-1]) == ("start", "finish")


def test_the_model_is_data_of_the_regions_that_are_promised() -> None:
    file = files("framing.pages") / "regions.json"
    text = file.read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert set(shipped().states) <= set(REGIONS)
    assert set(shipped().states) == set(REGIONS)
    assert from_mapping(json.loads(text)).index == shipped().index


def test_the_same_page_gets_the_same_regions_every_time() -> None:
    text, _ = page("frame", "story", "foot", "talk")
    assert len({tuple(regions_of(lines_of(text))) for _ in range(5)}) == 1
