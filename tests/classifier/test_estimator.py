"""The estimator: scikit-learn's contract, and what a score is made of."""

import copy
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils import estimator_checks as checks
from sklearn.utils.estimator_checks import check_estimator

from framing.classifier import Bench, FramingClassifier
from framing.classifier.estimator import probabilities, temperature
from framing.classifier.explanation import summed, told
from framing.classifier.features import columns_of, encode
from framing.records import REGIONS, Unit
from tests.classifier.conftest import corpus

BLOCKS = ("words", "letters", "meaning", "shape", "place")
TEXTS = st.lists(st.text(max_size=60), min_size=1, max_size=8)


@given(TEXTS, st.sampled_from(["", *REGIONS, "no such region"]))
@settings(deadline=None, max_examples=60)
def test_the_summands_of_an_explanation_sum_to_the_score(
    fitted: FramingClassifier, texts: list[str], region: str
) -> None:
    units = pd.DataFrame({"text": texts, "region": region, "region_before": "headline", "position": 3})
    scores = fitted.decision_function(units)
    for row, summands in zip(scores, fitted.explain(units), strict=True):
        np.testing.assert_allclose(sum(item.added for item in summands), row, atol=1e-9)
        for column in range(len(row)):
            assert sum(summed(summands, column).values()) == pytest.approx(row[column], abs=1e-9)


@given(TEXTS)
@settings(deadline=None, max_examples=60)
def test_looking_up_constants_scores_as_the_rows_of_numbers_do(
    fitted: FramingClassifier, texts: list[str]
) -> None:
    encoded = encode(columns_of(texts), fitted.pieces)
    np.testing.assert_allclose(fitted.decision_function(texts), fitted.decide_encoded(encoded), atol=1e-9)


@given(TEXTS)
@settings(deadline=None, max_examples=40)
def test_a_score_depends_on_no_other_unit_and_on_no_memory(
    fitted: FramingClassifier, texts: list[str]
) -> None:
    together = fitted.decision_function(texts)
    fresh = copy.deepcopy(fitted)
    for index in reversed(range(len(texts))):
        np.testing.assert_allclose(fresh.decision_function([texts[index]])[0], together[index], atol=1e-9)


@given(TEXTS)
@settings(deadline=None, max_examples=40)
def test_probabilities_sum_to_one(fitted: FramingClassifier, texts: list[str]) -> None:
    proba = fitted.predict_proba(texts)
    assert proba.shape == (len(texts), 3)
    np.testing.assert_allclose(proba.sum(axis=1), 1)


def test_more_tokens_than_are_remembered_change_no_score(
    fitted: FramingClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"word{number} rain{number % 7}" for number in range(300)]
    whole = fitted.decision_function(texts)
    monkeypatch.setattr("framing.classifier.constants.REMEMBERED", 20)
    monkeypatch.setattr("framing.classifier.constants.BATCH", 16)
    np.testing.assert_allclose(fitted.decision_function(texts), whole, atol=1e-12)


def test_what_a_token_adds_is_the_same_at_every_place(fitted: FramingClassifier) -> None:
    first, last = (
        next(item.added for item in summands if item.name == "terror")
        for summands in fitted.explain(["terror rain fell", "rain fell terror"])
    )
    np.testing.assert_allclose(first, last)


def test_the_explanation_names_the_likeliest_value_and_its_largest_summands(
    fitted: FramingClassifier,
) -> None:
    line = told("alarm", 0, fitted.explain(["TERROR looms as deadly wave of doom threatens YOU"])[0], 1.0)
    assert line.startswith("alarm +")
    assert "others" in line
    assert line.count(";") == 6


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_can_be_switched_off(table: pd.DataFrame, block: str) -> None:
    model = FramingClassifier(**{block: False}).fit(table, table["value"])
    assert block not in model.weights_.added
    assert set(model.weights_.added) == set(BLOCKS) - {block}
    assert (model.predict(table) == table["value"]).mean() > 0.9


def test_a_single_block_is_enough_and_none_is_refused(table: pd.DataFrame) -> None:
    off = dict.fromkeys(BLOCKS, False)
    for block in BLOCKS:
        FramingClassifier(**{**off, block: True}).fit(table, table["value"]).predict(table)
    with pytest.raises(ValueError, match="all blocks of features are switched off, expected one at least"):
        FramingClassifier(**off).fit(table, table["value"])


