"""What was learnt: for each block of features what one of them adds to each class."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from framing.classifier.compiled import COMPILED, native
from framing.classifier.features import Encoded, Floats, Grams
from framing.classifier.tokens import Hashes

#: Blocks in the order in which they stand side by side.
GRAMS = ("words", "letters")
DENSE = ("meaning", "shape", "place")
_HEAD_BITS = 18
#: Of so few stories even a word of framing may stand in one.
_FEW_GROUPS = 10
#: Meanings that differ by less are the same but for rounding.
_SAME = 1e-9
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
    def learn(cls, grams: Grams, at_least: int, groups: NDArray[np.int64] | None = None) -> "Vocabulary":
        """Keep what stands in `at_least` units, and groups if given; idf as in scikit-learn, smoothed.

        Parameters
        ----------
        grams : Grams
        at_least : int
        groups : ndarray of int, shape (n_units,), optional
            The number of each unit's group, from 0.
        """
        units = np.bincount(grams.counts.indices, minlength=len(grams.keys))
        enough = units >= at_least
        if groups is not None:
            shape = (int(groups.max()) + 1, len(groups))
            members = csr_matrix((np.ones(len(groups)), (groups, np.arange(len(groups)))), shape=shape)
            held = csr_matrix(members @ grams.counts)
            enough &= np.bincount(held.indices, minlength=len(grams.keys)) >= at_least
        kept = np.flatnonzero(enough)
        idf = np.log((1 + grams.counts.shape[0]) / (1 + units[kept])) + 1
        return cls(grams.keys[kept], _rounded(idf))

    def find(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which of some hashes are known, and as which key: two arrays of indices."""
        if COMPILED:
            return native.find(self.keys, self._index, hashes, _HEAD_BITS)
        return self._find(hashes)

    def _find(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        steps, heads = self._index, hashes >> np.uint32(32 - _HEAD_BITS)
        spots, ends = steps[heads], steps[heads + 1]
        found = np.full(len(hashes), -1, dtype=np.int64)
        left = np.flatnonzero(spots < ends)
        spots, ends, wanted = spots[left], ends[left], hashes[left]
        while len(left):
            hit = self.keys[spots] == wanted
            found[left[hit]] = spots[hit]
            on = ~hit & (spots + 1 < ends)
            left, spots, ends, wanted = left[on], spots[on] + 1, ends[on], wanted[on]
        known = np.flatnonzero(found >= 0)
        return known, found[known]

    @cached_property
    def _index(self) -> NDArray[np.int32]:
        """Where the keys begin that share their first bits: a look-up instead of a search."""
        heads = np.arange(2**_HEAD_BITS + 1, dtype=np.uint64) << np.uint64(32 - _HEAD_BITS)
        return np.searchsorted(self.keys.astype(np.uint64), heads).astype(np.int32)

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
    def learn(cls, units: Encoded, blocks: tuple[str, ...], at_least: int, groups: Any = None) -> "Design":
        """Learn vocabularies and scales of the blocks that are switched on.

        Parameters
        ----------
        units : Encoded
        blocks : tuple of str
        at_least : int
            Words and runs of letters that stand in fewer units are left out.
        groups : sequence of str, length n_units, optional
            Story or article of each unit. Then they must stand in so many of these too, so that no
            story's own words are learnt; not where there are fewer than ten groups.

        Notes
        -----
        Meanings are scaled by their spread: what all units share would else make the rest small.
        """
        names, numbers = (None, None) if groups is None else np.unique(groups, return_inverse=True)
        kept_apart = numbers if names is not None and len(names) >= _FEW_GROUPS else None
        vocabularies = {
            name: Vocabulary.learn(getattr(units, name), at_least, kept_apart)
            for name in GRAMS
            if name in blocks
        }
        scales = {name: 1.0 for name in DENSE if name in blocks}
        if "meaning" in scales:
            spread = float(np.sqrt(units.meaning.var(axis=0).sum()))
            scales["meaning"] = 1 / spread if spread > _SAME else 0.0
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
