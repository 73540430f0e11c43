"""How good a model is on what it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framing.classifier.estimator import Floats, chosen, indicator

_BINS = 10


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of predictions against gold.

    Attributes
    ----------
    units : int
        Units that were predicted.
    accuracy : float
        Share of units whose prediction equals gold, 0 to 1.
    macro_f1 : float
        Mean F1 over the values that occur in gold or were predicted.
    ece : float
        Expected calibration error over ten bins of confidence, 0 to 1.
    majority_accuracy : float
        Accuracy of always saying the commonest gold answer.
    by_value : list of dict
        ``value precision recall f1 units predicted``; precision is None where the value was never
        predicted, recall where it never occurs, F1 where neither.
    confusion : dict of str to dict
        Gold answer to predicted answer to count.
    """

    units: int
    accuracy: float
    macro_f1: float
    ece: float
    majority_accuracy: float
    by_value: list[dict[str, Any]]
    confusion: dict[str, dict[str, int]]


def evaluate(gold: Sequence[str], proba: Floats, classes: Sequence[str], *, several: bool) -> Evaluation:
    """Compare probabilities with gold.

    Parameters
    ----------
    gold : sequence of str, length n_units
        Answers; for ``several``, values joined by ``|``.
    proba : ndarray of shape (n_units, n_classes)
    classes : sequence of str
        Columns of `proba`.
    several : bool
        Whether a unit can have several values.
    """
    predicted = [str(item) for item in chosen(proba, classes, several=several)]
    names = list(dict.fromkeys([*classes, *sorted({v for g in gold for v in g.split("|") if v})]))
    by_value = [_figures(name, gold, predicted) for name in names]
    scores = [row["f1"] for row in by_value if row["f1"] is not None]
    same = np.array([_same(g, p) for g, p in zip(gold, predicted, strict=True)])
    commonest = max(set(gold), key=lambda answer: (list(gold).count(answer), answer))
    return Evaluation(
        units=len(gold),
        accuracy=float(same.mean()),
        macro_f1=float(np.mean(scores)) if scores else 0.0,
        ece=_ece(gold, proba, classes, several=several, same=same),
        majority_accuracy=list(gold).count(commonest) / len(gold),
        by_value=by_value,
        confusion=_confusion(gold, predicted),
    )


def _same(gold: str, predicted: str) -> bool:
    return set(gold.split("|")) == set(predicted.split("|"))


def _figures(name: str, gold: Sequence[str], predicted: Sequence[str]) -> dict[str, Any]:
    truth = [name in answer.split("|") for answer in gold]
    said = [name in answer.split("|") for answer in predicted]
    hits = sum(t and s for t, s in zip(truth, said, strict=True))
    return {
        "value": name,
        "precision": hits / sum(said) if any(said) else None,
        "recall": hits / sum(truth) if any(truth) else None,
        "f1": 2 * hits / (sum(said) + sum(truth)) if any(said) or any(truth) else None,
        "units": sum(truth),
        "predicted": sum(said),
    }


def _ece(gold: Sequence[str], proba: Floats, classes: Sequence[str], *, several: bool, same: Any) -> float:
    """Mean gap between confidence and accuracy (Naeini et al. 2015); for several, over all values."""
    if several:
        confidence, right = proba.ravel(), indicator(gold, classes).ravel()
    else:
        confidence, right = proba.max(axis=1), same.astype(float)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float(confidence[bins == b].mean() - right[bins == b].mean())) * float((bins == b).mean())
        for b in range(_BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def _confusion(gold: Sequence[str], predicted: Sequence[str]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for truth, said in sorted(zip(gold, predicted, strict=True)):
        row = table.setdefault(truth or "(none)", {})
        row[said or "(none)"] = row.get(said or "(none)", 0) + 1
    return table
