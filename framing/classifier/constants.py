"""Scoring by looking up: what a token adds to each class is computed once, then summed.

A unit's score is the sum over its tokens of three constants (words, letters, meaning), each divided
by one number of the unit, plus its pairs of words, shape and place. `scores` sums them up for a
batch; `contributions` gives the same summands one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from framing.classifier.features import (
    PLACE_NAMES,
    SHAPE_NAMES,
    Columns,
    Floats,
    Sequences,
    ends,
    numbering,
    place_matrix,
    shape_matrix,
)
from framing.classifier.pieces import PieceTable
from framing.classifier.tokens import SHAPES, Counts, Hashes, Lists, describe
from framing.classifier.weights import Vocabulary, Weights, inverse_root

#: How many units are scored at a time, and how many tokens are remembered between batches.
BATCH, REMEMBERED = 4096, 150_000


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one thing in a unit adds to the score of each class.

    Attributes
    ----------
    kind : str
        ``token``, ``pair``, ``shape``, ``place`` or ``intercept``.
    name : str
        The token, the two words, or the feature's name.
    added : ndarray of shape (n_classes,)
    """

    kind: str
    name: str
    added: Floats


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch with its sums over tokens and the one number each block is divided by."""

    units: Columns
    found: Sequences
    sums: Floats
    pairs: tuple[Counts, Counts, Counts]
    divisors: tuple[Floats, Floats, Floats]

    @property
    def shape(self) -> Floats:
        tokens = np.diff(self.found.starts).astype(np.float64)
        return shape_matrix(self.sums[:, -len(SHAPES) :], tokens, self.sums[:, -len(SHAPES) - 1])


class Constants:
    """Constants of the tokens seen so far; the scores never depend on which those were.

    Parameters
    ----------
    weights : Weights
    pieces : PieceTable or None
        None where the block ``meaning`` is switched off.
    """

    def __init__(self, weights: Weights, pieces: PieceTable | None) -> None:
        self._weights, self._pieces = weights, pieces
        self._classes = len(weights.intercept)
        self._meaning = pieces.matrix() @ weights.added["meaning"] if pieces else np.zeros((0, self._classes))
        self._forget()

    def _forget(self) -> None:
        self._numbers = numbering()
        self._known = 0
        self._rows = np.zeros((0, 3 * self._classes + 3 + len(SHAPES)))
        self._first: Hashes = np.zeros(0, dtype=np.uint32)
        self._last: Hashes = np.zeros(0, dtype=np.uint32)

    def scores(self, units: Columns) -> Floats:
        """Scores of units, shape (n_units, n_classes)."""
        parts = [self._scored(batch) for batch in units.batches(BATCH)]
        return np.vstack(parts) if parts else np.zeros((0, self._classes))

    def of_tokens(self, tokens: Columns) -> Floats:
        """What single tokens add by their words, letters and meaning, shape (n_tokens, n_classes)."""
        return self._divided(self._summed(tokens))

    def _divided(self, batch: _Batch) -> Floats:
        blocks = batch.sums[:, : 3 * self._classes].reshape(-1, 3, self._classes)
        return np.asarray(np.einsum("nbc,bn->nc", blocks, np.array(batch.divisors)))

    def contributions(self, units: Columns) -> Iterator[list[Contribution]]:
        """For each unit the summands of its scores, in the order of the text."""
        for columns in units.batches(BATCH):
            batch = self._summed(columns)
            names = list(self._numbers)
            for row in range(len(columns)):
                yield list(self._told(batch, row, names))

    def _scored(self, units: Columns) -> Floats:
        batch = self._summed(units)
        total = self._weights.intercept + self._divided(batch)
        if "shape" in self._weights.added:
            total += _times(batch.shape, self._weights.added["shape"])
        if "place" in self._weights.added:
            total += _times(place_matrix(units), self._weights.added["place"])
        return np.asarray(total)

    def _summed(self, units: Columns) -> _Batch:
        if len(self._numbers) > REMEMBERED:
            self._forget()
        found = Sequences(*self._numbers.cut(units.texts))
        self._learn()
        sums = np.asarray(found.counts(len(self._numbers)) @ self._rows[: self._known])
        pairs = self._add_pairs(found, sums)
        at = 3 * self._classes
        ending = ends(found, self._rows[:, at + 3 :])
        sums = np.insert(sums, at + 3, ending, axis=1)
        letters, words = inverse_root(sums[:, at + 1]), inverse_root(sums[:, at])
        meaning = 1 / np.maximum(sums[:, at + 2], 1)
        return _Batch(units, found, sums, pairs, (words, letters, meaning))

    def _add_pairs(self, found: Sequences, sums: Floats) -> tuple[Counts, Counts, Counts]:
        vocabulary = self._weights.vocabularies.get("words")
        if vocabulary is None:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing, nothing
        owners, hashes, places = found.pairs(self._first, self._last)
        known, spots = vocabulary.find(hashes)
        owners, places = owners[known], places[known]
        held = _held(np.searchsorted(owners, np.arange(len(sums) + 1)), spots, vocabulary)
        sums[:, : self._classes] += held @ self._weights.added["words"]
        sums[:, 3 * self._classes] += held @ vocabulary.idf**2
        return owners, spots, places

    def _learn(self) -> None:
        """Compute the constants of tokens that are new."""
        fresh = self._numbers.since(self._known)
        if not fresh:
            return
        told = describe(fresh, self._pieces)
        words, word_squares = self._grams("words", told.words)
        letters, letter_squares = self._grams("letters", told.letters)
        held = csr_matrix(
            (np.ones(len(told.pieces.values)), told.pieces.values, told.pieces.starts),
            shape=(len(fresh), len(self._meaning)),
        )
        number = np.diff(told.pieces.starts)
        rows = [words, letters, held @ self._meaning, word_squares, letter_squares, number, told.shapes]
        self._keep(np.column_stack(rows))
        self._first = np.concatenate([self._first, told.first])
        self._last = np.concatenate([self._last, told.last])

    def _keep(self, rows: Floats) -> None:
        """Add rows; room grows by half so that adding stays cheap."""
        end = self._known + len(rows)
        if end > len(self._rows):
            wider = np.zeros((max(end, len(self._rows) * 3 // 2), self._rows.shape[1]))
            wider[: self._known] = self._rows[: self._known]
            self._rows = wider
        self._rows[self._known : end] = rows
        self._known = end

    def _grams(self, block: str, lists: Lists) -> tuple[Floats, Floats]:
        count = len(lists.starts) - 1
        vocabulary: Vocabulary | None = self._weights.vocabularies.get(block)
        if vocabulary is None:
            return np.zeros((count, self._classes)), np.zeros(count)
        known, spots = vocabulary.find(lists.values.astype(np.uint32))
        held = _held(np.searchsorted(known, lists.starts), spots, vocabulary)
        return np.asarray(held @ self._weights.added[block]), np.asarray(held @ vocabulary.idf**2)

    def _told(self, batch: _Batch, row: int, names: list[str]) -> Iterator[Contribution]:
        size = self._classes
        divisors = [float(divisor[row]) for divisor in batch.divisors]
        yield Contribution("intercept", "intercept", self._weights.intercept)
        tokens = batch.found.tokens[batch.found.starts[row] : batch.found.starts[row + 1]]
        for token in tokens.tolist():
            blocks = self._rows[token, : 3 * size].reshape(3, size)
            yield Contribution("token", names[token], np.asarray(divisors @ blocks))
        owners, spots, places = batch.pairs
        for index in np.flatnonzero(owners == row).tolist():
            added = self._weights.added["words"][spots[index]] * divisors[0]
            yield Contribution("pair", _pair(batch.found, int(places[index]), self._first, names), added)
        yield from self._of_features("shape", SHAPE_NAMES, batch.shape[row])
        yield from self._of_features("place", PLACE_NAMES, _place(batch.units, row))

    def _of_features(self, block: str, names: tuple[str, ...], values: Floats) -> Iterator[Contribution]:
        if block in self._weights.added:
            for index in np.flatnonzero(values).tolist():
                yield Contribution(block, names[index], values[index] * self._weights.added[block][index])


def _times(values: Floats, weights: Floats) -> Floats:
    """A product without BLAS: after one so small its threads spin for a while."""
    return np.asarray(np.einsum("uf,fv->uv", values, weights))


def _held(starts: Counts, spots: Counts, vocabulary: Vocabulary) -> csr_matrix:
    """Which keys each row holds: row `i` those in ``spots[starts[i]:starts[i + 1]]``."""
    return csr_matrix((np.ones(len(spots)), spots, starts), shape=(len(starts) - 1, len(vocabulary.keys)))


def _pair(found: Sequences, place: int, first: Any, names: list[str]) -> str:
    """The two tokens whose neighbouring words make a pair; tokens without a word are skipped."""
    before = place - 1
    while not first[found.tokens[before]]:
        before -= 1
    return f"{names[found.tokens[before]]} {names[found.tokens[place]]}"


def _place(units: Columns, row: int) -> Floats:
    part = slice(row, row + 1)
    one = Columns(units.texts[part], units.regions[part], units.positions[part])
    return np.asarray(place_matrix(one)[0])
