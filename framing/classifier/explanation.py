"""What moved a score, in a line of text."""

from collections.abc import Sequence

from framing.classifier.constants import Contribution

_MOST = 6


def summed(summands: Sequence[Contribution], column: int) -> dict[str, float]:
    """What each thing adds to one class, the same thing at several places taken together.

    Parameters
    ----------
    summands : sequence of Contribution
        Of one unit.
    column : int
        Which class.

    Returns
    -------
    dict of str to float
        In the order of the text; the values sum to the unit's score of that class.
    """
    found: dict[str, float] = {}
    for item in summands:
        name = item.name if item.kind in ("intercept", "place") else f"{item.kind} {item.name}"
        found[name] = found.get(name, 0.0) + float(item.added[column])
    return found


def told(value: str, column: int, summands: Sequence[Contribution], temperature: float) -> str:
    """The largest summands of a value's score, then all others together.

    Parameters
    ----------
    value : str
        The class's name.
    column : int
        Its place among the classes.
    summands : sequence of Contribution
        Of one unit.
    temperature : float
        The model's; what is told are the summands of the calibrated score.

    Examples
    --------
    >>> import numpy as np
    >>> told("a", 0, [Contribution("token", "Give", np.array([1.5]))], 1.0)
    'a +1.50 = token Give +1.50'
    """
    found = {name: added / temperature for name, added in summed(summands, column).items()}
    most = sorted(found, key=lambda name: (-abs(found[name]), name))[:_MOST]
    total = sum(found.values())
    parts = [f"{name} {found[name]:+.2f}" for name in most]
    if len(found) > len(most):
        parts.append(f"{len(found) - len(most)} others {total - sum(found[n] for n in most):+.2f}")
    return f"{value} {total:+.2f} = {'; '.join(parts)}"
