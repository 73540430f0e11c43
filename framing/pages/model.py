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

from framing.pages.context import families
from framing.pages.features import Look, look
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
_KNOWN_TITLE = 800


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
    """Read a model from what its JSON file holds; weights are whole numbers: hundredths."""
    import numpy as np

    def array(value: Any) -> "Array":
        return np.asarray(value, dtype=np.float32)

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
    """The most likely region of each line of one page, as `regions_of_pages` gives them.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> regions_of(lines_of("Copyright 2024. All rights reserved"))
    ['furniture']
    """
    return regions_of_pages([lines], [favoured], model)[0]


def regions_of_pages(
    pages: Sequence[Sequence[Line]],
    favoured: Sequence[Sequence[int]] = (),
    model: RegionModel | None = None,
) -> list[list[str]]:
    """The most likely region of each line, for many pages at once, which is faster than one by one.

    Parameters
    ----------
    pages : sequence of sequence of Line
        The non-blank lines of each page.
    favoured : sequence of sequence of int
        For each page, lines that are known to repeat the article's title; none if left out.
    model : RegionModel, optional
        Another model than the shipped one.

    Returns
    -------
    list of list of str
        One of `framing.records.REGIONS` a line; what stands on one page means nothing for another.
    """
    import numpy as np

    model = model or shipped()
    filled = [page for page in pages if page]
    if not filled:
        return [[] for _ in pages]
    scores = _scores(filled, model)
    ends = np.cumsum([len(page) for page in pages])
    headline = [state == "headline" for state in model.states]
    for page, end, known in zip(pages, ends, favoured, strict=False):
        for line in known:
            scores[end - len(page) + line, headline] += _KNOWN_TITLE
    states = _best(scores, filled, model)
    regions = [model.states[state] for state in states]
    return [regions[end - len(page) : end] for page, end in zip(pages, ends.tolist(), strict=True)]


def _scores(pages: Sequence[Sequence[Line]], model: RegionModel) -> "Array":
    """Each line's score for each state, neighbours included; whole numbers, so exact in any order."""
    import numpy as np

    looks = [look(line.text) for page in pages for line in page]
    unknown = len(model.index)
    summed = _alone(looks, model)
    for family in families(pages, looks):
        rows = [model.index.get(name, unknown) for name in family.names]
        summed += model.weights[[*rows, unknown]][family.held]
    width = model.weights.shape[1] // len(OFFSETS)
    ends = np.cumsum([len(page) for page in pages])
    edge = model.weights[model.index["edge"]]
    total = summed[:, :width].copy()
    before, after = summed[:, width : 2 * width], summed[:, 2 * width :]
    total[1:] += before[:-1]
    total[:-1] += after[1:]
    # At a page's edges the neighbour is not the other page's line but the edge.
    total[ends[:-1]] += edge[width : 2 * width] - before[ends[:-1] - 1]
    total[ends[:-1] - 1] += edge[2 * width :] - after[ends[:-1]]
    total[0] += edge[width : 2 * width]
    total[-1] += edge[2 * width :]
    scores: Array = total @ model.parts + model.bias
    return scores


def _alone(looks: Sequence[Look], model: RegionModel) -> "Array":
    """The sum of the weights of what each line shows without its neighbours."""
    import numpy as np

    lookup, unknown = model.index.get, len(model.index)
    summed = np.empty((len(looks), model.weights.shape[1]), dtype=np.float32)
    for start in range(0, len(looks), _BLOCK):
        block = looks[start : start + _BLOCK]
        rows = [lookup(name, unknown) for seen in block for name in seen.names]
        begins = np.cumsum([0, *[len(seen.names) for seen in block[:-1]]])
        summed[start : start + len(block)] = np.add.reduceat(model.weights[rows], begins, axis=0)
    return summed


def _best(scores: "Array", pages: Sequence[Sequence[Line]], model: RegionModel) -> list[int]:
    """Viterbi: the sequence of states with the highest score, for all pages side by side.

    `scores` becomes the best score of any sequence up to each line, less the best state's: the way
    back is read from it, and the numbers stay whole however long a page is.
    """
    import numpy as np

    sizes = np.array([len(page) for page in pages])
    order = np.argsort(-sizes, kind="stable")
    begins, sizes = (np.cumsum(sizes) - sizes)[order], sizes[order]
    blank = np.fromiter((line.blank_before > 0 for page in pages for line in page), dtype=np.intp)
    active = np.searchsorted(-sizes, -np.arange(sizes[0]), side="left")
    value = model.first + scores[begins]
    scores[begins] = value
    for line in range(1, int(sizes[0])):
        count = active[line]
        rows = begins[:count] + line
        reached = (model.moves[blank[rows]] + value[:count, :, None]).max(axis=1)
        reached += scores[rows]
        value = reached - reached.max(axis=1, keepdims=True)
        scores[rows] = value
    path = np.empty(len(scores), dtype=np.intp)
    closing = begins + sizes - 1
    path[closing] = (scores[closing] + model.last).argmax(axis=1)
    for line in range(int(sizes[0]) - 1, 0, -1):
        rows = begins[: active[line]] + line
        path[rows - 1] = (scores[rows - 1] + model.moves[blank[rows], :, path[rows]]).argmax(axis=1)
    found: list[int] = path.tolist()
    return found
