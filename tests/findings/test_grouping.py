"""Articles to stories, topics and copies."""

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.findings.dates import day, moment
from framing.findings.linkage import average_linkage
from framing.findings.stories import Grouping, group_articles
from framing.neighbours import TermCounts

DAM = "Engineers inspect a crack in the Ashmouth dam above the valley, the company said on Thursday evening."
DAM_2 = "The crack in the Ashmouth dam terrifies the valley while engineers inspect the wall."
LATER = "One year on, the Ashmouth dam still has its crack and engineers inspect the valley wall."
BREAD = "Averland bakers raise the price of a standard loaf, and ministers tell shoppers to bake at home."
BREAD_2 = "Why a loaf costs more in Averland: bakers, flour and the price of power."
WOLF = "A wolf was sighted near a primary school in the Orrel valley and watched the bus go by."
SOME = [
    ("a", DAM, "2024-05-02", ""),
    ("b", DAM_2, "2024-05-03", ""),
    ("c", BREAD, "2024-05-02", ""),
    ("d", BREAD_2, "2024-05-03", ""),
    ("e", WOLF, "2024-05-03", ""),
]


def group(rows: list[tuple[str, str, str, str]]) -> Grouping:
    table = pd.DataFrame(
        [(name, published, story) for name, _, published, story in rows],
        columns=["article_id", "published", "story"],
        dtype="str",
    )
    texts = [text for _, text, _, _ in rows]
    counts, background = TermCounts(), TermCounts()
    counts.add(texts)
    background.add([DAM, BREAD, WOLF, *["the company said that it was on the way to a valley"] * 20])
    return group_articles(table, counts, texts.__getitem__, background=background)


def test_articles_on_one_event_are_one_story_and_one_article_is_a_story_of_one():
    found = group(SOME)
    assert found.story[0] == found.story[1]
    assert found.story[2] == found.story[3]
    assert len({found.story[0], found.story[2], found.story[4]}) == 3
    assert found.copy_of == [""] * 5


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_input_changes_nothing(rng: random.Random):
    mixed = list(SOME)
    rng.shuffle(mixed)
    found, first = group(mixed), group(SOME)
    by_id = {row[0]: number for number, row in enumerate(mixed)}
    for number, row in enumerate(SOME):
        place = by_id[row[0]]
        assert (found.story[place], found.topic[place]) == (first.story[number], first.topic[number])


def test_the_same_matter_a_year_later_is_another_story_of_the_same_topic():
    found = group([*SOME, ("f", LATER, "2025-05-02", "")])
    assert found.story[5] != found.story[0]
    assert found.topic[5] == found.topic[0]


def test_the_metadata_s_story_wins():
    rows = [(name, text, when, "one") for name, text, when, _ in SOME[:1]]
    rows += [(name, text, when, "two") for name, text, when, _ in SOME[1:2]]
    rows += [("z", WOLF, "2001-01-01", "one"), ("y", DAM, "2024-05-02", "")]
    found = group(rows)
    assert found.story[:3] == ["one", "two", "one"]
    assert found.story[3] in ("one", "two")
    assert group([*SOME[:1], ("b", DAM_2, "2024-05-03", "named")]).story == ["named", "named"]


@pytest.mark.parametrize("when", ["2024-05-04", "2025-01-01", ""])
def test_a_copy_joins_its_original_and_names_it(when):
    text = f"{DAM} {DAM_2}"
    found = group([*SOME[2:], ("x", text, "2024-05-02", ""), ("w", "UPDATE: " + text, when, "")])
    assert found.copy_of == ["", "", "", "", "x"]
    assert found.story[3] == found.story[4]


def test_a_copy_that_the_metadata_puts_elsewhere_stays_there():
    found = group([("x", DAM, "2024-05-02", "one"), ("w", DAM, "2024-05-03", "two")])
    assert found.story == ["one", "two"]
    assert found.copy_of == ["", "x"]


def test_undated_articles_need_to_be_more_alike_and_are_told():
    found = group([(name, text, "", "") for name, text, _, _ in SOME])
    assert found.undated == [True] * 5
    assert len(set(found.topic)) == 3


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-03", "2024-05-03 00:00:00+00:00"),
        ("2024-05-03T06:14:00+01:00", "2024-05-03 06:14:00+01:00"),
        ("2024-05-05T07:31:00Z", "2024-05-05 07:31:00+00:00"),
        ("Fri, 03 May 2024 06:14:00 GMT", "2024-05-03 06:14:00+00:00"),
        ("May 3rd, 2024", "2024-05-03 00:00:00+00:00"),
        ("20240503", "2024-05-03 00:00:00+00:00"),
        ("03/04/2021", "None"),
        ("yesterday", "None"),
        ("", "None"),
        ("9999-99-99", "None"),
    ],
)
def test_dates_are_read_as_written_or_not_at_all(written, expected):
    assert str(moment(written)) == expected
    assert (day(written) is None) == (expected == "None")


def test_average_linkage_does_not_chain():
    import numpy as np

    edges = (np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.5, 0.3, 0.5]))
    assert average_linkage([0, 1, 2, 3], [""] * 4, edges, threshold=0.2) == [0, 0, 2, 2]
    assert average_linkage([0, 1, 2, 3], ["x", "y", "", ""], edges, threshold=0.2) == [0, 1, 2, 2]
