"""Pairs of like texts, without comparing all pairs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.neighbours import Pairs, neighbour_pairs
from framing.terms import TermCounts, Vectors

WORDS = "dam crack Ashmouth water valley engineer bread price baker Averland wolf school Orrel fence".split()
texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), min_size=2, max_size=12
)


def counted(given_texts: list[str]) -> TermCounts:
    counts = TermCounts()
    counts.add(given_texts)
    return counts


def found_pairs(vectors: Vectors, **asked: object) -> Pairs:
    """All blocks of pairs as one, each pair once, in rising order."""
    known = {
        (int(i), int(j)): float(c)
        for block in neighbour_pairs(vectors, **asked)
        for i, j, c in zip(block.first, block.second, block.cosine, strict=True)
    }
    keys = sorted(known)
    return Pairs(
        np.array([i for i, _ in keys], dtype=np.int32),
        np.array([j for _, j in keys], dtype=np.int32),
        np.array([known[key] for key in keys], dtype=np.float32),
    )


@settings(max_examples=40, deadline=None)
@given(texts, st.floats(0.05, 0.9))
def test_pairs_and_cosines_are_those_of_all_pairs(some, floor):
    vectors = counted(some).vectors()
    found = found_pairs(vectors, floor=floor)
    matrix = vectors.rows(range(len(vectors)))
    full = (matrix @ matrix.T).toarray()
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
    found = found_pairs(counted(some).vectors(), floor=0.1, days=days, window=3.0)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(0, 2), (2, 3)]


def test_a_window_longer_than_a_day_misses_no_pair():
    rng = np.random.default_rng(3)
    some = [" ".join(rng.choice(WORDS, 4)) for _ in range(60)]
    days = rng.uniform(0, 30, 60)
    vectors = counted(some).vectors()
    near = found_pairs(vectors, floor=0.2, days=days, window=2.0)
    ever = found_pairs(vectors, floor=0.2)
    close = np.abs(days[ever.first] - days[ever.second]) <= 2.0
    assert near.first.tolist() == ever.first[close].tolist()
    assert near.second.tolist() == ever.second[close].tolist()
    assert 0 < close.sum() < len(close)


def test_a_large_pool_looked_at_block_by_block_gives_the_pairs_of_a_small_one(monkeypatch):
    rng = np.random.default_rng(7)
    some = [" ".join(rng.choice(WORDS, 4)) for _ in range(50)]
    vectors = counted(some).vectors()
    days = rng.uniform(0, 9, 50)
    whole = [found_pairs(vectors, floor=0.2), found_pairs(vectors, floor=0.2, days=days)]
    for name, size in {"_LARGE": 5, "_ROWS": 7, "_COLUMNS": 11, "_CHUNK": 3, "_EXACT": 4}.items():
        monkeypatch.setattr(f"framing.neighbours.{name}", size)
    parts = [found_pairs(vectors, floor=0.2), found_pairs(vectors, floor=0.2, days=days)]
    for one, other in zip(whole, parts, strict=True):
        assert len(one.first) > 20
        assert one.first.tolist() == other.first.tolist()
        assert one.second.tolist() == other.second.tolist()
        assert np.allclose(one.cosine, other.cosine)


def test_only_so_many_neighbours_are_kept_and_the_likeliest_of_all_blocks(monkeypatch):
    monkeypatch.setattr("framing.neighbours._LARGE", 5)
    monkeypatch.setattr("framing.neighbours._COLUMNS", 4)
    rng = np.random.default_rng(7)
    some = [" ".join(rng.choice(WORDS, 4)) for _ in range(40)]
    vectors = counted(some).vectors()
    every = {
        (i, j): c
        for b in neighbour_pairs(vectors, floor=0.01)
        for i, j, c in zip(b.first, b.second, b.cosine, strict=True)
    }
    few = {
        (i, j)
        for b in neighbour_pairs(vectors, floor=0.01, top=2)
        for i, j in zip(b.first, b.second, strict=True)
    }
    assert len(few) < len(every)
    for text in range(40):
        own = sorted((c for pair, c in every.items() if text in pair), reverse=True)
        kept = [every[pair] for pair in few if text in pair]
        assert max(kept) == max(own)


def test_no_texts_and_texts_without_words_have_no_neighbours():
    assert len(found_pairs(counted([]).vectors(), floor=0.1).first) == 0
    assert len(found_pairs(counted(["", "…", "a"]).vectors(), floor=0.1).first) == 0
    assert len(found_pairs(counted(["one text"]).vectors(), floor=0.1).first) == 0


def test_a_background_tells_common_words_from_telling_ones():
    some = ["the water of the town", "the bread of the town", "the water of the town"]
    alone = found_pairs(counted(some).vectors(), floor=0.01)
    common = counted(["the price of the town"] * 50)
    told = found_pairs(counted(some).vectors(common), floor=0.01)
    weights = dict(zip(zip(told.first.tolist(), told.second.tolist(), strict=True), told.cosine, strict=True))
    assert weights[(0, 2)] > 0.99
    assert weights.get((0, 1), 0.0) < 0.05
    assert len(alone.first) >= 1


def test_counts_and_vectors_in_files_are_those_in_memory(tmp_path):
    rng = np.random.default_rng(5)
    some = [" ".join(rng.choice(WORDS, 6)) for _ in range(40)] + ["", "Wend " * 400]
    held = counted(some)
    with (tmp_path / "words").open("w+b") as words, (tmp_path / "vectors").open("w+b") as stream:
        filed = TermCounts(words)
        filed.add(some)
        order = list(reversed(range(len(some))))
        vectors = filed.vectors(order=order, stream=stream)
        expected = held.vectors().rows(order)
        got = vectors.rows(range(len(some)))
        assert (got != expected).nnz == 0
        assert got.indptr.tolist() == expected.indptr.tolist()
        assert got.indptr[-1] > 0
        assert words.seek(0, 2) == 4 * got.nnz
        assert stream.seek(0, 2) == 8 * got.nnz
        found, known = found_pairs(vectors, floor=0.1), found_pairs(held.vectors(), floor=0.1)
        mirrored = {
            (len(some) - 1 - j, len(some) - 1 - i) for i, j in zip(found.first, found.second, strict=True)
        }
        assert mirrored == set(zip(known.first, known.second, strict=True))
        assert mirrored


def test_a_file_without_any_word_is_no_trouble(tmp_path):
    with (tmp_path / "words").open("w+b") as words, (tmp_path / "vectors").open("w+b") as stream:
        counts = TermCounts(words)
        counts.add(["", "a"])
        assert counts.vectors(stream=stream).rows([0, 1]).nnz == 0
