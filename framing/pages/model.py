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
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from framing.pages.compiled import COMPILED, native
from framing.pages.lines import Line

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from framing.pages.chars import Ints
    from framing.pages.families import States
    from framing.pages.looks import Looks

    Array = npt.NDArray[np.float32]

#: Which neighbours' features count: the line itself, the one before, the one after.
OFFSETS = (0, -1, 1)
#: Lines looked at at once, so that a page of a million lines needs little more memory than its text.
_BLOCK = 1 << 13
#: Different lines that are kept with what they show; menus and buttons come on page after page.
_KEPT = 1 << 14
#: What it adds to a line's score as headline to repeat the title that metadata give.
_KNOWN_TITLE = 800


@dataclass(frozen=True, slots=True, eq=False)
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

    from framing.pages.context import families

    known = _known(model)
    texts = [line.text for page in pages for line in page]
    rows, looks, summed = known.of(texts)
    for family in families(pages, looks, rows + 1):
        known.add(summed, family.states, family.held)
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
    # Not by BLAS: after so small a product its threads wait for another one, spinning for 0.1 s of CPU time.
    scores: Array = np.einsum("lp,ps->ls", total, model.parts) + model.bias
    return scores


class _Known:
    """What lines show alone, with the sums of its weights; lines seen before are kept."""

    def __init__(self, model: RegionModel) -> None:
        self._model = model
        self._tables: dict[States, Array] = {}
        self._forget()

    def _forget(self) -> None:
        self._rows: dict[str, int] = {}
        self._looks, self._sums = self._seen([])

    def of(self, texts: Sequence[str]) -> "tuple[npt.NDArray[np.int64], Looks, Array]":
        """Numbers of lines (equal ones have the same), what they show, the sums of their weights."""
        import numpy as np

        if len(self._rows) > _KEPT:
            self._forget()
        fresh = [text for text in dict.fromkeys(texts) if text not in self._rows]
        for start in range(0, len(fresh), _BLOCK):
            self._see(fresh[start : start + _BLOCK])
        rows = np.fromiter(map(self._rows.__getitem__, texts), dtype=np.int64, count=len(texts))
        return rows, self._looks.take(rows), self._sums[rows]

    def _see(self, fresh: Sequence[str]) -> None:
        import numpy as np

        looks, sums = self._seen(fresh)
        self._rows.update(zip(fresh, range(len(self._rows), len(self._rows) + len(fresh)), strict=True))
        self._looks, self._sums = self._looks.joined(looks), np.concatenate([self._sums, sums])

    def _seen(self, fresh: Sequence[str]) -> "tuple[Looks, Array]":
        import numpy as np

        from framing.pages.looks import looks_of

        found, looks = looks_of(fresh)
        sums = np.zeros((len(fresh), self._model.weights.shape[1]), dtype=np.float32)
        for family in found:
            self.add(sums, family.states, family.held, family.lines)
        return looks, sums

    def add(self, sums: "Array", states: "States", held: "Ints", lines: "Ints | None" = None) -> None:
        """Add the weights of the states that hold to the lines' sums."""
        table = self._table(states)
        if COMPILED:
            native.add(sums, table, held, lines)
        else:
            _add(sums, table, held, lines)

    def _table(self, states: "States") -> "Array":
        """The sum of the weights of each state's features."""
        import numpy as np

        if states not in self._tables:
            index, weights = self._model.index, self._model.weights
            unknown = len(index)
            rows = [weights[[index.get(name, unknown) for name in names]].sum(axis=0) for names in states]
            self._tables[states] = np.stack(rows)
        return self._tables[states]


def _add(sums: "Array", table: "Array", held: "Ints", lines: "Ints | None") -> None:
    """Add each line's row of the table to its sums."""
    import numpy as np

    holds = np.flatnonzero(held >= 0)
    np.add.at(sums, holds if lines is None else lines[holds], table[held[holds]])


@lru_cache(maxsize=1)
def _known(model: RegionModel) -> _Known:
    return _Known(model)


def _best(scores: "Array", pages: Sequence[Sequence[Line]], model: RegionModel) -> list[int]:
    """Viterbi: the sequence of states with the highest score, for all pages side by side.

    `scores` becomes the best score of any sequence up to each line, less the best state's: the way
    back is read from it, and the numbers stay whole however long a page is.
    """
    import numpy as np

    sizes = np.array([len(page) for page in pages])
    blank = np.fromiter((line.blank_before > 0 for page in pages for line in page), dtype=np.int64)
    if COMPILED:
        return native.best(scores, sizes, blank, model.moves, model.first, model.last)
    return _best_side_by_side(scores, sizes, blank, model)


def _best_side_by_side(scores: "Array", sizes: "Ints", blank: "Ints", model: RegionModel) -> list[int]:
    import numpy as np

    order = np.argsort(-sizes, kind="stable")
    begins, sizes = (np.cumsum(sizes) - sizes)[order], sizes[order]
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
