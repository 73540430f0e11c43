"""What was learnt: for each block of features what one of them adds to each class."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from framing.classifier.features import Encoded, Floats, Grams
from framing.classifier.tokens import Hashes

#: Blocks in the order in which they stand side by side.
GRAMS = ("words", "letters")
DENSE = ("meaning", "shape", "place")
_HEAD_BITS = 18
BLOCKS = (*GRAMS, *DENSE)


@dataclass(frozen=True)
class Vocabulary:
    """Which words, pairs and runs of letters count, and how rare they are.

    Attributes
    ----------
    keys : ndarray of uint32, shape (n_keys,)
        Hashes, ascending.
    idf : ndarray of shape (n_keys,)
    """

    keys: Hashes
    idf: Floats

    @classmethod
    def learn(cls, grams: Grams, at_least: int) -> "Vocabulary":
        """Keep what stands in `at_least` units; idf as in scikit-learn, smoothed."""
        units = np.bincount(grams.counts.indices, minlength=len(grams.keys))
        kept = np.flatnonzero(units >= at_least)
        idf = np.log((1 + grams.counts.shape[0]) / (1 + units[kept])) + 1
        return cls(grams.keys[kept], _rounded(idf))

    def find(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which of some hashes are known, and as which key: two arrays of indices."""
        steps, heads = self._index, hashes >> np.uint32(32 - _HEAD_BITS)
        spots, left = steps[heads], np.arange(len(hashes))
        ends = steps[heads + 1]
        places, found = [], []
        while len(left):
            left = left[spots[left] < ends[left]]
            hit = self.keys[spots[left]] == hashes[left]
            places.append(left[hit])
            found.append(spots[left[hit]])
            left = left[~hit]
            spots[left] += 1
        known = np.concatenate([np.zeros(0, dtype=np.int64), *places])
        order = np.argsort(known, kind="stable")
        return known[order], np.concatenate([np.zeros(0, dtype=np.int64), *found])[order]

    @cached_property
    def _index(self) -> NDArray[np.int64]:
        """Where the keys begin that share their first bits: a look-up instead of a search."""
        heads = np.arange(2**_HEAD_BITS + 1, dtype=np.uint64) << np.uint64(32 - _HEAD_BITS)
        return np.asarray(np.searchsorted(self.keys.astype(np.uint64), heads))

    def matrix(self, grams: Grams) -> csr_matrix:
        """Weighted counts of units, shape (n_units, n_keys).

        Notes
        -----
        A unit's row is divided by ``sqrt(sum of count * idf**2)``, not by its length as in tf-idf:
        so what one token adds does not depend on how often it stands in the unit.
        """
        known, spot = self.find(grams.keys)
        counts = grams.counts[:, known]
        columns = csr_matrix(
            (np.ones(len(known)), (np.arange(len(known)), spot)), shape=(len(known), len(self.keys))
        )
        placed = csr_matrix(counts @ columns)
        return csr_matrix(diags(inverse_root(placed @ self.idf**2)) @ placed @ diags(self.idf))


def inverse_root(squares: Floats) -> Floats:
    """One by the root, 0 for 0."""
    roots = np.sqrt(squares)
    return np.asarray(np.divide(1.0, roots, out=np.zeros_like(roots), where=roots > 0))


def _rounded(numbers: Floats) -> Floats:
    """To single precision, as they are saved, so that a model predicts the same before and after."""
    return numbers.astype(np.float32).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Design:
    """How units become rows of numbers, learnt from the training units alone.

    Attributes
    ----------
    vocabularies : mapping of str to Vocabulary
        By block of `GRAMS`; a block that is switched off is missing.
    scales : mapping of str to float
        By block of `DENSE`: what its numbers are multiplied by.
    """

    vocabularies: Mapping[str, Vocabulary]
    scales: Mapping[str, float]

    @classmethod
    def learn(cls, units: Encoded, blocks: tuple[str, ...], at_least: int) -> "Design":
        """Learn vocabularies and scales of the blocks that are switched on."""
        vocabularies = {
            name: Vocabulary.learn(getattr(units, name), at_least) for name in GRAMS if name in blocks
        }
        scales = {name: 1.0 for name in DENSE if name in blocks}
        if "meaning" in scales:
            size = float(np.sqrt((units.meaning**2).sum(axis=1).mean()))
            scales["meaning"] = 1 / size if size else 0.0
        return cls(vocabularies, scales)

    def matrix(self, units: Encoded) -> csr_matrix:
        """Rows of numbers, blocks in their order side by side."""
        parts = [found.matrix(getattr(units, name)) for name, found in self.vocabularies.items()]
        parts += [csr_matrix(getattr(units, name) * scale) for name, scale in self.scales.items()]
        return csr_matrix(hstack(parts, format="csr"), dtype=np.float32)

    def sizes(self, units: Encoded) -> dict[str, int]:
        """Columns of each block."""
        grams = {name: len(found.keys) for name, found in self.vocabularies.items()}
        return grams | {name: getattr(units, name).shape[1] for name in self.scales}


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to each class.

    Attributes
    ----------
    vocabularies : mapping of str to Vocabulary
        By block of `GRAMS`.
    added : mapping of str to ndarray of shape (n_features, n_classes)
        By block; idf and scale are in it already.
    intercept : ndarray of shape (n_classes,)
    """

    vocabularies: Mapping[str, Vocabulary]
    added: Mapping[str, Floats]
    intercept: Floats

    @classmethod
    def of(cls, design: Design, units: Encoded, coef: Floats, intercept: Floats) -> "Weights":
        """Cut coefficients of shape (n_classes, n_columns) into blocks, in single precision."""
        added, start = {}, 0
        for name, size in design.sizes(units).items():
            block = coef.T[start : start + size].astype(np.float64)
            if name in design.vocabularies:
                block = block * design.vocabularies[name].idf[:, None]
            else:
                block = block * design.scales[name]
            added[name] = _rounded(block)
            start += size
        return cls(design.vocabularies, added, _rounded(intercept))

    def scores(self, units: Encoded) -> Floats:
        """Scores of encoded units, shape (n_units, n_classes)."""
        total = np.tile(self.intercept, (len(units), 1))
        for name, block in self.added.items():
            found = getattr(units, name)
            if name not in self.vocabularies:
                total += found @ block
                continue
            vocabulary = self.vocabularies[name]
            known, spot = vocabulary.find(found.keys)
            counts = found.counts[:, known]
            total += (counts @ block[spot]) * inverse_root(counts @ vocabulary.idf[spot] ** 2)[:, None]
        return total
