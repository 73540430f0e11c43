"""Ids as version 0.1.0 made them: those that are like numbers had no letter before them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from framing.records import Unit, article_id, unit_id

#: Files whose article's id was like a number, and that id; of the last one, `ROAD` made a unit's id one, too.
FORMER = {
    "p27.txt": "6264671409010960",
    "p2935.txt": "0405721273877952",
    "p115.txt": "4e48591421782075",
    "p2694.txt": "e595821914567655",
    "p16138.txt": "295063895546967e",
}
ROAD = "The road is closed at kilometre 173."
NAMES = ("p1.txt", *FORMER, "p2.txt", "p3.txt", "p4.txt", "p5.txt")


def lines_of(name: str) -> list[str]:
    first = NAMES.index(name) * 6
    told = [f"Sentence number {first + n} of the report says it plainly." for n in range(6)]
    return [ROAD, *told[1:]] if name == "p16138.txt" else told


def units() -> list[Unit]:
    """The pages' units, whatever a splitter thinks of them."""
    found = []
    for name in NAMES:
        article = article_id(name)
        for place, text in enumerate(lines_of(name)):
            named = unit_id(article, text, 0)
            region = "headline" if place == 0 else "body"
            found.append(Unit(named, article, name, 0, len(text), text, region, place, place, story="s"))
    return found


def write_pages(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    for name in NAMES:
        (folder / name).write_text("\n\n".join(lines_of(name)) + "\n", encoding="utf-8", newline="")


@contextmanager
def as_in_0_1_0() -> Iterator[None]:
    """Make and keep ids without the letter."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_ARTICLE", "_UNIT"):
            patch.setattr(f"framing.records.{name}", re.compile(r"(?!)"))
        yield
