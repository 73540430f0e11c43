"""Frames of pages that stories are put into, as `tools/train_regions.py` trains on them."""

import random
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from framing.records import REGIONS

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

from page_blocks import Blocks  # noqa: E402
from page_frames import Frames  # noqa: E402
from page_rows import Page, Row  # noqa: E402

STORY: Page = [
    Row("Rain ahead", 0, "headline"),
    Row("Stay in", 0, "standfirst"),
    Row("It rained.", 0, "body"),
    Row("What now?", 0, "subhead"),
    Row("It snowed.", 0, "body"),
    Row("Bo", 0, "comment_meta"),
    Row("Hm.", 0, "comment"),
    Row("Ann", 0, "comment_meta"),
    Row("Yes.", 0, "comment"),
]


def frames(path: Path) -> Frames:
    blocks = Blocks.read(TOOLS / "page_blocks.txt", ["Ferry late again on Tuesday"])
    return Frames.read(path, blocks, [STORY, [Row("The quay at night, seen from the pier", 0, "caption")]])


def test_every_frame_that_is_shipped_can_be_filled() -> None:
    found = frames(TOOLS / "page_frames.txt")
    for number, frame in enumerate(found.frames):
        one = Frames([frame], found.blocks, found.captions, found.standfirsts, found.talks)
        page = [row for seed in range(4) for row in one.dressed(STORY, random.Random(seed))]  # noqa: S311
        assert page, number
        assert {row.region for row in page} <= set(REGIONS)
        assert not [row.text for row in page if "{" in row.text]


def test_a_story_keeps_its_order_and_its_regions(tmp_path: Path) -> None:
    path = tmp_path / "frames.txt"
    path.write_text(
        "= one\nfurniture: Menu\nheadline: {headline}\nstandfirst\nstory 1\nfurniture: Advertisement\nstory\n"
        "links 2: {title}|News\ntalk: {name}|{text}|Reply\n",
        encoding="utf-8",
    )
    page = frames(path).dressed(STORY, random.Random(1))  # noqa: S311
    told = [row.text for row in page if row.region in ("headline", "standfirst", "subhead", "body")]
    assert told == ["Rain ahead", "Stay in", "It rained.", "What now?", "It snowed."]
    assert [row.text for row in page].index("Advertisement") == 4
    said = [(before.region, row.text) for before, row in pairwise(page) if row.region == "comment"]
    assert said
    assert {region for region, _ in said} == {"comment_meta"}
    assert all(row.region == "related" for row in page if row.text in ("News", "Ferry late again on Tuesday"))


def test_a_line_that_is_neither_slot_nor_region_is_named(tmp_path: Path) -> None:
    path = tmp_path / "frames.txt"
    path.write_text("= one\nmenu: Home\nstory\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'menu: Home'"):
        frames(path).dressed(STORY, random.Random(1))  # noqa: S311
