"""Shares corrected for the model's errors: the estimator, what enters it, and the command."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.errors import ModelError, TableError
from framing.findings.prevalence import Estimate, Units, difference, estimate
from framing.findings.prevalence_units import check_scores, groups_of, material
from framing.steps.models import SHIPPED
from framing.steps.prevalence import prevalence
from framing.steps.score import score
from framing.steps.study import Study
from framing.steps.train import train
from tests.conftest import Run
from tests.steps.test_learning import labels, rows


def units(truth: list[float], held_out: list[float], predicted: list[float]) -> Units:
    count, more = len(truth), len(predicted)
    return Units(
        predicted=np.array(predicted),
        said=np.array(predicted) > 0.5,
        article=np.arange(more) + count,
        truth=np.array(truth),
        held_out=np.array(held_out),
        weight=np.ones(count),
        labelled_article=np.arange(count),
    )


def test_a_useless_model_leaves_the_labels_alone() -> None:
    rng = np.random.default_rng(1)
    truth = [1.0] * 30 + [0.0] * 70
    found = estimate(units(truth, [0.9] * 100, list(rng.random(1000))))
    assert found.tuning == pytest.approx(0)
    assert found.corrected_share == pytest.approx(0.3)
    # The labels' own standard error, with the factor n / (n - 1).
    assert found.standard_error == pytest.approx(np.sqrt(0.3 * 0.7 / 99))


def test_a_perfect_model_makes_the_interval_that_of_its_own_mean() -> None:
    truth = [1.0] * 30 + [0.0] * 70
    found = estimate(units(truth, truth, [1.0] * 3000 + [0.0] * 7000))
    # 1 / (1 + n/N): PPI++ for a mean, predictions that equal the truth.
    assert found.tuning == pytest.approx(1 / 1.01)
    assert found.corrected_share == pytest.approx(0.3)


def test_a_bias_that_the_labels_show_is_taken_away() -> None:
    rng = np.random.default_rng(3)
    truth = (rng.random(20_000) < 0.1).astype(float)
    biased = np.clip(0.6 * truth + 0.35 + 0.05 * rng.standard_normal(20_000), 0, 1)
    found = estimate(units(list(truth[:500]), list(biased[:500]), list(biased)))
    assert abs(found.corrected_share - 0.1) < 0.01
    low, high = found.corrected_share_interval
    # The labels alone would give 2 * 1.96 * sqrt(.1 * .9 / 500).
    assert high - low < 0.5 * 0.0526


def test_weights_undo_an_uneven_draw() -> None:
    truth = np.array([1.0] * 50 + [0.0] * 50)
    drawn = Units(
        np.full(10, 0.5), np.ones(10, dtype=bool), np.arange(10) + 100, truth, np.full(100, 0.5),
        np.array([1.0] * 50 + [9.0] * 50), np.arange(100),
    )  # fmt: skip
    assert estimate(drawn).corrected_share == pytest.approx(0.1)


def test_units_of_one_article_are_not_counted_as_independent() -> None:
    truth = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0] * 10
    alone = units(truth, [0.5] * 80, [0.5] * 50)
    together = Units(**(vars(alone) | {"labelled_article": np.repeat(np.arange(20), 4)}))
    assert estimate(together).standard_error > 1.9 * estimate(alone).standard_error


@pytest.mark.parametrize(
    ("truth", "reason"),
    [
        ([], "no usable label on units where the value can occur"),
        ([1.0], "labels of one article have no spread"),
        (
            [0.0] * 60,
            "none of the 60 labelled units has the value: no interval; by the rule of three over 60 articles the "
            "share may lie 0.050 off",
        ),
    ],
)
def test_what_is_undefined_says_why(truth: list[float], reason: str) -> None:
    found = estimate(units(truth, [0.5] * len(truth), [0.2, 0.7]))
    assert found.corrected_share_interval is None
    assert found.reason == reason
    assert found.raw_share == 0.5


def test_nothing_eligible_has_no_share_at_all() -> None:
    found = estimate(units([1.0], [1.0], []))
    assert (found.raw_share, found.corrected_share) == (None, None)
    assert found.reason == "no scored unit where the value can occur"


@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1), st.integers(0, 8)), min_size=2, max_size=40),
    st.lists(st.floats(0, 1), min_size=1, max_size=40),
)
def test_share_and_interval_stay_between_0_and_1(
    labelled: list[tuple[int, float, int]], predicted: list[float]
) -> None:
    given_units = units([float(t) for t, _, _ in labelled], [p for _, p, _ in labelled], predicted)
    articles = np.array([a for _, _, a in labelled])
    found = estimate(Units(**(vars(given_units) | {"labelled_article": articles})))
    assert found.corrected_share is not None
    assert 0 <= found.corrected_share <= 1
    if found.corrected_share_interval is None:
        assert found.reason
    else:
        low, high = found.corrected_share_interval
        assert 0 <= low <= found.corrected_share <= high <= 1


def test_labels_needed_bring_the_interval_to_its_width() -> None:
    rng = np.random.default_rng(5)
    truth = (rng.random(40_000) < 0.4).astype(float)
    model = np.clip(0.5 * truth + 0.25 + 0.2 * rng.standard_normal(40_000), 0, 1)
    first = estimate(units(list(truth[:200]), list(model[:200]), list(model)), width=0.06)
    needed = first.labels_needed["labels"]
    then = estimate(units(list(truth[:needed]), list(model[:needed]), list(model)))
    low, high = then.corrected_share_interval
    assert high - low == pytest.approx(0.06, rel=0.1)
    assert first.labels_needed["more_labels"] == needed - 200


def test_a_width_out_of_reach_is_said() -> None:
    rng = np.random.default_rng(5)
    truth = (rng.random(100) < 0.4).astype(float)
    found = estimate(units(list(truth), list(truth), [0.0, 1.0, 1.0]), width=0.001)
    assert found.tuning > 0
    assert found.labels_needed == {
        "width": 0.001,
        "labels": None,
        "more_labels": None,
        "reason": "the scored articles are too few for it, however many labels there are",
    }


def test_a_difference_without_a_share_says_why() -> None:
    found = difference(
        Estimate(9, 9, 9, 9, 0.5, 0.4, [0.3, 0.5]), Estimate(9, 9, 0, 0, 0.2, reason="no labels")
    )
    assert (found.difference, found.difference_interval, found.reason) == (None, None, "no labels")
    assert found.raw_difference == pytest.approx(0.3)


def table(**columns: list[str]) -> pd.DataFrame:
    count = len(columns["unit_id"])
    blank = {name: [""] * count for name in ("article_id", "region", "outlet", "published", "label")}
    filled = {"variable": ["v"] * count, "model": ["m@1"] * count}
    return pd.DataFrame(blank | filled | columns, dtype="str")


def test_what_enters_the_correction() -> None:
    scores = check_scores(
        table(unit_id=["new", "learnt", "untested"], p_x=["0.9", "1.0", "1.0"], label=["x", "x", "x"]),
        ["x"],
        "s",
    )
    gold = table(unit_id=["new", "learnt", "untested", "active", "far"]).assign(value="x")
    training = pd.DataFrame(
        {"unit_id": ["learnt", "untested"], "label": ["y", ""], "p_x": ["0.2", ""]}, dtype="str"
    )
    chances = {"new": 0.5, "learnt": 0.5, "untested": 0.5, "far": 0.5}
    found = material(scores, gold, chances, training, ["x"])
    assert dict(zip(found.labelled["unit_id"], found.labelled["p_x"], strict=True)) == {
        "new": 0.9,
        "learnt": 0.2,
    }
    assert list(found.scored["unit_id"]) == ["new", "learnt"]
    assert list(found.scored["label"]) == ["x", "y"]
    assert found.counts == {
        "scored": 2, "scored_left_out": 1, "labelled": 2, "labelled_in_scores": 2, "held_out": 1,
    }  # fmt: skip
    assert found.left_out == {
        "not drawn with a known chance": 1,
        "the model was trained on it and has no held-out prediction of it": 1,
        "neither in SCORES nor among the model's held-out predictions": 1,
    }


def test_months_come_from_the_date() -> None:
    frame = pd.DataFrame({"published": ["2024-05-03", "May", ""]}, dtype="str")
    assert list(groups_of(frame, "month")) == ["2024-05", "", ""]


def test_scores_that_break_their_contract() -> None:
    with pytest.raises(TableError) as caught:
        check_scores(table(unit_id=["a"], p_x=["1.5"]), ["x"], "s.csv")
    assert caught.value.message == "s.csv: row 2, column p_x: found '1.5', expected a probability from 0 to 1"
    with pytest.raises(TableError) as caught:
        check_scores(table(unit_id=["a", "a"], p_x=["1", "1"]), ["x"], "s.csv")
    assert caught.value.message == (
        "s.csv: row 3: unit a stands twice (1 such rows), expected each unit once"
    )


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scores of labelled units by a model that was trained on others."""
    place = tmp_path_factory.mktemp("scored")
    train(Study(None), [labels(place / "first.csv")], output=place / "label")
    fresh = rows(labels(place / "fresh.csv", 200, seed=4, first=1000))
    with (place / "units.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["unit_id", "article_id", "text", "region", "outlet", "published"])
        writer.writeheader()
        for number, row in enumerate(fresh):
            told = {name: row[name] for name in ("article_id", "text", "region", "outlet")}
            writer.writerow(told | {"unit_id": f"u{number}", "published": f"2024-0{1 + number // 70}-02"})
    with (place / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow("unit_id article_id variable value coder sampling probability region outlet".split())
        for number, row in enumerate(fresh[:120]):
            drawn = ("random", 0.5) if number < 100 else ("uncertain", "")
            writer.writerow(
                [
                    f"u{number}",
                    row["article_id"],
                    "label",
                    row["label"],
                    "a",
                    *drawn,
                    row["region"],
                    row["outlet"],
                ]
            )
    score(
        Study(None),
        [place / "units.csv"],
        model=str(place / "label"),
        presplit=True,
        output=place / "scores.csv",
    )
    return place


def test_the_command_writes_shares_and_differences(scored: Path, tmp_path: Path, run: Run) -> None:
    done = run(
        "prevalence", scored / "scores.csv", scored / "labels.csv", "--by", "outlet", "--model",
        scored / "label", "-o", tmp_path / "out.csv", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    told = done.json
    assert told["left_out"] == {"not drawn with a known chance": 20}
    assert told["counts"]["labelled"] == 100
    written = rows(tmp_path / "out.csv")
    assert [row["figure"] for row in written] == ["share"] * 6 + ["difference"] * 2
    assert {row["group"] for row in written} == {"all", "o0", "o1"}
    first = told["shares"][0]
    low, high = first["corrected_share_interval"]
    assert low < first["corrected_share"] < high
    assert float(written[0]["low"]) == pytest.approx(low)
    assert float(written[-1]["corrected_share"]) == pytest.approx(told["differences"][-1]["difference"])


def test_the_command_prints_and_says_why(scored: Path, run: Run) -> None:
    done = run(
        "prevalence",
        scored / "scores.csv",
        scored / "labels.csv",
        "--by",
        "month",
        "--model",
        scored / "label",
    )
    assert done.code == 0, done.err
    assert "left out: 20 labelled units: not drawn with a known chance" in done.out
    assert "calm, 2024-03: no usable label on units where the value can occur" in done.out
    assert "warning: fewer than 30 labelled articles, read the intervals with care: " in done.err


def test_labels_without_chances_correct_nothing(scored: Path) -> None:
    plain = scored / "plain.csv"
    plain.write_text(
        (scored / "labels.csv").read_text("utf-8").replace("random,0.5", "random,"), encoding="utf-8"
    )
    found = prevalence(Study(None), scored / "scores.csv", [plain], model=str(scored / "label"))
    assert found.left_out == {"not drawn with a known chance": 120}
    for row in found.shares:
        assert row["raw_share"] is not None
        assert row["corrected_share"] is None
        assert row["reason"] == "no usable label on units where the value can occur"


def test_a_chance_above_1_is_refused(scored: Path) -> None:
    wrong = scored / "wrong.csv"
    wrong.write_text((scored / "labels.csv").read_text("utf-8").replace("random,0.5", "random,1.5"), "utf-8")
    with pytest.raises(TableError) as caught:
        prevalence(Study(None), scored / "scores.csv", [wrong], model=str(scored / "label"))
    assert caught.value.message == (
        f"{wrong}: row 2, column probability: found '1.5', expected a number above 0, at most 1 (and 99 more cells)"
    )


def test_scores_of_another_model_are_refused(scored: Path) -> None:
    with pytest.raises(ModelError) as caught:
        prevalence(Study(None), scored / "scores.csv", [scored / "labels.csv"], model=str(SHIPPED))
    assert "which units that one was trained on is not known" in caught.value.message
    assert caught.value.hint == "name its folder with --model, or score the articles again"


def test_everything_is_in_the_json(scored: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    done = prevalence(
        Study(None), scored / "scores.csv", [scored / "labels.csv"], by="outlet", output=file,
        model=str(scored / "label"),
    )  # fmt: skip
    told = json.loads(file.read_text("utf-8"))
    assert told["shares"] == done.shares
    assert told["method"].startswith("prediction-powered inference (Angelopoulos et al. 2023)")
