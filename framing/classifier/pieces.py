"""Static embeddings: a table of word pieces that ships with the package, read-only data."""

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from framing.errors import ModelError

FOLDER = Path(__file__).parent / "_embeddings"
_FRAGMENT = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONGEST_FRAGMENT = 100


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
        self._longest = max(map(len, names), default=0)
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

    def pieces(self, token: str) -> list[int]:
        """Rows of a token's pieces: the longest that fit, from the left, as in BERT.

        Parameters
        ----------
        token : str
            In small letters, without white space. Fragments that don't fit are left out.

        Examples
        --------
        >>> table = PieceTable(["un", "##kind", "."], np.zeros((3, 1), np.int8), np.ones(1, np.float32))
        >>> table.pieces("unkind.")
        [0, 1, 2]
        """
        row = self.index.get(token)
        if row is not None:
            return [row]
        if not token.isascii():
            token = _plain(token)
        found: list[int] = []
        for fragment in _FRAGMENT.findall(token):
            row = self.index.get(fragment)
            found += [row] if row is not None else self._cut(fragment)
        return found

    def _cut(self, fragment: str) -> list[int]:
        if len(fragment) > _LONGEST_FRAGMENT:
            return []
        rows, start = [], 0
        while start < len(fragment):
            end = min(len(fragment), start + self._longest)
            while end > start:
                name = fragment[start:end] if start == 0 else f"##{fragment[start:end]}"
                if (row := self.index.get(name)) is not None:
                    break
                end -= 1
            else:
                return []
            rows.append(row)
            start = end
        return rows


def _plain(token: str) -> str:
    """Take accents off, as the tokenizer did for which the table was made."""
    return "".join(c for c in unicodedata.normalize("NFD", token) if unicodedata.category(c) != "Mn")


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
