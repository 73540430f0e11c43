"""What the classifier sees of a unit: counts of its words and letters, its meaning, place and shape."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from framing.classifier.compiled import COMPILED, native
from framing.classifier.pieces import PieceTable
from framing.classifier.tokens import SHAPES, Counts, Described, Hashes, Lists, describe, pair_hashes
from framing.records import REGIONS, Unit, as_text

Floats = NDArray[np.float64]

#: The columns of the table that the estimator takes; only `text` must be there.
COLUMNS = ("text", "region", "region_before", "region_after", "position")
NEIGHBOURS = ("region", "region_before", "region_after")
SHAPE_NAMES = (
    "capitals",
    "capitalised words",
    "question",
    "exclamation",
    "quotation",
    "digits",
    "length",
    "ends like a sentence",
    "one to three words",
)
PLACE_NAMES = (*(f"{name}={region}" for name in NEIGHBOURS for region in REGIONS), "position")
_CODE = {region: index for index, region in enumerate(REGIONS)}
_LONG, _DEEP, _FEW = 300, 50, 3


@dataclass(frozen=True, slots=True)
class Columns:
    """Units as the estimator reads them.

    Attributes
    ----------
    texts : sequence of str
    regions : ndarray of int8, shape (n_units, 3)
        Index into `REGIONS` of the unit's region, the one before and the one after; -1: not known.
    positions : ndarray of shape (n_units,)
        Number of the unit on its page, from 0.
    """

    texts: Sequence[str]
    regions: NDArray[np.int8]
    positions: Floats

    def __len__(self) -> int:
        return len(self.texts)

    def batches(self, size: int) -> Iterator["Columns"]:
        """The same units, `size` at a time."""
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            yield Columns(self.texts[part], self.regions[part], self.positions[part])


def columns_of(units: Any) -> Columns:
    """Bring strings, units or a table into columns; what is missing is empty.

    Parameters
    ----------
    units : DataFrame with a column ``text``, or sequence of str or Unit
        Of a table `COLUMNS` are read. Units of one article must follow one another in the order of
        the page for their neighbours' regions to be known.

    Raises
    ------
    ValueError
        If it is one string, a table without ``text``, or has more than one column of texts.

    Examples
    --------
    >>> columns_of(["Rain.", "Snow."]).regions.tolist()
    [[-1, -1, -1], [-1, -1, -1]]
    """
    if isinstance(units, Columns):
        return units
    if hasattr(units, "columns"):
        return _of_table(units)
    if isinstance(units, str) or not hasattr(units, "__iter__"):
        raise ValueError(f"found {type(units).__name__}, expected a sequence of texts or units")
    if getattr(units, "ndim", 1) != 1:
        raise ValueError(f"found an array of {units.ndim} dimensions, expected one text a unit")
    held = units if isinstance(units, list) else list(units)
    if any(isinstance(unit, Unit) for unit in held):
        return _of_units(held)
    texts = held if all(type(text) is str for text in held) else [as_text(text) for text in held]
    return Columns(texts, np.full((len(texts), 3), -1, dtype=np.int8), np.zeros(len(texts)))


def _of_table(table: Any) -> Columns:
    import pandas as pd

    if "text" not in table.columns:
        found = " ".join(map(str, table.columns))
        raise ValueError(f"found the columns {found or '(none)'}, expected a column text")
    whole = table.reindex(columns=list(COLUMNS))
    numbers = pd.to_numeric(whole["position"], errors="coerce").fillna(0).to_numpy(dtype=np.float64)
    codes = [[_CODE.get(region, -1) for region in whole[name].tolist()] for name in NEIGHBOURS]
    texts = [as_text(text) for text in whole["text"].tolist()]
    return Columns(texts, np.array(codes, dtype=np.int8).T, numbers)


def _of_units(units: Sequence[Any]) -> Columns:
    own = [_CODE.get(unit.region, -1) if isinstance(unit, Unit) else -1 for unit in units]
    articles = [unit.article_id if isinstance(unit, Unit) else "" for unit in units]
    same = [bool(a) and a == b for a, b in pairwise(articles)]
    before = [-1, *(region if together else -1 for region, together in zip(own, same, strict=False))]
    after = [*(region if together else -1 for region, together in zip(own[1:], same, strict=True)), -1]
    texts = [unit.text if isinstance(unit, Unit) else as_text(unit) for unit in units]
    positions = [unit.position if isinstance(unit, Unit) else 0 for unit in units]
    regions = np.array([own, before, after], dtype=np.int8).T
    return Columns(texts, regions, np.array(positions, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Sequences:
    """Units as rows of token numbers.

    Attributes
    ----------
    starts : ndarray of int, shape (n_units + 1,)
        Unit `i` holds ``tokens[starts[i]:starts[i + 1]]``.
    tokens : ndarray of int
    """

    starts: Counts
    tokens: Counts

    def counts(self, width: int) -> csr_matrix:
        """How often each token stands in each unit, shape (n_units, width); not summed up."""
        ones = np.ones(len(self.tokens))
        return csr_matrix((ones, self.tokens, self.starts), shape=(len(self.starts) - 1, width))

    def pairs(self, first: Hashes, last: Hashes) -> tuple[Counts, Hashes, Counts]:
        """Pairs of words that neighbour across tokens of a unit.

        Parameters
        ----------
        first, last : ndarray of uint32, shape (n_tokens,)
            Hash of each token's first and last word, 0 where it has none.

        Returns
        -------
        units : ndarray of int
            The unit that each pair stands in.
        hashes : ndarray of uint32
        places : ndarray of int
            Index into `tokens` of the pair's second token.
        """
        units = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        places = np.flatnonzero(first[self.tokens])
        tokens, owners = self.tokens[places], units[places]
        same = np.flatnonzero(owners[1:] == owners[:-1])
        hashes = pair_hashes(last[tokens[same]], first[tokens[same + 1]])
        return owners[same], hashes, places[same + 1]


class Numbering:
    """Numbers for tokens, each the next one at its first look-up."""

    def __init__(self) -> None:
        self._numbers = defaultdict[str, int](count().__next__)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def since(self, known: int) -> list[str]:
        """The tokens from a number on."""
        return list(islice(self._numbers, known, None))

    def cut(self, texts: Sequence[str]) -> tuple[Counts, Counts]:
        """Cut texts at white space into numbered tokens: where each text's begin, and all of them."""
        cut = [text.split() for text in texts]
        starts = np.zeros(len(cut) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, cut), dtype=np.int64, count=len(cut)), out=starts[1:])
        flat = chain.from_iterable(cut)
        tokens = np.fromiter(map(self._numbers.__getitem__, flat), dtype=np.int64, count=int(starts[-1]))
        return starts, tokens


