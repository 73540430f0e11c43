"""What the classifier sees of a unit: its words, its letters, its place and its shape."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.records import REGIONS, Unit

if TYPE_CHECKING:
    import pandas as pd

#: The columns of the table that the estimator takes; only `text` must be there.
COLUMNS = ("text", "region", "region_before", "region_after", "position")
_NEIGHBOURS = ("region", "region_before", "region_after")
_QUOTE = re.compile('["“”„«»‘]')
_WORD = re.compile(r"\w+")
_SHAPES = (
    "all_caps",
    "title_case",
    "question",
    "exclamation",
    "quotation",
    "digits",
    "length",
    "ends_like_a_sentence",
    "position",
)
PLACE_NAMES = tuple(f"{name}={region}" for name in _NEIGHBOURS for region in REGIONS) + _SHAPES


def as_table(units: Any) -> "pd.DataFrame":
    """Bring strings, units or a table into the estimator's columns; what is missing is empty.

    Parameters
    ----------
    units : DataFrame, or iterable of str or Unit
        Units of one article must follow one another in the order of the page for their
        neighbours' regions to be known.
    """
    import pandas as pd

    if isinstance(units, pd.DataFrame):
        table = units.reindex(columns=list(COLUMNS))
    else:
        table = pd.DataFrame(list(_rows(list(units))), columns=list(COLUMNS))
    numbers = pd.to_numeric(table["position"], errors="coerce").fillna(0).astype(float)
    texts = table.drop(columns="position").astype(object).fillna("").astype(str)
    return texts.assign(position=numbers)


def _rows(units: Sequence[Any]) -> Iterable[dict[str, Any]]:
    for index, unit in enumerate(units):
        if not isinstance(unit, Unit):
            yield {"text": str(unit)}
            continue
        before = units[index - 1] if index else None
        after = units[index + 1] if index + 1 < len(units) else None
        yield {
            "text": unit.text,
            "region": unit.region,
            "region_before": _region(before, unit),
            "region_after": _region(after, unit),
            "position": unit.position,
        }


def _region(neighbour: Any, unit: Unit) -> str:
    same = isinstance(neighbour, Unit) and neighbour.article_id == unit.article_id
    return neighbour.region if same else ""


def word_vectorizer() -> TfidfVectorizer:
    """Words and pairs of words."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")


def letter_vectorizer() -> TfidfVectorizer:
    """Runs of 2 to 5 letters within words."""
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)


def place_matrix(table: "pd.DataFrame") -> csr_matrix:
    """Regions of the unit and its neighbours, and the shape of its text.

    Returns
    -------
    csr_matrix of shape (n_units, len(PLACE_NAMES))
        Values from 0 to 1.
    """
    columns: list[Any] = []
    for name in _NEIGHBOURS:
        values = table[name].to_numpy()
        columns += [(values == region).astype(float) for region in REGIONS]
    shapes = np.array([_shape(text) for text in table["text"]]).reshape(len(table), len(_SHAPES) - 1)
    position = np.minimum(table["position"].to_numpy(), 50) / 50
    return csr_matrix(np.column_stack([*columns, shapes, position]))


def _shape(text: str) -> tuple[float, ...]:
    letters = [letter for letter in text if letter.isalpha()]
    words = _WORD.findall(text)
    return (
        sum(letter.isupper() for letter in letters) / max(len(letters), 1),
        sum(word[0].isupper() for word in words) / max(len(words), 1),
        float("?" in text),
        float("!" in text),
        float(bool(_QUOTE.search(text))),
        sum(character.isdigit() for character in text) / max(len(text), 1),
        min(len(text), 300) / 300,
        float(text.rstrip("\"”’')]")[-1:] in {".", "?", "!", "…"}),
    )


def join(*parts: csr_matrix) -> csr_matrix:
    """Set feature blocks side by side."""
    return hstack(parts, format="csr")
