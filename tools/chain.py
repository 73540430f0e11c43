"""Training of a linear-chain conditional random field: likelihood, its gradient, L-BFGS."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import minimize

from framing.pages.model import OFFSETS

Array = NDArray[np.float64]

#: Strength of the pull to zero: weights of features, of moves, of single states.
PULL, PULL_MOVES, PULL_STATES = 1.0, 0.1, 0.1
ROUNDS = 80
#: A page does not go back: moves to an earlier phase cost this much, whatever is learned.
BACKWARD = -20.0
_ORDER = {"head": 0, "story": 1, "foot": 2, "talk": 2}


@dataclass
class Sequences:
    """Pages as numbers.

    Attributes
    ----------
    features : list of list of list of int
        Feature numbers of each line of each page.
    blanks : list of list of bool
        Whether a blank line stands before each line.
    states : list of list of str
        ``region/phase`` of each line.
    weights : list of float
        How much each page counts.
    """

    features: Sequence[Sequence[Sequence[int]]]
    blanks: Sequence[Sequence[bool]]
    states: Sequence[Sequence[str]]
    weights: Sequence[float]


@dataclass
class _Batch:
    """Pages side by side, the longest first, so that line t of all pages is one matrix."""

    design: Any
    gold: NDArray[np.int64]
    line_weights: Array
    weights: Array
    lengths: NDArray[np.int64]
    rows: NDArray[np.int64]
    blank: NDArray[np.bool_]
    members: Array
    backward: Array
    transposed: Any = field(init=False)

    def __post_init__(self) -> None:
        self.transposed = self.design.T.tocsr()

    def active(self, line: int) -> int:
        """How many pages are longer than `line`."""
        return int((self.lengths > line).sum())


def _design(pages: Sequence[Sequence[Sequence[int]]], width: int) -> Any:
    """One row a line: its own features and its neighbours', each offset in columns of its own."""
    rows: list[int] = []
    columns: list[int] = []
    number = 0
    for page in pages:
        for index in range(len(page)):
            for place, offset in enumerate(OFFSETS):
                other = index + offset
                found = page[other] if 0 <= other < len(page) else [0]
                columns += [place * width + feature for feature in found]
                rows += [number] * len(found)
            number += 1
    shape = (number, width * len(OFFSETS))
    return scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


def _batch(data: Sequences, states: list[str], parts: list[str], width: int) -> _Batch:
    order = sorted(range(len(data.features)), key=lambda i: -len(data.features[i]))
    lengths = np.array([len(data.features[i]) for i in order])
    begins = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.full((len(order), lengths[0]), -1)
    blank = np.zeros(rows.shape, dtype=bool)
    for i, page in enumerate(order):
        rows[i, : lengths[i]] = np.arange(begins[i], begins[i + 1])
        blank[i, : lengths[i]] = data.blanks[page]
    number = {state: i for i, state in enumerate(states)}
    members = np.zeros((len(states), len(parts)))
    for i, state in enumerate(states):
        for part in state.split("/"):
            members[i, parts.index(part)] = 1
    weights = np.array([data.weights[i] for i in order])
    return _Batch(
        design=_design([data.features[i] for i in order], width),
        gold=np.array([number[state] for i in order for state in data.states[i]]),
        line_weights=np.repeat(weights, lengths),
        weights=weights,
        lengths=lengths,
        rows=rows,
        blank=blank,
        members=members,
        backward=_backward_moves(states),
    )


def _backward_moves(states: list[str]) -> Array:
    order = np.array([_ORDER[state.split("/")[1]] for state in states])
    return np.where(order[:, None] > order[None, :], BACKWARD, 0.0)


