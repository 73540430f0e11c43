"""SCORES of units and their sums by article, column by column or as rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from typing import TYPE_CHECKING, Any

from framing.codebook import Codebook, Value, Variable
from framing.formats import Printed
from framing.records import UNIT_COLUMNS, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from framing.classifier import Model

    Floats = NDArray[np.float64]

_DIGITS = 6
_SCALE = 10.0**_DIGITS
#: Smaller numbers, in millionths, are printed with an exponent.
_PLAIN = 100


def score_columns(model: "Model", *, explain: bool = False) -> list[str]:
    """The columns of SCORES for a model; with `explain`, ``explanation`` comes last."""
    probabilities = [f"p_{value}" for value in model.values]
    last = ["explanation"] if explain else []
    return [*UNIT_COLUMNS, "variable", "label", "confidence", *probabilities, "model", *last]


def article_columns(model: "Model") -> list[str]:
    """The columns of the articles' table for a model."""
    shares = [f"{kind}_{value}" for value in model.values for kind in ("eligible", "share", "mean")]
    return [
        "article_id",
        "outlet",
        "title",
        "published",
        "units",
        "headline_label",
        *shares,
        "model",
    ]


@dataclass(frozen=True, slots=True)
class Scores:
    """SCORES, column by column.

    Attributes
    ----------
    columns : dict of str to sequence
        Cells by the column's name, in the columns' order; all of one length.
    printed : dict of str to Printed
        How the numbers of some of them are printed.
    """

    columns: dict[str, Sequence[Any]]
    printed: dict[str, Printed] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def part(self, start: int, end: int) -> "Scores":
        """The rows from `start` to before `end`."""
        return Scores(
            {name: cells[start:end] for name, cells in self.columns.items()},
            {name: Printed(cells[start:end]) for name, cells in self.printed.items()},
        )

    def to_write(self, columns: Sequence[str]) -> list[Sequence[Any]]:
        """These columns, numbers as they are printed where that is known."""
        return [self.printed.get(name, self.columns[name]) for name in columns]

    def rows(self) -> list[dict[str, Any]]:
        """The same, row by row."""
        names = list(self.columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]


def score_units(model: "Model", units: Sequence[Unit]) -> list[dict[str, Any]]:
    """SCORES of units; those of one article follow one another in the order of the page."""
    return scores_of(model, units).rows()


def scores_of(model: "Model", units: Sequence[Unit]) -> Scores:
    """SCORES of units by column, probabilities rounded to six digits; in the order of the units."""
    return scores_from(model, units, model.predict_proba(units))


def scores_from(model: "Model", units: Sequence[Unit], proba: "Floats") -> Scores:
    """SCORES of units whose probabilities are known, shape (n_units, n_values)."""
    from framing.classifier.estimator import chosen

    several = model.estimator.several
    names = score_columns(model)
    numbers = [_confidence(proba, several=several), *proba.T]
    found = [rounded(column) for column in numbers]
    cells: list[Sequence[Any]] = list(zip(*units, strict=True)) if units else [() for _ in UNIT_COLUMNS]
    cells.append([model.variable] * len(units))
    cells.append(chosen(proba, model.values, several=several).tolist())
    cells += [column.tolist() for column in found]
    cells.append([model.id] * len(units))
    texts = zip(names[len(UNIT_COLUMNS) + 2 : -1], map(printed, found), strict=True)
    return Scores(dict(zip(names, cells, strict=True)), dict(texts))


def rounded(shares: "Floats") -> "Floats":
    """Round numbers from 0 to 1 to six digits, each as Python's own `round` does.

    Examples
    --------
    >>> import numpy as np
    >>> shares = [0.1234565, 2.5e-06, 1.0]
    >>> rounded(np.array(shares)).tolist() == [round(share, 6) for share in shares]
    True
    """
    import numpy as np

    scaled = shares.astype(np.float64) * _SCALE
    whole = np.rint(scaled)
    found: Floats = whole / _SCALE
    # The product is rounded itself: next to a half it may lie on the other side of it.
    for place in np.flatnonzero(np.abs(scaled - whole) > 0.5 - 1e-6):
        found[place] = round(float(shares[place]), _DIGITS)
    return found


