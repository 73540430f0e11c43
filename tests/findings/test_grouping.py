"""Articles to stories, topics and copies."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.findings.dates import day, moment
from framing.findings.edges import Edges, once
from framing.findings.linkage import average_linkage
from framing.findings.stories import Grouping, Known, group_articles
from framing.similarity import Runs
from framing.terms import TermCounts

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
    names, texts, dates, stories = zip(*rows, strict=True)
    days = [float("nan") if (when := day(date)) is None else when for date in dates]
    counts, background, reports = TermCounts(), TermCounts(), Runs()
    counts.add(texts)
    reports.add(texts)
    background.add([DAM, BREAD, WOLF, *["the company said that it was on the way to a valley"] * 20])
    return group_articles(Known(names, days, stories), counts, reports, background=background)


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


@pytest.mark.parametrize("when", ["2025-05-02", "2024-05-10"])
def test_the_same_matter_a_week_or_a_year_later_is_another_story_of_the_same_topic(when: str):
    found = group([*SOME, ("f", LATER, when, "")])
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


def linked(pairs: list[tuple[int, int, float]], labels: list[str], threshold: float = 0.2) -> list[int]:
    edges = Edges(len(labels))
    for first, second, weight in pairs:
        edges.add(np.array([first]), np.array([second]), np.array([weight]))
    return average_linkage(range(len(labels)), labels, edges, threshold=threshold).tolist()


def test_average_linkage_does_not_chain():
    pairs = [(0, 1, 0.5), (1, 2, 0.3), (2, 3, 0.5)]
    assert linked(pairs, [""] * 4) == [0, 0, 2, 2]
    assert linked(pairs, ["x", "y", "", ""]) == [0, 1, 2, 2]


def greedily(
    size: int, weight: dict[tuple[int, int], float], labels: list[str], threshold: float
) -> list[int]:
    """Join the best pair again and again."""
    groups = {item: [item] for item in range(size)}

    def mean(one: int, other: int) -> float:
        if len({labels[item] for item in groups[one] + groups[other]} - {""}) > 1:
            return 0.0
        total = sum(weight.get((min(i, j), max(i, j)), 0.0) for i in groups[one] for j in groups[other])
        return total / (len(groups[one]) * len(groups[other]))

    while len(groups) > 1:
        best, one, other = max((mean(a, b), a, b) for a in groups for b in groups if a < b)
        if best < threshold:
            break
        groups[one] += groups.pop(other)
    found = {item: min(members) for members in groups.values() for item in members}
    return [found[item] for item in range(size)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.6))
def test_joining_round_by_round_gives_what_joining_the_best_pair_gives(seed: int, threshold: float):
    rng = np.random.default_rng(seed)
    size = 14
    weight = {(i, j): rng.uniform() for i in range(size) for j in range(i + 1, size) if rng.uniform() < 0.5}
    labels = ["x" if number < 2 else "y" if number < 4 else "" for number in rng.permutation(size)]
    pairs = [(i, j, value) for (i, j), value in weight.items()]
    assert linked(pairs * 2, labels, threshold) == greedily(size, weight, labels, threshold)


def test_edges_of_many_items_come_back_part_by_part_and_each_pair_once(tmp_path: Path):
    rng = np.random.default_rng(2)
    size = 20_000
    some = np.sort(rng.integers(0, size, (500, 2)))
    known = {(first, second): rng.uniform() for first, second in some.tolist() if first < second}
    with (tmp_path / "edges").open("w+b") as stream:
        edges = Edges(size, lambda: stream)
        for (first, second), weight in [*known.items(), *known.items()]:
            edges.add(np.array([first]), np.array([second]), np.array([weight]))
        parts = [tuple(map(np.ndarray.tolist, part)) for part in edges.parts(once)]
    assert len(parts) > 3
    assert {(i, j): w for part in parts for i, j, w in zip(*part, strict=True)} == known
    assert sum(len(first) for first, _, _ in parts) == len(known)
