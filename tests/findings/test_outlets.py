"""Pairs of outlets on the same events."""

import numpy as np
import pytest

from framing.findings.outlets import Told, outlet_differences
from framing.findings.pages import Share


def told(a: list[int], b: list[int]) -> list[Told]:
    stories = [(str(n), x, y) for n, (x, y) in enumerate(zip(a, b, strict=True))]
    return [
        Told(story, outlet, {"loud": Share(4, hits)})
        for story, x, y in stories
        for outlet, hits in (("A", x), ("B", y))
    ]


def test_the_difference_is_the_mean_over_stories_with_an_interval_around_it():
    row = next(outlet_differences(told([4, 3, 2, 4, 3, 2], [0, 1, 2, 1, 0, 1]), ["loud"]))
    assert (row["share_a"], row["share_b"]) == (0.75, pytest.approx(5 / 24, abs=1e-6))
    assert row["low"] < row["difference"] < row["high"]
    assert row["reason"] == ""


def test_too_few_stories_are_refused_with_the_number_that_is_needed():
    row = next(outlet_differences(told([4, 3], [0, 1]), ["loud"]))
    assert row["difference"] is row["low"] is None
    assert row["reason"] == "2 common stories with units where it can occur, at least 5 are needed"


def test_one_story_in_common_is_told_in_the_singular():
    assert next(outlet_differences(told([4], [0]), ["loud"]))["reason"].startswith("1 common story with")


def test_two_articles_of_an_outlet_on_one_event_are_one_part_of_it():
    once = told([4, 3, 2, 4, 3], [0, 1, 2, 1, 0])
    more = [*once, Told("0", "A", {"loud": Share(4, 0)})]
    before, after = (next(outlet_differences(some, ["loud"])) for some in (once, more))
    assert (before["stories"], after["stories"]) == (5, 5)
    assert (before["articles_a"], after["articles_a"]) == (5, 6)
    assert after["share_a"] == pytest.approx(before["share_a"] - (1.0 - 0.5) / 5, abs=1e-6)


def test_the_order_of_articles_changes_no_row():
    some = told([4, 3, 2, 4, 3, 2], [0, 1, 2, 1, 0, 1])
    assert list(outlet_differences(some[::-1], ["loud"])) == list(outlet_differences(some, ["loud"]))


def test_no_interval_where_all_stories_say_the_same():
    row = next(outlet_differences(told([2] * 6, [1] * 6), ["loud"]))
    assert (row["difference"], row["low"]) == (0.25, None)
    assert row["reason"] == "no interval: no spread between the clusters"


def test_stories_that_one_of_them_left_out_and_articles_without_outlet_do_not_count():
    more = [Told("x", "A", {"loud": Share(4, 4)}), Told("0", "", {"loud": Share(4, 4)})]
    rows = list(outlet_differences([*told([4, 3, 2, 4, 3], [0, 1, 2, 1, 0]), *more], ["loud"]))
    assert len(rows) == 1
    assert rows[0]["stories"] == 5


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(300):
        a, b = rng.binomial(4, 0.6, 8).tolist(), rng.binomial(4, 0.4, 8).tolist()
        row = next(outlet_differences(told(a, b), ["loud"]))
        hits += row["low"] <= 0.2 <= row["high"]
    assert 0.91 <= hits / 300 <= 0.99