def test_units_and_tables_are_read_alike(fitted: FramingClassifier) -> None:
    units = [
        Unit(f"u{n}", article, "", 0, 1, "Give today!", region, n, n)
        for n, (article, region) in enumerate(
            [("a", "headline"), ("a", "body"), ("b", "appeal"), ("b", "body")]
        )
    ]
    rows = pd.DataFrame(
        {
            "text": "Give today!",
            "region": ["headline", "body", "appeal", "body"],
            "region_before": ["", "headline", "", "appeal"],
            "region_after": ["body", "", "body", ""],
            "position": range(4),
        }
    )
    np.testing.assert_array_equal(fitted.decision_function(units), fitted.decision_function(rows))


def test_several_values_each_by_itself() -> None:
    texts = ["war and money", "war again", "money talks", "nothing here"] * 3
    answers = ["war|money", "war", "money", ""] * 3
    model = FramingClassifier(several=True).fit(texts, answers)
    assert model.classes_.tolist() == ["money", "war"]
    assert [set(answer.split("|")) for answer in model.predict(texts)] == [set(a.split("|")) for a in answers]
    assert ((model.predict_proba(texts) >= 0) & (model.predict_proba(texts) <= 1)).all()


def test_a_value_that_every_unit_has_is_always_predicted() -> None:
    model = FramingClassifier(several=True).fit(["a b", "c d", "e f"], ["x", "x|y", "x"])
    assert all("x" in answer for answer in model.predict(["q", ""]))


def test_a_class_with_two_examples_is_learnt() -> None:
    texts = ["rain fell"] * 20 + ["give money please", "please give money"]
    model = FramingClassifier().fit(texts, ["report"] * 20 + ["appeal"] * 2)
    assert model.predict(["give money"]).tolist() == ["appeal"]


def test_a_class_missing_in_a_fold_gets_the_lowest_score_there(table: pd.DataFrame) -> None:
    bench = Bench(FramingClassifier(meaning=False), table, None, 1)
    bench.fit()
    alarm = (table["value"] == "alarm").to_numpy()
    scores = bench.scores([(np.flatnonzero(~alarm), np.flatnonzero(alarm))])
    assert (scores[alarm].argmin(axis=1) == 0).all()
    assert np.isnan(scores[~alarm]).all()


def test_without_places_the_text_decides(table: pd.DataFrame) -> None:
    """Regions alone tell the values apart, yet the model must not lean on them alone."""
    hard = FramingClassifier(unplaced=0.0).fit(table, table["value"])
    soft = FramingClassifier(unplaced=0.5).fit(table, table["value"])
    texts = table["text"].tolist()
    truth = table["value"].to_numpy()[:, None] == soft.classes_
    assert soft.predict_proba(texts)[truth].mean() > hard.predict_proba(texts)[truth].mean() + 0.05
    assert (soft.predict(texts) == table["value"]).mean() > 0.95


def test_the_order_of_the_units_decides_nothing(table: pd.DataFrame) -> None:
    other = table.sample(frac=1.0, random_state=1)
    first, second = (FramingClassifier().fit(part, part["value"]) for part in (table, other))
    texts = table["text"].tolist()
    assert np.abs(first.predict_proba(texts) - second.predict_proba(texts)).max() < 0.01


def test_units_count_by_their_weight() -> None:
    texts, answers = ["rain", "snow", "rain", "snow"], ["a", "a", "b", "b"]
    for weight, expected in (([9.0, 1.0, 1.0, 9.0], "a"), ([1.0, 9.0, 9.0, 1.0], "b")):
        model = FramingClassifier(C=100).fit(texts, answers, sample_weight=weight)
        assert model.predict(["rain"])[0] == expected


def test_empty_and_foreign_texts_are_scored(fitted: FramingClassifier) -> None:
    texts = ["", " ", "\u3000", "中文没有空格的一句话。", "\ud800", "ж" * 5000, "a" * 200_000, "\u202eمرحبا"]
    assert np.isfinite(fitted.predict_proba(texts)).all()
    assert fitted.predict([]).tolist() == []
    assert fitted.predict_proba([]).shape == (0, 3)


def test_it_lives_in_a_pipeline_and_a_grid(table: pd.DataFrame) -> None:
    texts, answers = table["text"].tolist(), table["value"].tolist()
    search = GridSearchCV(
        Pipeline([("model", FramingClassifier(meaning=False))]),
        {"model__C": [0.1, 3.0], "model__letters": [True, False]},
        cv=2,
    ).fit(texts, answers)
    assert search.best_score_ > 0.9
    assert set(search.best_params_) == {"model__C", "model__letters"}


