"""Static embeddings: a table of word pieces that ships with the package, read-only data."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framing.classifier.compiled import COMPILED, native
from framing.errors import ModelError

Rows = NDArray[np.int64]

FOLDER = Path(__file__).parent / "_embeddings"
_FRAGMENT = re.compile(r"[^\W_]+|[^\w\s]|_|\n")
_LONGEST_FRAGMENT = 100
#: So many signs at a name's beginning tell how long it can be; shorter names are tried at any place.
_HEAD, _SHORT = 3, (2, 1)


class PieceTable:
    """Vectors of word pieces in eight bits.

    Parameters
    ----------
    names : list of str
        The pieces; those that continue a word begin with ``##``.
    vectors : ndarray of int8, shape (n_pieces, n_dimensions)
    scales : ndarray of float32, shape (n_dimensions,)
        What a step of one is worth in each dimension.

    Attributes
    ----------
    fingerprint : str
        Changes with any piece or number; models remember it.
    """

    def __init__(self, names: list[str], vectors: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        self.index = {name: row for row, name in enumerate(names)}
        self._inner = {name[2:]: row for name, row in self.index.items() if name.startswith("##")}
        self._native = native.Pieces(names) if COMPILED else None
        self._sizes = _sizes(self.index), _sizes(self._inner)
        self.vectors, self.scales = vectors, scales
        content = "\n".join(names).encode() + vectors.tobytes() + scales.tobytes()
        self.fingerprint = hashlib.blake2b(content, digest_size=8).hexdigest()

    @property
    def dimensions(self) -> int:
        """How many numbers a piece has."""
        return int(self.vectors.shape[1])

    def matrix(self) -> NDArray[np.float64]:
        """The vectors as floats, shape (n_pieces, n_dimensions)."""
        return self.vectors.astype(np.float64) * self.scales

    def pieces(self, tokens: Sequence[str]) -> tuple[Rows, Rows]:
        """Rows of tokens' pieces: the longest that fit, from the left, as in BERT.

        Parameters
        ----------
        tokens : sequence of str
            In small letters, without white space. Fragments that don't fit are left out.

        Returns
        -------
        sizes : ndarray of int, shape (n_tokens,)
            How many pieces each token has.
        rows : ndarray of int, shape (sizes.sum(),)

        Examples
        --------
        >>> table = PieceTable(["un", "##kind", "."], np.zeros((3, 1), np.int8), np.ones(1, np.float32))
        >>> [found.tolist() for found in table.pieces(["unkind.", "un"])]
        [[3, 1], [0, 1, 2, 0]]
        """
        if self._native:
            return self._native.cut(list(tokens), _plain)
        return self._cut_all(tokens)

    def _cut_all(self, tokens: Sequence[str]) -> tuple[Rows, Rows]:
        whole = np.fromiter((self.index.get(token, -1) for token in tokens), np.int64, len(tokens))
        others = [tokens[place] for place in np.flatnonzero(whole < 0).tolist()]
        inner_sizes, inner = self._pieces_of_fragments(others)
        sizes = np.ones(len(tokens), dtype=np.int64)
        sizes[whole < 0] = inner_sizes
        rows = np.repeat(whole, sizes)
        rows[rows < 0] = inner
        return sizes, rows

    def _pieces_of_fragments(self, tokens: list[str]) -> tuple[Rows, Rows]:
        """Cut tokens into fragments and those into pieces, each fragment once."""
        fragments = _FRAGMENT.findall(_plain("".join(f"{token}\n" for token in tokens)))
        found = {fragment: self._cut(fragment) for fragment in set(fragments)}
        found["\n"] = [-1]
        flat = np.fromiter(chain.from_iterable(map(found.__getitem__, fragments)), np.int64)
        ends = np.flatnonzero(flat < 0)
        return np.diff(ends, prepend=-1) - 1, flat[flat >= 0]

    def _cut(self, fragment: str) -> list[int]:
        if (row := self.index.get(fragment)) is not None:
            return [row]
        if len(fragment) > _LONGEST_FRAGMENT:
            return []
        rows, start = [], 0
        known, sizes = self.index, self._sizes[0]
        while start < len(fragment):
            for size in sizes.get(fragment[start : start + _HEAD], _SHORT):
                row = known.get(fragment[start : start + size])
                if row is not None:
                    rows.append(row)
                    start += size
                    break
            else:
                return []
            known, sizes = self._inner, self._sizes[1]
        return rows


def _sizes(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the names are that begin with the same signs, the longest first, then the short ones."""
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name[:_HEAD], set()).add(len(name))
    return {head: (*sorted({*sizes} - {*_SHORT}, reverse=True), *_SHORT) for head, sizes in found.items()}


def _plain(text: str) -> str:
    """Take accents off, as the tokenizer did for which the table was made."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFD", text)
    marks = "".join(c for c in set(text) if unicodedata.category(c) == "Mn")
    return re.sub(f"[{marks}]", "", text) if marks else text


@cache
def piece_table() -> PieceTable:
    """The table that ships with the package.

    Raises
    ------
    ModelError
        If the installation lacks it.
    """
    try:
        names = (FOLDER / "pieces.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
        with np.load(FOLDER / "vectors.npz", allow_pickle=False) as arrays:
            vectors, scales = arrays["vectors"], arrays["scales"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{FOLDER}: the embedding table is missing or damaged: {error}", hint="install framing again"
        ) from error
    return PieceTable(names, vectors, scales)
