"""The honest trial: what may not be torn apart, and figures that are what they say."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from framing.classifier import Bench, FramingClassifier, contradictions, evaluate, trial
from framing.classifier.evaluation import difference, drawn
from framing.classifier.groups import folds_of, groups_of

ANSWERS = st.lists(st.tuples(*[st.sampled_from("abc")] * 2, st.sampled_from("xyz")), min_size=1, max_size=40)


def certain(answers: list[str]) -> np.ndarray:
    return np.array([[float(name == answer) for name in "abc"] for answer in answers])


@given(ANSWERS)
@settings(deadline=None, max_examples=60)
def test_figures_agree_with_scikit_learn(rows: list[tuple[str, str, str]]) -> None:
    gold, said, articles = (list(column) for column in zip(*rows, strict=True))
    found = evaluate(gold, certain(said), list("abc"), articles=articles, several=False)
    assert found.accuracy == pytest.approx(accuracy_score(gold, said))
    there = sorted({*gold, *said})
    assert found.macro_f1 == pytest.approx(f1_score(gold, said, average="macro", labels=there))
    assert found.units == len(rows) == sum(sum(row.values()) for row in found.confusion.values())
    assert found.ece == pytest.approx(1 - found.accuracy)
    if found.macro_f1_interval:
        low, high = found.macro_f1_interval
        assert 0 <= low <= high <= 1
    else:
        assert len(set(articles)) == 1


def test_what_is_undefined_says_so() -> None:
    found = evaluate(["a", "a"], certain(["a", "a"]), list("abc"), articles=["x", "y"], several=False)
    rows = {row["value"]: row for row in found.by_value}
    assert (
        rows["b"]["f1"] is rows["b"]["precision"] is rows["b"]["recall"] is rows["b"]["f1_interval"] is None
    )
    assert rows["b"]["note"] == "no unit has it in gold, and it was never predicted"
    assert rows["a"]["note"] == "in 2 articles only: too few to rely on"
    assert json.dumps(found.by_value, allow_nan=False)


def test_an_interval_draws_whole_articles() -> None:
    """Ten units of each article all right or all wrong: as uncertain as so many articles, not units."""
    gold = ["a"] * 200
    said = ["a" if number // 10 % 2 else "b" for number in range(200)]
    by_article = [str(number // 10) for number in range(200)]
    by_unit = [str(number) for number in range(200)]
    wide, narrow = (
        evaluate(gold, certain(said), list("abc"), articles=articles, several=False).accuracy_interval
        for articles in (by_article, by_unit)
    )
    assert wide is not None
    assert narrow is not None
    assert wide[1] - wide[0] > 2.5 * (narrow[1] - narrow[0])


def test_a_difference_is_paired() -> None:
    """Two models that differ on one article only: the others' luck cancels out."""
    gold = ["a", "b"] * 50
    articles = [str(number // 5) for number in range(100)]
    one = [g if number % 3 else "c" for number, g in enumerate(gold)]
    other = ["c" if number < 5 else said for number, said in enumerate(one)]
    found = difference(gold, one, other, values=list("abc"), articles=articles)
    assert found.accuracy == pytest.approx(0.03)
    assert found.accuracy_interval is not None
    assert found.accuracy_interval[0] >= 0
    same = difference(gold, one, one, values=list("abc"), articles=articles)
    assert (same.accuracy, same.accuracy_interval) == (0.0, (0.0, 0.0))


def test_draws_keep_the_number_of_articles() -> None:
    assert (drawn(7, 1).sum(axis=1) == 7).all()
    np.testing.assert_array_equal(drawn(7, 1), drawn(7, 1))


def test_folds_keep_stories_near_copies_and_articles_together(table: pd.DataFrame) -> None:
    for gold in (table, table.assign(story="")):
        groups, _ = groups_of(gold)
        for train, test in folds_of(groups, gold["value"].tolist(), seed=1):
            for column in ("story", "article_id"):
                if gold[column].any():
                    assert not set(gold[column].iloc[train]) & set(gold[column].iloc[test])


@pytest.fixture(scope="module")
def tried(table: pd.DataFrame) -> tuple[Bench, object]:
    bench = Bench(FramingClassifier(), table, None, 1)
    bench.fit()
    return bench, trial(bench)


def test_a_trial_tells_everything_that_it_should(tried: tuple[Bench, object]) -> None:
    bench, found = tried
    plain = found.plain()  # type: ignore[attr-defined]
    assert json.loads(json.dumps(plain, allow_nan=False))
    assert plain["held_out"] == "whole stories (6) in 5 folds"
    assert plain["evaluation"]["units"] == len(bench.answers) == plain["random_folds"]["units"]
    assert [row["outlet"] for row in plain["outlets_left_out"]["outlets"]] == ["o0", "o1", "o2"]
    assert plain["baselines"]["majority"]["accuracy"] == plain["evaluation"]["majority_accuracy"]
    assert plain["baselines"]["region_only"]["macro_f1"] == 1.0
    assert {row["region"] for row in plain["by_region"]} == {"appeal", "body", "headline"}
    assert [row["share"] for row in plain["learning_curve"]] == [0.125, 0.25, 0.5, 1.0]
    assert plain["learning_curve"][-1]["units_learnt"] > plain["learning_curve"][0]["units_learnt"]


def test_one_group_can_not_be_tried(table: pd.DataFrame) -> None:
    bench = Bench(FramingClassifier(), table.assign(story="the same"), None, 1)
    bench.fit()
    found = trial(bench)
    assert found.held_out == "nothing: all units are of one group (stories)"
    assert found.evaluation is found.proba is None


def test_without_outlets_and_regions_the_reason_is_told(table: pd.DataFrame) -> None:
    bench = Bench(FramingClassifier(), table.assign(outlet="", region="", region_before=""), None, 1)
    bench.fit()
    found = trial(bench)
    assert found.outlets_left_out == {"reason": "0 outlets are named, expected two or more"}
    assert found.baselines["region_only"] == {"reason": "the labels have no regions"}
    assert found.text_only == {"reason": "the model reads no regions"}


def test_wrong_labels_come_first_among_the_contradicted(table: pd.DataFrame) -> None:
    wrong = table.copy()
    swapped = {"appeal": "report", "report": "alarm", "alarm": "appeal"}
    rows = [3, 50, 90]
    wrong.loc[rows, "value"] = [swapped[wrong["value"].iloc[row]] for row in rows]
    bench = Bench(FramingClassifier(), wrong, None, 1)
    bench.fit()
    found = trial(bench)
    assert found.proba is not None
    doubts = contradictions(bench, found.proba)
    assert {row["unit_id"] for row in doubts[:3]} == {"u3", "u50", "u90"}
    assert all(row["p_suggested"] > row["p_value"] for row in doubts)
    assert [row["suggested"] for row in doubts[:3]] == [
        table["value"].iloc[int(row["unit_id"][1:])] for row in doubts[:3]
    ]
