"""The compiled loops give the same numbers as the plain ones, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.classifier import FramingClassifier, features, pieces, tokens, weights
from framing.classifier.compiled import COMPILED

pytestmark = pytest.mark.skipif(not COMPILED, reason="framing was installed without a compiler")

TEXTS = st.lists(
    st.text(
        st.characters() | st.sampled_from('aAzZ09_#?!.’”"»)]«ÉéİßǅⅨ①Ⓐ 　\x1c\n\t\ud800\U0001f600'),
        max_size=40,
    )
    | st.sampled_from(
        ["", "a" * 300, "well-known", "##ing", "it's", "don’t_do", "naïve Ångström", "x" * 101 + "."]
    ),
    max_size=12,
)


def same(one: object, other: object) -> None:
    if isinstance(one, tokens.Lists):
        one, other = (one.starts, one.values), (other.starts, other.values)  # type: ignore[attr-defined]
    if isinstance(one, tuple):
        for part, twin in zip(one, other, strict=True):  # type: ignore[arg-type]
            same(part, twin)
        return
    assert one.dtype == other.dtype  # type: ignore[attr-defined]
    assert np.array_equal(one, other)  # type: ignore[arg-type]


@given(st.lists(TEXTS, max_size=4))
def test_texts_are_cut_into_the_same_numbers(batches: list[list[str]]):
    plain, compiled = features.Numbering(), features.native.Numbering()
    for texts in batches:
        known = len(plain)
        same(plain.cut(texts), compiled.cut(texts))
        assert plain.since(known) == compiled.since(known)
    assert (list(plain), len(plain)) == (list(compiled), len(compiled))


@given(TEXTS)
def test_tokens_are_described_by_the_same_numbers(texts: list[str]):
    held = [token[: tokens.LONGEST] for text in texts for token in text.split()]
    small = [token.lower() for token in held]
    same(tokens._plain(held, small), tokens._compiled(held, small))


def test_every_character_is_of_the_same_kinds():
    held = [chr(code) for code in range(0x110000) if not chr(code).isspace()]
    for start in range(0, len(held), 100_000):
        part = held[start : start + 100_000]
        same(tokens._plain(part, part), tokens._compiled(part, part))
        assert pieces.native.Pieces(["a"]).cut(part, pieces._plain)[0].sum() >= 0
    whole = ["x".join(chr(code) for code in range(0x3000))]
    same(features.Numbering().cut(whole), features.native.Numbering().cut(whole))


@given(TEXTS)
@settings(deadline=None)
def test_tokens_have_the_same_pieces(texts: list[str]):
    table = pieces.piece_table()
    small = [token.lower() for text in texts for token in text.split()]
    same(table._cut_all(small), table.pieces(small))


def test_pieces_of_a_small_table_are_the_longest_that_fit():
    names = ["a", "##b", "ab", "##bc", "##c", "abcd", "-", "é"]
    table = pieces.PieceTable(names, np.zeros((len(names), 1), np.int8), np.ones(1, np.float32))
    small = ["abcbc", "abcd", "abcde", "a-ab", "##b", "e\u0301", "é", "-" * 120, "a" * 120, "", "_"]
    same(table._cut_all(small), table.pieces(small))


@given(st.lists(st.integers(0, 2**32 - 1)), st.lists(st.integers(0, 2**32 - 1)))
def test_the_same_keys_are_found(keys: list[int], others: list[int]):
    held = np.unique(np.array([*keys, 0, 2**32 - 1], dtype=np.uint32))
    vocabulary = weights.Vocabulary(held, np.ones(len(held)))
    asked = np.array([*keys[::2], *others, 0], dtype=np.uint32)
    same(vocabulary._find(asked), vocabulary.find(asked))


def test_many_tokens_keep_their_numbers():
    texts = [f"token{n} {n % 977} ü{n}" for n in range(50_000)]
    plain, compiled = features.Numbering(), features.native.Numbering()
    same(plain.cut(texts), compiled.cut(texts))
    same(plain.cut(texts[::-1]), compiled.cut(texts[::-1]))


def test_a_model_is_the_same_without_the_compiled_loops(monkeypatch: pytest.MonkeyPatch):
    texts = [
        f"{'Will' if n % 3 else 'No'} storm no. {n} hit us? “Never,” said Jo-{n % 7}!" for n in range(60)
    ]
    classes = ["even" if len(text) % 2 else "odd" for text in texts]
    scores = [FramingClassifier().fit(texts, classes).predict_proba(texts)]
    for module in (features, pieces, tokens, weights):
        monkeypatch.setattr(module, "COMPILED", False)
    pieces.piece_table.cache_clear()
    scores.append(FramingClassifier().fit(texts, classes).predict_proba(texts))
    pieces.piece_table.cache_clear()
    same(*scores)
