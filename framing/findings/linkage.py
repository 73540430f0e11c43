"""Average linkage on a sparse graph: clusters whose members are, on average, alike enough.

Clusters that are one another's nearest are joined all at once, round by round. For average linkage that
gives what joining the single best pair each time gives (reducibility: a joined cluster is nearer to no
other than the nearer of its parts was; Murtagh 1983; Sumengen et al. 2021, *Scaling hierarchical
agglomerative clustering to billion-sized datasets*), and a round reads the pairs from a file part by
part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from framing.findings.edges import Edge, Edges, Floats, Ints, once, summed


def average_linkage(
    start: Sequence[int] | Ints,
    labels: Sequence[str],
    edges: Edges,
    *,
    threshold: float,
    scratch: Callable[[], BinaryIO] = BytesIO,
) -> Ints:
    """Join clusters as long as their members are alike on average.

    Parameters
    ----------
    start : sequence of int, length n_items
        The cluster that each item is in already, named by its lowest member.
    labels : sequence of str, length n_items
        Clusters with different labels are never joined; an empty label joins any.
    edges : Edges
        Similarities above 0 between items; a pair that comes twice counts once, items without an
        edge have similarity 0.
    threshold : float
        The least mean similarity between the members of two clusters that are joined.
    scratch : callable
        Opens an empty file for what is left of the edges; in memory by default.

    Returns
    -------
    ndarray of int, length n_items
        The cluster of each item, named by its lowest member. The best pair is joined first, ties
        by the lower names.

    Examples
    --------
    >>> edges = Edges(3)
    >>> edges.add(np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.3]))
    >>> average_linkage([0, 1, 2], ["", "", ""], edges, threshold=0.2).tolist()
    [0, 0, 2]
    """
    clusters = _Clusters.of(start, labels)
    everyone = np.ones(edges.items, dtype=bool)
    left = _between(edges, clusters, everyone, once, scratch)
    while True:
        nearest = _Nearest.of(left, clusters, threshold)
        kept, taken = nearest.mutual()
        if not len(kept):
            left.close()
            return clusters.of_item
        clusters.join(kept, taken)
        # A cluster that is near to none will never be: a joined one is no nearer than its parts.
        before, left = left, _between(left, clusters, nearest.found, summed, scratch)
        before.close()


@dataclass
class _Clusters:
    """Clusters while they are being joined; named by their lowest member.

    Attributes
    ----------
    of_item : ndarray of int
        The cluster of each item.
    now : ndarray of int
        The cluster that each earlier cluster is in now.
    size : ndarray of float
    label : ndarray of int
        0: none.
    """

    of_item: Ints
    now: Ints
    size: Floats
    label: Ints

    @classmethod
    def of(cls, start: Sequence[int] | Ints, labels: Sequence[str]) -> "_Clusters":
        of_item = np.asarray(start, dtype=np.int32)
        codes = {name: code for code, name in enumerate(sorted({"", *labels}))}
        own = np.array([codes[label] for label in labels], dtype=np.int32)
        label = np.zeros(len(of_item), dtype=np.int32)
        label[of_item[own > 0]] = own[own > 0]
        size = np.bincount(of_item, minlength=len(of_item)).astype(np.float64)
        return cls(of_item, of_item.copy(), size, label)

    def join(self, kept: Ints, taken: Ints) -> None:
        """Take clusters into others."""
        self.size[kept] += self.size[taken]
        self.label[kept] = np.maximum(self.label[kept], self.label[taken])
        self.now = np.arange(len(self.now), dtype=np.int32)
        self.now[taken] = kept
        self.of_item = self.now[self.of_item]

    def may_join(self, first: Ints, second: Ints) -> NDArray[np.bool_]:
        one, other = self.label[first], self.label[second]
        may: NDArray[np.bool_] = (first != second) & ((one == 0) | (other == 0) | (one == other))
        return may


@dataclass
class _Nearest:
    """The nearest cluster of each, where one is near enough.

    Attributes
    ----------
    mean : ndarray of float
        How near it is; 0 where none is near enough.
    other : ndarray of int
    """

    mean: Floats
    other: Ints

    @classmethod
    def of(cls, edges: Edges, clusters: _Clusters, threshold: float) -> "_Nearest":
        nearest = cls(np.zeros(edges.items), np.full(edges.items, -1, dtype=np.int32))
        for first, second, weight in edges.parts(summed):
            mean = weight / (clusters.size[first] * clusters.size[second])
            near = mean >= threshold
            nearest._look(first[near], second[near], mean[near])
        return nearest

    def _look(self, first: Ints, second: Ints, mean: Floats) -> None:
        one, other = np.concatenate([first, second]), np.concatenate([second, first])
        mean = np.concatenate([mean, mean])
        order = np.lexsort((other, -mean, one))
        one, best = np.unique(one[order], return_index=True)
        mean, other = mean[order][best], other[order][best]
        better = (mean > self.mean[one]) | ((mean == self.mean[one]) & (other < self.other[one]))
        self.mean[one[better]], self.other[one[better]] = mean[better], other[better]

    @property
    def found(self) -> NDArray[np.bool_]:
        return self.other >= 0

    def mutual(self) -> tuple[Ints, Ints]:
        """Pairs of clusters that are one another's nearest, the lower one first."""
        one = np.flatnonzero(self.found).astype(np.int32)
        other = self.other[one]
        both = (self.other[other] == one) & (one < other)
        return one[both], other[both]


def _between(
    edges: Edges,
    clusters: _Clusters,
    open_: NDArray[np.bool_],
    merged: Callable[[Ints, Ints, Floats], Edge],
    scratch: Callable[[], BinaryIO],
) -> Edges:
    """What is left of the edges: those between clusters that may still be joined."""
    left = Edges(edges.items, scratch)
    for first, second, weight in edges.parts(merged):
        alive = open_[first] & open_[second]
        one, other = clusters.now[first[alive]], clusters.now[second[alive]]
        may = clusters.may_join(one, other)
        low, high = np.minimum(one, other)[may], np.maximum(one, other)[may]
        left.add(*summed(low, high, weight[alive][may]))
    return left