class _Likelihood:
    """Negative log-likelihood of the gold states, and its gradient."""

    def __init__(self, batch: _Batch) -> None:
        self.batch = batch
        states, parts = batch.members.shape
        columns = batch.design.shape[1]
        self.shapes = [(columns, parts), (2, states, states), (states,), (states,), (states,)]
        self.ends = np.cumsum([0, *[int(np.prod(shape)) for shape in self.shapes]])
        pulls = (PULL, PULL_MOVES, PULL_STATES, PULL_STATES, PULL_STATES)
        sizes = np.diff(self.ends)
        self.pull = np.concatenate([np.full(n, p) for n, p in zip(sizes, pulls, strict=True)])
        self.counted = self._gold_counts()

    def unpacked(self, point: Array) -> list[Array]:
        """Weights, moves, first, last, bias."""
        pairs = zip(self.ends[:-1], self.ends[1:], self.shapes, strict=True)
        return [point[a:b].reshape(shape) for a, b, shape in pairs]

    def _gold_counts(self) -> Array:
        batch, states = self.batch, self.batch.members.shape[0]
        exact = np.zeros((len(batch.gold), states))
        exact[np.arange(len(batch.gold)), batch.gold] = batch.line_weights
        moves = np.zeros((2, states, states))
        first, last = np.zeros(states), np.zeros(states)
        for i, size in enumerate(batch.lengths):
            path = batch.gold[batch.rows[i, :size]]
            np.add.at(
                moves,
                (batch.blank[i, 1:size].astype(int), path[:-1], path[1:]),
                batch.weights[i],
            )
            first[path[0]] += batch.weights[i]
            last[path[-1]] += batch.weights[i]
        weights = batch.transposed @ (exact @ batch.members)
        return np.concatenate([weights.ravel(), moves.ravel(), first, last, exact.sum(0)])

    def __call__(self, point: Array) -> tuple[float, Array]:
        weights, moves, first, last, bias = self.unpacked(point)
        batch = self.batch
        scores = (batch.design @ weights) @ batch.members.T + bias
        top = scores.max(1, keepdims=True)
        lifted = np.exp(scores - top)
        tables = (np.exp(moves + batch.backward), np.exp(first), np.exp(last))
        forward, scale, total = self._forward(lifted, *tables)
        total += float((batch.line_weights * top[:, 0]).sum())
        chances, expected = self._backward(lifted, forward, scale, tables)
        weighted = chances * batch.line_weights[:, None]
        opening = batch.rows[:, 0]
        closing = batch.rows[np.arange(len(batch.lengths)), batch.lengths - 1]
        gradient = np.concatenate(
            [
                (batch.transposed @ (weighted @ batch.members)).ravel(),
                expected.ravel(),
                weighted[opening].sum(0),
                weighted[closing].sum(0),
                weighted.sum(0),
            ]
        )
        loss = total - float(self.counted @ point) + 0.5 * float(self.pull @ (point * point))
        return loss, gradient - self.counted + self.pull * point

    def _forward(self, lifted: Array, moves: Array, first: Array, last: Array) -> tuple[Array, Array, float]:
        batch = self.batch
        pages, longest = batch.rows.shape
        forward = np.zeros((longest, pages, lifted.shape[1]))
        scale = np.ones((longest, pages))
        for t in range(longest):
            n = batch.active(t)
            here = lifted[batch.rows[:n, t]]
            if t:
                before = forward[t - 1, :n]
                blank = batch.blank[:n, t, None]
                here = here * np.where(blank, before @ moves[1], before @ moves[0])
            else:
                here = here * first
            scale[t, :n] = here.sum(1)
            forward[t, :n] = here / scale[t, :n, None]
        ends = forward[batch.lengths - 1, np.arange(pages)] @ last
        total = float((batch.weights * (np.log(scale).sum(0) + np.log(ends))).sum())
        return forward, scale, total

    def _backward(
        self, lifted: Array, forward: Array, scale: Array, tables: tuple[Array, Array, Array]
    ) -> tuple[Array, Array]:
        """Chance of each state on each line, and expected moves."""
        batch = self.batch
        moves, _, last = tables
        expected = np.zeros_like(moves)
        chances = np.zeros_like(lifted)
        longest, pages = scale.shape
        ends = forward[batch.lengths - 1, np.arange(pages)] @ last
        after = np.zeros((pages, lifted.shape[1]))
        for t in range(longest - 1, -1, -1):
            n = batch.active(t)
            more = batch.active(t + 1) if t + 1 < longest else 0
            here = np.empty((n, lifted.shape[1]))
            here[more:] = last / ends[more:n, None]
            if more:
                coming = lifted[batch.rows[:more, t + 1]] * after[:more] / scale[t + 1, :more, None]
                blank = batch.blank[:more, t + 1, None]
                here[:more] = np.where(blank, coming @ moves[1].T, coming @ moves[0].T)
                leaving = forward[t, :more] * batch.weights[:more, None]
                expected[1] += (leaving * blank).T @ coming
                expected[0] += (leaving * ~blank).T @ coming
            chances[batch.rows[:n, t]] = forward[t, :n] * here
            after = here
        return chances, expected * moves


def train(data: Sequences, index: dict[str, int], states: list[str]) -> dict[str, Any]:
    """Fit a model and give it as it is written: whole hundredths, rows of zeros left out.

    Parameters
    ----------
    data : Sequences
        The pages.
    index : dict of str to int
        Number of each feature; 0 is the page's edge.
    states : list of str
        All states that the model is to know, also such as these pages do not show.
    """
    regions, phases = zip(*(state.split("/") for state in states), strict=True)
    parts = [*sorted(set(regions)), *sorted(set(phases))]
    batch = _batch(data, states, parts, len(index))
    likelihood = _Likelihood(batch)
    found = minimize(
        likelihood,
        np.zeros(likelihood.ends[-1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ROUNDS, "maxcor": 12},
    )
    weights, moves, first, last, bias = likelihood.unpacked(found.x)
    table = weights.reshape(len(OFFSETS), len(index), -1).transpose(1, 0, 2).reshape(len(index), -1)
    rounded = _hundredths(table)
    return {
        "parts": parts,
        "states": states,
        "bias": _hundredths(bias).tolist(),
        "first": _hundredths(first).tolist(),
        "last": _hundredths(last).tolist(),
        "moves": _hundredths(moves + batch.backward).tolist(),
        "weights": {
            name: rounded[row].tolist() for name, row in index.items() if row == 0 or rounded[row].any()
        },
    }


def averaged(models: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The mean of models of the same states; a feature that one of them lacks counts as zero there.

    Parameters
    ----------
    models : sequence of dict
        As `train` gives them.
    """
    mean = dict(models[0])
    for name in ("bias", "first", "last", "moves"):
        mean[name] = _whole(np.mean([model[name] for model in models], axis=0)).tolist()
    none = [0] * (len(OFFSETS) * len(mean["parts"]))
    names = ["edge", *sorted({name for model in models for name in model["weights"]} - {"edge"})]
    rows = {name: np.mean([model["weights"].get(name, none) for model in models], axis=0) for name in names}
    mean["weights"] = {
        name: whole.tolist() for name, row in rows.items() if (whole := _whole(row)).any() or name == "edge"
    }
    return mean


def _whole(values: Array) -> NDArray[np.int64]:
    return np.rint(values).astype(np.int64)


def _hundredths(values: Array) -> NDArray[np.int64]:
    return _whole(values * 100)