def numbering() -> "Numbering | native.Numbering":
    """A fresh numbering, compiled if it can be."""
    return native.Numbering() if COMPILED else Numbering()


def shape_matrix(sums: Floats, tokens: Floats, endings: Floats) -> Floats:
    """Shape of units from the sums over their tokens.

    Parameters
    ----------
    sums : ndarray of shape (n_units, len(SHAPES))
        `Described.shapes` summed over the unit's tokens.
    tokens : ndarray of shape (n_units,)
        How many tokens each unit has.
    endings : ndarray of shape (n_units,)
        Whether the last token ends as a sentence does, 0 or 1.

    Returns
    -------
    ndarray of shape (n_units, len(SHAPE_NAMES))
        Values from 0 to 1.
    """
    of = dict(zip(SHAPES, sums.T, strict=True))
    characters = of["characters"] + np.maximum(tokens - 1, 0)
    return np.column_stack(
        [
            of["capitals"] / np.maximum(of["letters"], 1),
            of["capitalised"] / np.maximum(of["words"], 1),
            of["questions"] > 0,
            of["exclamations"] > 0,
            of["quotes"] > 0,
            of["digits"] / np.maximum(characters, 1),
            np.minimum(characters, _LONG) / _LONG,
            endings,
            (of["words"] > 0) & (of["words"] <= _FEW),
        ]
    )


def place_matrix(units: Columns) -> Floats:
    """Regions of the unit and its neighbours, and how far down the page it stands.

    Returns
    -------
    ndarray of shape (n_units, len(PLACE_NAMES))
        Values from 0 to 1; a region that is not known is all zeros.
    """
    known = np.eye(len(REGIONS) + 1)[:, :-1]
    deep = np.clip(units.positions, 0, _DEEP) / _DEEP
    regions = [known[units.regions[:, column]] for column in range(len(NEIGHBOURS))]
    return np.column_stack([*regions, np.where(units.regions[:, 0] >= 0, deep, 0.0)])


