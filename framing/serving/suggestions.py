"""What a model would answer, for coders to see."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from framing.classifier import Model
from framing.classifier.estimator import chosen
from framing.labelstudio.tasks import Suggestion


def suggest(model: Model, units: Any) -> list[Suggestion]:
    """Suggest an answer for each unit.

    Parameters
    ----------
    model : Model
    units : DataFrame with a column ``text``, or sequence of str or Unit

    Returns
    -------
    list of Suggestion
        In the order of the units; `margin` is the distance between the two highest probabilities,
        for ``several`` values the least distance of a value's yes and no.
    """
    proba = model.predict_proba(units)
    several = model.estimator.several
    labels: Sequence[Any] = chosen(proba, model.values, several=several).tolist()
    if several:
        margins = np.abs(2 * proba - 1).min(axis=1)
    else:
        ranked = np.sort(proba, axis=1)
        margins = ranked[:, -1] - ranked[:, -2]
    return [
        Suggestion(model.id, model.variable, tuple(name for name in str(label).split("|") if name), margin)
        for label, margin in zip(labels, margins.tolist(), strict=True)
    ]
