"""How good predictions are: figures with intervals over articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.classifier.estimator import chosen, indicator
from framing.classifier.features import Floats
from framing.records import former_article, former_unit

_BINS = 10
_DRAWS, _LEVEL = 1000, 0.95
#: A value found in fewer articles gets figures, but is said to rest on too few.
FEW_ARTICLES = 5

Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of predictions against gold; shares from 0 to 1.

    Attributes
    ----------
    units, articles : int
        What was predicted.
    accuracy : float
        Share of units whose prediction equals gold.
    macro_f1 : float
        Mean F1 over the values that occur in gold or were predicted.
    accuracy_interval, macro_f1_interval : (low, high) or None
        95 % bootstrap intervals that draw whole articles; None with fewer than two articles.
    ece : float
        Expected calibration error over ten bins of confidence.
    majority_accuracy : float
        Accuracy of always saying the commonest gold answer.
    by_value : list of dict
        ``value precision recall f1 units predicted articles f1_interval note``; precision is None
        where the value was never predicted, recall where it never occurs, F1 where neither; `note`
        says so, and where a value occurs in too few articles to rely on.
    confusion : dict of str to dict
        Gold answer to predicted answer to count.
    reliability : list of dict
        The reliability diagram: ``low high units confidence right`` of each bin that is not empty;
        for ``several`` a unit counts once a value.
    """

    units: int
    articles: int
    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    ece: float
    majority_accuracy: float
    by_value: list[dict[str, Any]]
    confusion: dict[str, dict[str, int]]
    reliability: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits and misses by article: what every figure is made of, and what is drawn again.

    Attributes
    ----------
    hits, said, true : ndarray of shape (n_articles, n_values)
        Units rightly predicted so, predicted so, and so in gold.
    right, units : ndarray of shape (n_articles,)
        Units whose whole answer is right, and all units.
    """

    hits: Floats
    said: Floats
    true: Floats
    right: Floats
    units: Floats

    @classmethod
    def of(
        cls, gold: Sequence[str], predicted: Sequence[str], values: Sequence[str], articles: Sequence[str]
    ) -> "Counts":
        """Count by article."""
        truth, said = indicator(gold, values), indicator(predicted, values)
        # Intervals are drawn by the order of articles: it is that of 0.1.0.
        former = [former_unit(former_article(str(article))) for article in articles]
        names, number = np.unique(np.asarray(former, dtype=str), return_inverse=True)
        held = np.zeros((len(names), len(gold)))
        held[number, np.arange(len(gold))] = 1.0
        same = np.array([same_answer(g, p) for g, p in zip(gold, predicted, strict=True)], dtype=float)
        return cls(held @ (truth * said), held @ said, held @ truth, held @ same, held.sum(axis=1))

    def figures(self, draws: Floats) -> tuple[Floats, Floats, Floats]:
        """F1 by value, macro-F1 and accuracy if each article counted so often.

        Parameters
        ----------
        draws : ndarray of shape (n_draws, n_articles)

        Returns
        -------
        f1 : ndarray of shape (n_draws, n_values)
            NaN where a value neither occurs nor was predicted.
        macro_f1, accuracy : ndarray of shape (n_draws,)
        """
        both = draws @ (self.said + self.true)
        some = both > 0
        f1 = np.divide(2 * (draws @ self.hits), both, out=np.zeros_like(both), where=some)
        macro = f1.sum(axis=1) / np.maximum(some.sum(axis=1), 1)
        accuracy = (draws @ self.right) / np.maximum(draws @ self.units, 1)
        return np.where(some, f1, np.nan), macro, accuracy


def drawn(articles: int, seed: int) -> Floats:
    """How often each article is drawn in each resample (Field and Welsh 2007: whole clusters)."""
    share = np.full(articles, 1 / articles)
    return np.random.default_rng(seed).multinomial(articles, share, size=_DRAWS).astype(float)


def evaluate(
    gold: Sequence[str],
    proba: Floats,
    classes: Sequence[str],
    *,
    articles: Sequence[str],
    several: bool,
    seed: int = 1,
) -> Evaluation:
    """Compare probabilities with gold.

    Parameters
    ----------
    gold : sequence of str, length n_units
        Answers; for ``several``, values joined by ``|``.
    proba : ndarray of shape (n_units, n_classes)
    classes : sequence of str
        Columns of `proba`.
    articles : sequence of str, length n_units
        The article of each unit.
    several : bool
        Whether a unit can have several values.
    seed : int
        Decides the bootstrap's draws.

    Examples
    --------
    >>> found = evaluate(["a", "b"], np.eye(2), ["a", "b"], articles=["x", "y"], several=False)
    >>> found.macro_f1, found.ece
    (1.0, 0.0)
    """
    predicted = [str(item) for item in chosen(proba, classes, several=several)]
    names = list(dict.fromkeys([*classes, *sorted({v for g in gold for v in g.split("|") if v})]))
    counts = Counts.of(gold, predicted, names, articles)
    one = np.ones((1, len(counts.units)))
    f1, macro, accuracy = counts.figures(one)
    draws = drawn(len(counts.units), seed) if len(counts.units) > 1 else None
    again = counts.figures(draws) if draws is not None else None
    commonest = max(sorted(set(gold)), key=list(gold).count)
    bins = _reliability(gold, predicted, proba, classes, several=several)
    whole = sum(row["units"] for row in bins)
    return Evaluation(
        units=len(gold),
        articles=len(counts.units),
        accuracy=float(accuracy[0]),
        accuracy_interval=interval(again[2]) if again else None,
        macro_f1=float(macro[0]),
        macro_f1_interval=interval(again[1]) if again else None,
        ece=sum(abs(row["confidence"] - row["right"]) * row["units"] for row in bins) / whole,
        majority_accuracy=list(gold).count(commonest) / len(gold),
        by_value=[
            _of_value(name, index, counts, f1[0], again[0] if again else None)
            for index, name in enumerate(names)
        ],
        confusion=_confusion(gold, predicted),
        reliability=bins,
    )


def interval(values: NDArray[Any]) -> Interval:
    """The middle 95 % of bootstrap values; None if a tenth of them or more is undefined."""
    known = values[~np.isnan(values)]
    if len(known) <= 0.9 * len(values):
        return None
    low, high = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


def same_answer(gold: str, predicted: str) -> bool:
    """Whether two answers name the same values."""
    return set(gold.split("|")) == set(predicted.split("|"))


def _of_value(name: str, index: int, counts: Counts, f1: Floats, again: Floats | None) -> dict[str, Any]:
    hits, said, true = (float(part[:, index].sum()) for part in (counts.hits, counts.said, counts.true))
    articles = int((counts.true[:, index] > 0).sum())
    return {
        "value": name,
        "precision": hits / said if said else None,
        "recall": hits / true if true else None,
        "f1": float(f1[index]) if said or true else None,
        "f1_interval": interval(again[:, index]) if again is not None else None,
        "units": int(true),
        "predicted": int(said),
        "articles": articles,
        "note": _note(said, true, articles),
    }


def _note(said: float, true: float, articles: int) -> str:
    if not true:
        return "no unit has it in gold" + ("" if said else ", and it was never predicted")
    told = [] if said else ["never predicted"]
    if articles < FEW_ARTICLES:
        told.append(f"in {articles} articles only: too few to rely on")
    return "; ".join(told)


def _reliability(
    gold: Sequence[str], predicted: Sequence[str], proba: Floats, classes: Sequence[str], *, several: bool
) -> list[dict[str, Any]]:
    """Bins of confidence (Naeini et al. 2015); for ``several``, of each value's probability."""
    confidence: Floats
    right: Floats
    if several:
        confidence, right = proba.ravel(), indicator(gold, classes).ravel()
    else:
        confidence = np.asarray(proba.max(axis=1))
        right = np.asarray([g == p for g, p in zip(gold, predicted, strict=True)], dtype=float)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return [
        {
            "low": number / _BINS,
            "high": (number + 1) / _BINS,
            "units": int((bins == number).sum()),
            "confidence": float(confidence[bins == number].mean()),
            "right": float(right[bins == number].mean()),
        }
        for number in np.unique(bins).tolist()
    ]


