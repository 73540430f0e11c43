"""What a unit's answers come to: majority, or Dawid & Skene's model of coders who err."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS, _CLOSE, _LEAST = 500, 1e-7, 1e-9


@dataclass(frozen=True, slots=True)
class Votes:
    """Answers as numbers.

    Attributes
    ----------
    units, coders, values : array of int, shape (answers,)
        Numbers from 0.
    shape : tuple of int
        How many units, coders and values there are.
    """

    units: Ints
    coders: Ints
    values: Ints
    shape: tuple[int, int, int]

    def counts(self) -> Floats:
        """How many coders gave each value, shape (units, values)."""
        units, _, values = self.shape
        flat = np.bincount(self.units * values + self.values, minlength=units * values)
        return flat.reshape(units, values).astype(float)


def shares(votes: Votes) -> Floats:
    """Share of a unit's coders for each value, shape (units, values), 0 to 1.

    Examples
    --------
    >>> ballot = Votes(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0, 1, 1]), (2, 2, 2))
    >>> shares(ballot).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    counts = votes.counts()
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def dawid_skene(votes: Votes) -> Floats:
    """Probability of each value for each unit, coders weighted by the errors they seem to make.

    Expectation–maximisation from the shares as a start: each coder has a matrix of chances to say
    one value when another is true; the values have shares over all units.

    Returns
    -------
    array of shape (units, values)
        Rows add up to 1.

    Notes
    -----
    Dawid & Skene (1979), *Maximum likelihood estimation of observer error-rates using the EM
    algorithm*, equations 2.3 to 2.5. The likelihood can have several peaks; it is climbed from the
    shares, so that coders are taken to be right more often than not.

    Examples
    --------
    >>> ballot = Votes(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), (2, 2, 2))
    >>> dawid_skene(ballot).round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    _, coders, values = votes.shape
    place = votes.coders * values + votes.values
    posterior = shares(votes)
    for _ in range(_ROUNDS):
        prior = posterior.mean(axis=0)
        said = np.zeros((coders * values, values))
        np.add.at(said, place, posterior[votes.units])
        errors = said.reshape(coders, values, values)
        errors = errors / np.maximum(errors.sum(axis=1, keepdims=True), _LEAST)
        chances = np.log(np.maximum(errors, _LEAST)).reshape(coders * values, values)
        scores = np.tile(np.log(np.maximum(prior, _LEAST)), (votes.shape[0], 1))
        np.add.at(scores, votes.units, chances[place])
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        updated = scores / scores.sum(axis=1, keepdims=True)
        change = float(np.abs(updated - posterior).max(initial=0.0))
        posterior = updated
        if change < _CLOSE:
            break
    return np.asarray(posterior)
