"""Pairs of like texts, without comparing all pairs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.neighbours import TermCounts, neighbour_pairs

WORDS = "dam crack Ashmouth water valley engineer bread price baker Averland wolf school Orrel fence".split()
texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=2, max_size=12
)


def counted(given_texts: list[str]) -> TermCounts:
    counts = TermCounts()
    counts.add(given_texts)
    return counts


@settings(max_examples=40, deadline=None)
@given(texts, st.floats(0.05, 0.9))
def test_pairs_and_cosines_are_those_of_all_pairs(some, floor):
    vectors = counted(some).vectors()
    found = neighbour_pairs(vectors, floor=floor)
    full = (vectors @ vectors.T).toarray()
    expected = {
        (i, j): full[i, j] for i in range(len(some)) for j in range(i + 1, len(some)) if full[i, j] >= floor
    }
    got = {
        (int(i), int(j)): float(c) for i, j, c in zip(found.first, found.second, found.cosine, strict=True)
    }
    near_floor = {pair for pair, cosine in expected.items() if abs(cosine - floor) < 1e-5}
    assert set(got) - near_floor == set(expected) - near_floor
    assert all(abs(got[pair] - min(1, expected[pair])) < 1e-5 for pair in got if pair in expected)


def test_only_dated_texts_within_the_window_are_paired():
    some = ["Ashmouth dam crack", "bread price rises", "Ashmouth dam crack", "Ashmouth dam crack", "wolf"]
    days = np.array([0.0, 0.0, 3.0, 3.5, np.nan])
    found = neighbour_pairs(counted(some).vectors(), floor=0.1, days=days, window=3.0)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(0, 2), (2, 3)]


def test_a_window_longer_than_a_day_misses_no_pair():
    rng = np.random.default_rng(3)
    some = [" ".join(rng.choice(WORDS, 4)) for _ in range(60)]
    days = rng.uniform(0, 30, 60)
    vectors = counted(some).vectors()
    near = neighbour_pairs(vectors, floor=0.2, days=days, window=2.0)
    ever = neighbour_pairs(vectors, floor=0.2)
    close = np.abs(days[ever.first] - days[ever.second]) <= 2.0
    assert near.first.tolist() == ever.first[close].tolist()
    assert near.second.tolist() == ever.second[close].tolist()
    assert 0 < close.sum() < len(close)


def test_no_texts_and_texts_without_words_have_no_neighbours():
    assert len(neighbour_pairs(counted([]).vectors(), floor=0.1).first) == 0
    assert len(neighbour_pairs(counted(["", "…", "a"]).vectors(), floor=0.1).first) == 0
    assert len(neighbour_pairs(counted(["one text"]).vectors(), floor=0.1).first) == 0


def test_a_background_tells_common_words_from_telling_ones():
    some = ["the water of the town", "the bread of the town", "the water of the town"]
    alone = neighbour_pairs(counted(some).vectors(), floor=0.01)
    common = counted(["the price of the town"] * 50)
    told = neighbour_pairs(counted(some).vectors(common), floor=0.01)
    weights = dict(zip(zip(told.first.tolist(), told.second.tolist(), strict=True), told.cosine, strict=True))
    assert weights[(0, 2)] > 0.99
    assert weights.get((0, 1), 0.0) < 0.05
    assert len(alone.first) >= 1
