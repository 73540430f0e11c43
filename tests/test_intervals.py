import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framing.intervals import Floats, bootstrap_interval, sum_by_cluster


def share(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0] / sums[..., 1])


def hits(clusters: int, size: int = 20, seed: int = 3) -> Floats:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.binomial(size, 0.3, clusters), np.full(clusters, size)]).astype(float)


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    totals = hits(150)
    found = [bootstrap_interval(totals, share, scale="share", seed=seed) for seed in (1, 1, 2)]
    assert found[0] == found[1]
    assert found[0].pair != found[2].pair


def test_the_interval_of_a_share_is_as_wide_as_theory_says() -> None:
    found = bootstrap_interval(hits(400), share, scale="share", draws=4000)
    assert found.low is not None
    assert found.high is not None
    assert found.error == pytest.approx((0.3 * 0.7 / 8000) ** 0.5, rel=0.1)
    assert found.high - found.low == pytest.approx(2 * 1.96 * (0.3 * 0.7 / 8000) ** 0.5, rel=0.12)


def test_equal_clusters_drawn_together_give_the_interval_of_single_draws() -> None:
    totals = hits(6000, size=3)
    together = bootstrap_interval(totals, share, scale="share", draws=1000)
    # A column that the statistic ignores makes every cluster differ.
    apart = bootstrap_interval(np.column_stack([totals, np.arange(6000.0)]), share, scale="share", draws=1000)
    assert together.pair == pytest.approx(apart.pair, abs=0.002)
    assert together.error == pytest.approx(apart.error, rel=1e-6)


def test_many_columns_give_the_same_error_as_few() -> None:
    totals = hits(80)
    padded = np.column_stack([totals, np.zeros((80, 15))])
    few, many = (bootstrap_interval(table, share, scale="share") for table in (totals, padded))
    assert many.error == pytest.approx(few.error, rel=1e-9)
    assert many.pair == pytest.approx(few.pair, abs=1e-9)


@pytest.mark.parametrize(
    ("totals", "value", "reason"),
    [
        ([[0, 0], [0, 0]], None, "undefined"),
        ([[1, 2]], 0.5, "one cluster has no spread"),
        ([[1, 2], [2, 4]], 0.5, "no spread between the clusters"),
        ([[3, 3], [2, 2]], 1.0, "no spread between the clusters"),
    ],
)
def test_what_has_no_interval_says_why(totals: list[list[int]], value: float | None, reason: str) -> None:
    found = bootstrap_interval(np.array(totals, dtype=float), share, scale="share")
    assert (found.value, found.pair, found.reason) == (value, None, reason)


def test_a_figure_that_most_draws_leave_undefined_has_no_interval() -> None:
    totals = np.array([[1.0, 2.0], *[[0.0, 0.0]] * 3, [1.0, 1.0]])

    def only_with_all(sums: Floats) -> Floats:
        return np.where(sums[..., 1] >= 5, np.nan, np.where(sums[..., 1] == 3, share(sums), np.nan))

    found = bootstrap_interval(totals, only_with_all, draws=200)
    assert found.pair is None
    assert found.reason == f"the figure is undefined in {200 - found.draws} of 200 draws"
    assert found.draws < 100


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=2, max_size=30))
def test_the_interval_holds_the_figure_and_stays_within_its_bounds(rows: list[tuple[int, int]]) -> None:
    totals = np.array([[min(hit, size), size] for hit, size in rows], dtype=float)
    found = bootstrap_interval(totals, share, scale="share", draws=100)
    if found.low is not None and found.high is not None and found.value is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1
    else:
        assert found.reason


def test_rows_are_added_up_by_cluster() -> None:
    rows = np.arange(12.0).reshape(6, 2)
    found = sum_by_cluster(rows, np.array([0, 2, 0, 2, 2, 0]), 3)
    assert found.tolist() == [[14.0, 17.0], [0.0, 0.0], [16.0, 19.0]]