def printed(shares: "Floats") -> Printed:
    """Print numbers of six digits from 0 to 1, each as Python's own `repr` does.

    Examples
    --------
    >>> import numpy as np
    >>> printed(np.array([0.0, 0.25, 1e-06, 0.000123, 0.123456, 1.0]))
    ['0.0', '0.25', '1e-06', '0.000123', '0.123456', '1.0']
    """
    import numpy as np

    heads, tails = _digits()
    units = np.rint(shares * _SCALE).astype(np.int64)
    small = units < _PLAIN
    thousandths, rest = np.divmod(units, 1000)
    begin = np.where(small, 2001 + units, thousandths + 1001 * (rest > 0))
    return Printed((heads[begin] + tails[np.where(small, 0, rest)]).tolist())


@cache
def _digits() -> "tuple[NDArray[np.object_], NDArray[np.object_]]":
    """How numbers begin: whole thousandths, those with more to follow, small numbers; and what follows."""
    import numpy as np

    alone = [repr(number / 1000) for number in range(1001)]
    followed = [f"0.{number:03d}" for number in range(1000)]
    small = [repr(number / _SCALE) for number in range(_PLAIN)]
    tails = [f"{number:03d}".rstrip("0") for number in range(1000)]
    return np.array(alone + followed + small, dtype=object), np.array(tails, dtype=object)


def add_explanations(model: "Model", units: list[Unit], scores: list[dict[str, Any]]) -> None:
    """Add to each row what moved the score of its value, or for ``several`` of its likeliest value."""
    from framing.classifier.explanation import told

    classes = [str(name) for name in model.estimator.classes_]
    warm = model.estimator.temperature_
    for row, summands in zip(scores, model.estimator.explain(units), strict=True):
        value = max(classes, key=lambda name: float(row[f"p_{name}"]))
        row["explanation"] = told(value, classes.index(value), summands, warm)


def _confidence(proba: "Floats", *, several: bool) -> "Floats":
    """Probability of the answer; for several values, of the value that is least certain."""
    import numpy as np

    if several:
        return np.maximum(proba, 1 - proba).min(axis=1)  # type: ignore[no-any-return]
    return proba.max(axis=1)  # type: ignore[no-any-return]


def article_rows(model: "Model", scores: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sum SCORES up by article; shares are over the units in whose region a value can occur."""
    needed = ["article_id", "outlet", "title", "published", "region", "label"]
    needed += [f"p_{value}" for value in model.values]
    articles: dict[str, list[Mapping[str, Any]]] = {}
    for row in scores:
        articles.setdefault(row["article_id"], []).append(row)
    parts = [Scores({name: [row[name] for row in rows] for name in needed}) for rows in articles.values()]
    return summed(model, parts)


def summed(model: "Model", articles: Iterable[Scores]) -> Iterator[dict[str, Any]]:
    """Sum up the SCORES of each article, of which none is without units."""
    variable = _variable(model)
    known = {value.name: value for value in variable.values} if variable else {}
    for part in articles:
        columns = part.columns
        summary: dict[str, Any] = {
            name: columns[name][0] for name in ("article_id", "outlet", "title", "published")
        }
        heads = zip(columns["region"], columns["label"], strict=True)
        headline = next((label for region, label in heads if region == "headline"), None)
        summary |= {"units": len(part), "headline_label": headline, "model": model.id}
        answers = Counter(zip(columns["region"], columns["label"], strict=True))
        for value in model.values:
            summary |= _share(value, part, answers, known.get(value))
        yield summary


def _variable(model: "Model") -> Variable | None:
    book = model.description.get("codebook")
    return Codebook.model_validate(book).variable(model.variable) if book else None


def _share(
    value: str, part: Scores, answers: Mapping[tuple[str, str], int], known: Value | None
) -> dict[str, Any]:
    """A value's units and its share; `answers` counts the units by region and label."""
    eligible = {region for region, _ in answers if known is None or known.can_occur_in(region)}
    count = sum(n for (region, _), n in answers.items() if region in eligible)
    said = sum(
        n for (region, label), n in answers.items() if region in eligible and value in label.split("|")
    )
    mean = sum(compress(part.columns[f"p_{value}"], map(eligible.__contains__, part.columns["region"])))
    return {
        f"eligible_{value}": count,
        f"share_{value}": round(said / count, _DIGITS) if count else None,
        f"mean_{value}": round(mean / count, _DIGITS) if count else None,
    }