def test_a_clone_is_not_fitted_and_has_the_same_parameters(fitted: FramingClassifier) -> None:
    copy = clone(fitted.set_params())
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "classes_")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learns_own_checks() -> None:
    """Those that hand over tables of numbers are skipped by scikit-learn itself: units are texts."""
    results = check_estimator(FramingClassifier(), on_fail=None, on_skip=None)
    assert {result["status"] for result in results} == {"passed"}


@pytest.mark.parametrize(
    "check",
    [
        checks.check_estimator_cloneable,
        checks.check_no_attributes_set_in_init,
        checks.check_parameters_default_constructible,
        checks.check_get_params_invariance,
        checks.check_set_params,
        checks.check_valid_tag_types,
        checks.check_estimator_repr,
        checks.check_mixin_order,
    ],
    ids=lambda check: str(check.__name__),
)
def test_the_checks_that_need_no_numbers(check: Callable[[str, object], None]) -> None:
    check("FramingClassifier", FramingClassifier())


def test_what_is_not_fitted_says_so() -> None:
    with pytest.raises(NotFittedError):
        FramingClassifier().predict(["a"])
    with pytest.raises(NotFittedError):
        FramingClassifier().explain(["a"])


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ("one text", "found str, expected a sequence of texts or units"),
        (7, "found int, expected a sequence of texts or units"),
        (np.zeros((2, 2)), "found an array of 2 dimensions, expected one text a unit"),
        (pd.DataFrame({"body": ["a"]}), "found the columns body, expected a column text"),
    ],
)
def test_what_is_no_unit_is_refused(fitted: FramingClassifier, units: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fitted.predict(units)


def test_nothing_to_tell_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="found one class only, 'a'; expected two or more to tell apart"):
        FramingClassifier().fit(["x", "y"], ["a", "a"])
    with pytest.raises(ValueError, match="found no value in any answer, expected one at least"):
        FramingClassifier(several=True).fit(["x", "y"], ["", ""])
    with pytest.raises(ValueError, match="found 0 units, expected some to learn from"):
        FramingClassifier().fit([], [])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        FramingClassifier().fit(["x"], ["a", "b"])


def test_the_temperature_mends_scores_that_are_too_sure() -> None:
    draw = np.random.default_rng(1)
    truth = np.eye(2)[draw.integers(0, 2, 4000)]
    honest = np.log(np.clip(truth * 0.4 + 0.3, 0.01, 1)) + draw.normal(0, 0.3, truth.shape)
    warm = temperature(honest * 5, truth, several=False)
    assert temperature(honest, truth, several=False) == pytest.approx(warm / 5, rel=0.02)
    sure = probabilities(honest * 5, several=False)
    assert (sure.argmax(1) == probabilities(honest * 5 / warm, several=False).argmax(1)).all()


def test_numbers_are_the_same_whatever_the_hash_seed() -> None:
    code = (
        "from framing.classifier import FramingClassifier as F;"
        "m = F().fit(['rain fell hard', 'give us money', 'snow fell', 'give now'], ['r', 'a', 'r', 'a']);"
        "print(m.decision_function(['give rain a well-known name']).tobytes().hex())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_fewer_units_are_learnt_from_with_a_stronger_penalty() -> None:
    table = corpus(120)
    spread = {}
    for strength in (None, 3.0, 3.0 * 0.12**0.5):
        model = FramingClassifier(C=strength).fit(table, table["value"])
        spread[strength] = model.decision_function(table)
    assert spread[None] == pytest.approx(spread[3.0 * 0.12**0.5])
    assert abs(spread[None]).sum() < abs(spread[3.0]).sum()


@pytest.mark.parametrize(("stories", "learnt"), [(20, False), (9, True)])
def test_a_story_s_own_words_are_not_learnt_from_ten_stories_on(stories: int, learnt: bool) -> None:
    texts = [f"give sheep {n % stories}" if n % stories == 0 else f"rain {n % stories}" for n in range(60)]
    values = ["appeal" if "sheep" in text else "report" for text in texts]
    groups = [f"s{n % stories}" for n in range(60)]
    model = FramingClassifier(meaning=False, shape=False).fit(texts, values, groups=groups)
    known = model.weights_.vocabularies["words"].keys
    sheep = encode(columns_of(["sheep"]), None).words.keys
    assert np.isin(sheep, known).all() == learnt
    assert np.isin(encode(columns_of(["rain"]), None).words.keys, known).all()