@dataclass(frozen=True, slots=True)
class Grams:
    """How often each word, pair or run of letters stands in each unit.

    Attributes
    ----------
    counts : csr_matrix of shape (n_units, n_keys)
    keys : ndarray of uint32, shape (n_keys,)
        Hashes, ascending.
    """

    counts: csr_matrix
    keys: Hashes

    def rows(self, index: Any) -> "Grams":
        """The same of some units."""
        return Grams(self.counts[index], self.keys)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Units as numbers, before anything is learnt: made once for all folds.

    Attributes
    ----------
    words, letters : Grams
    meaning : ndarray of shape (n_units, n_dimensions)
        Mean of the vectors of the unit's word pieces.
    shape : ndarray of shape (n_units, len(SHAPE_NAMES))
    place : ndarray of shape (n_units, len(PLACE_NAMES))
    """

    words: Grams
    letters: Grams
    meaning: Floats
    shape: Floats
    place: Floats

    def __len__(self) -> int:
        return len(self.shape)

    def rows(self, index: Any) -> "Encoded":
        """The same of some units."""
        return Encoded(
            self.words.rows(index),
            self.letters.rows(index),
            self.meaning[index],
            self.shape[index],
            self.place[index],
        )

    def unplaced(self) -> "Encoded":
        """The same as if it were not known where on a page they stand."""
        return Encoded(self.words, self.letters, self.meaning, self.shape, np.zeros_like(self.place))


def encode(units: Columns, pieces: PieceTable | None) -> Encoded:
    """Turn units into numbers.

    Parameters
    ----------
    units : Columns
    pieces : PieceTable or None
        None: `Encoded.meaning` has no columns.
    """
    numbers = numbering()
    found = Sequences(*numbers.cut(units.texts))
    told = describe(list(numbers), pieces)
    counts = found.counts(len(numbers))
    tokens = np.diff(found.starts)
    owners, hashes, _ = found.pairs(told.first, told.last)
    return Encoded(
        words=_with_pairs(counts, told, owners, hashes),
        letters=_grams(counts, told.letters),
        meaning=_meaning(counts, told.pieces, pieces),
        shape=shape_matrix(counts @ told.shapes, tokens, ends(found, told.shapes)),
        place=place_matrix(units),
    )


def ends(found: Sequences, shapes: Floats) -> Floats:
    """Whether each unit's last token ends as a sentence does, 0 or 1; 0 for an empty unit."""
    told = np.zeros(len(found.starts) - 1)
    some = np.diff(found.starts) > 0
    told[some] = shapes[found.tokens[found.starts[1:][some] - 1], SHAPES.index("ending")]
    return told


def _grams(counts: csr_matrix, lists: Lists) -> Grams:
    keys, columns = np.unique(lists.values, return_inverse=True)
    ones = np.ones(len(columns))
    held = csr_matrix((ones, columns, lists.starts), shape=(counts.shape[1], len(keys)))
    summed = csr_matrix(counts @ held)
    summed.sum_duplicates()
    return Grams(summed, keys)


def _with_pairs(counts: csr_matrix, told: Described, owners: Counts, hashes: Hashes) -> Grams:
    """Words and pairs within tokens, and the pairs across tokens."""
    inside = _grams(counts, told.words)
    keys = np.union1d(inside.keys, hashes)
    within = inside.counts.tocoo()
    rows = np.concatenate([within.row, owners])
    columns = np.concatenate([np.searchsorted(keys, inside.keys)[within.col], np.searchsorted(keys, hashes)])
    values = np.concatenate([within.data, np.ones(len(owners))])
    return Grams(csr_matrix((values, (rows, columns)), shape=(counts.shape[0], len(keys))), keys)


def _meaning(counts: csr_matrix, lists: Lists, table: PieceTable | None) -> Floats:
    if table is None:
        return np.zeros((counts.shape[0], 0))
    held = csr_matrix(
        (np.ones(len(lists.values)), lists.values, lists.starts),
        shape=(counts.shape[1], len(table.vectors)),
    )
    number = counts @ np.diff(lists.starts).astype(float)
    sums = csr_matrix(counts @ held) @ table.matrix()
    return np.asarray(sums / np.maximum(number, 1)[:, None])
