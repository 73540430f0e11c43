"""The region model: weights from ``regions.json``, the best sequence of regions for a page.

A linear-chain conditional random field over the lines of a page. A line's score for each region is
the sum of the weights of its own features and of those of the lines before and after; moving from
one region to the next has weights of its own, with and without a blank line between. A state is a
region in a phase of the page (head, story, foot, comments), so that a page keeps to one order
without a rule for it. ``tools/train_regions.py`` makes the file; it holds numbers and names only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from framing.pages.context import features_of
from framing.pages.lines import Line

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32]

#: Which neighbours' features count: the line itself, the one before, the one after.
OFFSETS = (0, -1, 1)
#: Lines scored at once, so that a page of a million lines needs no more memory than its text.
_BLOCK = 4096
#: What it adds to a line's score as headline to repeat the title that metadata give.
_KNOWN_TITLE = 8


@dataclass(frozen=True, slots=True)
class RegionModel:
    """What was learned.

    Attributes
    ----------
    index : dict of str to int
        Row of each feature; row 0 stands for the page's edge.
    weights : ndarray of shape (features + 1, 3 * parts)
        The last row is for features that the model does not know: zero.
    states : tuple of str
        Region of each state.
    parts : ndarray of shape (parts, states)
        Which parts (regions, phases) a state consists of.
    bias, first, last : ndarray of shape (states,)
        Score of a state anywhere, on the first line, on the last line.
    moves : ndarray of shape (2, states, states)
        Score of one state after another: without and with a blank line between.
    """

    index: dict[str, int]
    weights: "Array"
    states: tuple[str, ...]
    parts: "Array"
    bias: "Array"
    first: "Array"
    last: "Array"
    moves: "Array"


@cache
def shipped() -> RegionModel:
    """The model that lies beside this file."""
    text = (files("framing.pages") / "regions.json").read_text(encoding="utf-8")
    return from_mapping(json.loads(text))


def from_mapping(found: dict[str, Any]) -> RegionModel:
    """Read a model from what its JSON file holds; weights are written as hundredths."""
    import numpy as np

    def array(value: Any) -> "Array":
        return np.asarray(value, dtype=np.float32) / np.float32(100)

    rows = found["weights"]
    states = [tuple(state.split("/")) for state in found["states"]]
    parts = np.zeros((len(found["parts"]), len(states)), dtype=np.float32)
    for column, names in enumerate(states):
        for name in names:
            parts[found["parts"].index(name), column] = 1
    width = len(OFFSETS) * len(found["parts"])
    return RegionModel(
        index={name: row for row, name in enumerate(rows)},
        weights=np.vstack([array(list(rows.values())), np.zeros((1, width), dtype=np.float32)]),
        states=tuple(region for region, _ in states),
        parts=parts,
        bias=array(found["bias"]),
        first=array(found["first"]),
        last=array(found["last"]),
        moves=array(found["moves"]),
    )


def regions_of(
    lines: Sequence[Line], favoured: Sequence[int] = (), model: RegionModel | None = None
) -> list[str]:
    """The most likely region of each line.

    Parameters
    ----------
    lines : sequence of Line
        The page's non-blank lines.
    favoured : sequence of int
        Lines that are known to repeat the article's title.
    model : RegionModel, optional
        Another model than the shipped one.

    Returns
    -------
    list of str
        One of `framing.records.REGIONS` a line.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> regions_of(lines_of("Copyright 2024. All rights reserved"))
    ['furniture']
    """
    if not lines:
        return []
    model = model or shipped()
    scores = _scores(lines, model)
    for line in favoured:
        scores[line, [state == "headline" for state in model.states]] += _KNOWN_TITLE
    return [model.states[state] for state in _best(scores, lines, model)]


def _scores(lines: Sequence[Line], model: RegionModel) -> "Array":
    """Each line's score for each state, neighbours included."""
    import numpy as np

    size, width = len(lines), model.weights.shape[1] // len(OFFSETS)
    summed = np.empty((size + 2, len(OFFSETS), width), dtype=np.float32)
    edge = model.weights[model.index["edge"]].reshape(len(OFFSETS), width)
    summed[0] = summed[-1] = edge
    lookup, unknown = model.index.get, len(model.index)
    found = features_of(lines)
    for start in range(0, size, _BLOCK):
        block = found[start : start + _BLOCK]
        rows = [lookup(name, unknown) for names in block for name in names]
        begins = np.cumsum([0, *map(len, block[:-1])])
        sums = np.add.reduceat(model.weights[rows], begins, axis=0)
        summed[start + 1 : start + 1 + len(block)] = sums.reshape(-1, len(OFFSETS), width)
    total = np.zeros((size, width), dtype=np.float32)
    for place, offset in enumerate(OFFSETS):
        total += summed[1 + offset : 1 + offset + size, place]
    scores: Array = total @ model.parts + model.bias
    return scores


def _best(scores: "Array", lines: Sequence[Line], model: RegionModel) -> list[int]:
    """Viterbi: the sequence of states with the highest score."""
    import numpy as np

    columns = np.arange(len(model.states))
    moves = [np.ascontiguousarray(table.T) for table in model.moves]
    value = model.first + scores[0]
    back = np.empty(scores.shape, dtype=np.uint8)
    for number in range(1, len(lines)):
        reached = moves[lines[number].blank_before > 0] + value
        best = reached.argmax(axis=1)
        back[number] = best
        value = reached[columns, best] + scores[number]
    state = int((value + model.last).argmax())
    path = [state]
    for number in range(len(lines) - 1, 0, -1):
        state = int(back[number, state])
        path.append(state)
    return path[::-1]