def _confusion(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for truth, said in sorted(zip(gold, predicted, strict=True)):
        row = table.setdefault(truth or "(none)", {})
        row[said or "(none)"] = row.get(said or "(none)", 0) + 1
    return table


@dataclass(frozen=True, slots=True)
class Difference:
    """Two predictions of the same units: the first's figures minus the second's.

    Attributes
    ----------
    macro_f1, accuracy : float
        From -1 to 1; above 0 the first is better.
    macro_f1_interval, accuracy_interval : (low, high) or None
        Paired bootstrap over articles, 95 %; None with fewer than two articles.
    """

    macro_f1: float
    macro_f1_interval: Interval
    accuracy: float
    accuracy_interval: Interval


def difference(
    gold: Sequence[str],
    first: Sequence[str],
    second: Sequence[str],
    *,
    values: Sequence[str],
    articles: Sequence[str],
    seed: int = 1,
) -> Difference:
    """Compare two models' answers on the same units, drawing the same articles for both.

    Examples
    --------
    >>> difference(["a", "b"], ["a", "b"], ["a", "a"], values=["a", "b"], articles=["x", "y"]).accuracy
    0.5
    """
    one, other = (Counts.of(gold, answers, values, articles) for answers in (first, second))
    count = len(one.units)
    whole = np.ones((1, count))
    now = [a - b for a, b in zip(one.figures(whole)[1:], other.figures(whole)[1:], strict=True)]
    macro = accuracy = None
    if count > 1:
        draws = drawn(count, seed)
        again = [a - b for a, b in zip(one.figures(draws)[1:], other.figures(draws)[1:], strict=True)]
        macro, accuracy = interval(again[0]), interval(again[1])
    return Difference(float(now[0][0]), macro, float(now[1][0]), accuracy)
