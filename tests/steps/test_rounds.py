"""What a round leaves out: copies of whole articles, one of which is asked for."""

import json
from pathlib import Path

import pytest

from framing.codebook import Codebook
from framing.errors import FramingError
from framing.records import Unit
from framing.resources import packaged
from framing.sampling import Plan
from framing.steps.copies import Copies
from framing.steps.rounds import Copied, LeftOut, Wanted, draw_round
from framing.steps.split import split
from framing.steps.study import Study


def story(words: str, count: int, start: int = 0) -> str:
    return " ".join(
        f"{words} {number} was seen in the {number * 7 % 31}th street."
        for number in range(start, start + count)
    )


@pytest.fixture
def units(tmp_path: Path) -> list[Unit]:
    wire = story("A grey heron", 40)
    rows = [
        {"id": "late", "published": "2024-05-07", "text": f"Herons!\n\n{wire}"},
        {"id": "undated", "text": wire},
        {"id": "first", "published": "2024-05-06", "text": f"Herons in town\n\n{wire}"},
        {"id": "long", "published": "2024-05-08", "text": f"{wire} {story('A red kite', 40)}"},
        {"id": "part", "published": "2024-05-09", "text": story("A grey heron", 12, 20)},
        {"id": "other", "published": "2024-05-01", "text": story("A white van", 40)},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return list(split([path]))


def test_one_article_of_a_copy_group_is_asked_for(units: list[Unit]) -> None:
    study = Study(None)
    sample, left = draw_round(study, units, Wanted(), study.codebook)
    drawn = {item.unit.source for item in sample.drawn}
    assert drawn == {"first", "long", "other"}
    names = {unit.source: unit.article_id for unit in units}
    sizes = {name: sum(unit.source == name for unit in units) for name in names}
    assert {item.source: item for item in left.copies} == {
        name: Copied(names[name], name, names["first"], sizes[name]) for name in ("late", "undated", "part")
    }
    assert left.copied == sizes["late"] + sizes["undated"] + sizes["part"]
    # What the longer article repeats sentence by sentence is an exact repeat, the rest its own.
    assert left.repeated == 40
    assert str(left.copies[0]).endswith(f"copies article {names['first']}")


def test_copies_are_asked_for_if_wanted(units: list[Unit]) -> None:
    study = Study(None)
    sample, left = draw_round(study, units, Wanted(copies=True), study.codebook)
    assert (left.copied, left.copies) == (0, ())
    assert len(sample.drawn) + left.repeated == len(units)


def test_later_articles_change_nothing_about_earlier_ones(units: list[Unit]) -> None:
    articles = list(dict.fromkeys(unit.article_id for unit in units))
    dates = {unit.article_id: unit.published or "9" for unit in units}
    before: dict[str, str] = {}
    for last in sorted(articles, key=dates.__getitem__):
        noted = Copies()
        for article in articles:
            if dates[article] <= dates[last]:
                noted.note([unit for unit in units if unit.article_id == article])
        found = noted.repeats()
        assert before.items() <= found.items()
        before = found
    assert len(before) == 3


def test_units_where_no_value_can_occur_are_not_asked_for() -> None:
    study = Study(None)
    units = list(split([Path(__file__).resolve().parents[2] / "seeds"]))
    book = Codebook.read(packaged("config") / "codebooks" / "clickbait.yaml")
    sample, left = draw_round(study, units, Wanted(), book)
    assert {item.unit.region for item in sample.drawn} == {"headline"}
    assert left.ineligible == sum(unit.region != "headline" for unit in units)
    with pytest.raises(FramingError, match="no strata by author, expected region outlet story"):
        draw_round(study, units, Wanted(Plan("random", 5, strata=("author",))), book)


def test_a_round_without_copies_leaves_out_none() -> None:
    study = Study(None)
    units = list(split([Path(__file__).resolve().parents[2] / "seeds"]))
    _, left = draw_round(study, units, Wanted(), study.codebook)
    assert isinstance(left, LeftOut)
    assert (left.copied, left.copies) == (0, ())
