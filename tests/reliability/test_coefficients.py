import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.intervals import Floats
from framing.reliability.coefficients import (
    Coefficient,
    ac1,
    alpha,
    cohen_kappa,
    fleiss_kappa,
    masi_distances,
    percent_agreement,
)
from tests.reliability.random_tables import Table, tables

# Krippendorff (2011), section C: four observers, twelve units, with gaps.
PUBLISHED = [
    [1, 1, None, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [None, 5, 5, 5],
    [None, None, 1, 1],
    [None, None, 3, None],
]
REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text(encoding="utf-8"))


def counts(table: Table) -> Floats:
    values = sorted({value for row in table for value in row if value is not None})
    return np.array([[row.count(value) for value in values] for row in table], dtype=float)


def figure(coefficient: Coefficient) -> float:
    return float(coefficient.value(coefficient.rows.sum(axis=0)))


def test_the_published_example_to_three_decimals() -> None:
    table = counts(PUBLISHED)
    assert round(figure(alpha(table, "nominal")), 3) == 0.743
    assert round(figure(alpha(table, "ordinal")), 3) == 0.815


def test_a_thousand_tables_with_gaps_agree_with_independent_packages() -> None:
    compared = dict.fromkeys(("nominal", "ordinal", "ac1", "fleiss", "irrcac_alpha"), 0)
    for table, expected in zip(tables(), REFERENCE, strict=True):
        found = counts(table)
        ours = {
            "nominal": figure(alpha(found, "nominal")),
            "ordinal": figure(alpha(found, "ordinal")),
            "ac1": figure(ac1(found)),
            "fleiss": figure(fleiss_kappa(found)),
            "irrcac_alpha": figure(alpha(found, "nominal")),
        }
        for name, value in ours.items():
            if found.shape[1] < 2 and name in ("ac1", "fleiss"):
                assert np.isnan(value)  # irrCAC says 1.0 where one value leaves nothing to agree on
            elif expected[name] is not None:
                assert value == pytest.approx(expected[name], abs=2e-9), (name, table)
                compared[name] += 1
            elif name != "irrcac_alpha":  # irrCAC stops at six tables that the other package computes
                assert np.isnan(value), (name, table)
    assert compared == {"nominal": 981, "ordinal": 981, "ac1": 989, "fleiss": 989, "irrcac_alpha": 975}


def test_percent_agreement_counts_pairs_of_answers() -> None:
    for table in tables(100):
        pairs = [
            first == second
            for row in table
            for first, second in combinations([value for value in row if value is not None], 2)
        ]
        if pairs:
            assert figure(percent_agreement(counts(table))) == pytest.approx(sum(pairs) / len(pairs))


def test_cohen_kappa_by_hand() -> None:
    # 20 both yes, 15 both no, 5 yes/no, 10 no/yes: po = .7, pe = .5 × .6 + .5 × .4 = .5
    first = [1] * 20 + [0] * 15 + [1] * 5 + [0] * 10
    second = [1] * 20 + [0] * 15 + [0] * 5 + [1] * 10
    assert figure(cohen_kappa(np.eye(2)[first], np.eye(2)[second])) == pytest.approx(0.4)


def test_masi_alpha_by_hand() -> None:
    # One unit with {a} and {a, b}, one with {b} twice.
    answers = ("a", "a|b", "b")
    table = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    found = alpha(table, "masi", masi_distances(answers))
    observed = 2 * (2 / 3) / 4
    expected = 2 * (1 * 1 * (2 / 3) + 1 * 2 * 1.0 + 1 * 2 * (2 / 3)) / (4 * 3)
    assert figure(found) == pytest.approx(1 - observed / expected)


def test_masi_distances_are_symmetric_and_know_the_empty_set() -> None:
    found = masi_distances(("", "a", "a|b", "b|c", "a|b|c"))
    assert (found == found.T).all()
    assert found[0].tolist() == [0, 1, 1, 1, 1]
    assert found[2, 3] == pytest.approx(1 - 1 / 9)
    assert found[2, 4] == pytest.approx(1 - 4 / 9)


cells = st.one_of(st.none(), st.integers(0, 3))
some_tables = st.integers(2, 5).flatmap(
    lambda coders: st.lists(st.lists(cells, min_size=coders, max_size=coders), min_size=2, max_size=15)
)
kinds = st.sampled_from([percent_agreement, alpha, lambda found: alpha(found, "ordinal"), ac1, fleiss_kappa])


@given(some_tables, st.randoms(use_true_random=False), kinds)
def test_shuffled_rows_and_coders_change_nothing(table, random, kind) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(table[0])))
    random.shuffle(order)
    shuffled = [[row[place] for place in order] for row in table]
    random.shuffle(shuffled)
    assert figure(kind(counts(shuffled))) == pytest.approx(figure(kind(counts(table))), nan_ok=True)


@given(some_tables, st.integers(0, 3), st.sampled_from(["nominal", "ordinal"]))
def test_a_unit_with_one_answer_changes_no_alpha(table, value, level) -> None:  # type: ignore[no-untyped-def]
    more = [*table, [value, *[None] * (len(table[0]) - 1)]]
    before, after = figure(alpha(counts(table), level)), figure(alpha(counts(more), level))
    assert after == pytest.approx(before, nan_ok=True)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=20), st.integers(2, 4), kinds)
def test_perfect_agreement_on_two_values_is_one(answers, coders, kind) -> None:  # type: ignore[no-untyped-def]
    found = figure(kind(counts([[answer] * coders for answer in answers])))
    if len(set(answers)) > 1 or kind is percent_agreement:
        assert found == pytest.approx(1)
    else:
        assert np.isnan(found)


@given(some_tables)
def test_the_gradient_is_that_of_the_value(table) -> None:  # type: ignore[no-untyped-def]
    found = alpha(counts(table), "nominal")
    sums = found.rows.sum(axis=0)
    if found.gradient is None or not np.isfinite(figure(found)):
        return
    for column in range(len(sums)):
        step = np.zeros_like(sums)
        step[column] = 1e-5
        slope = (found.value(sums + step) - found.value(sums - step)) / 2e-5
        assert found.gradient(sums)[column] == pytest.approx(float(slope), rel=1e-4, abs=1e-6)
