"""Average linkage on a sparse graph: clusters whose members are, on average, alike enough."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class _Clusters:
    """Clusters of one component while they are being joined; named by their lowest member."""

    sizes: dict[int, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    links: dict[int, dict[int, float]] = field(default_factory=dict)

    def mean(self, a: int, b: int) -> float:
        return self.links[a][b] / (self.sizes[a] * self.sizes[b])

    def may_join(self, a: int, b: int) -> bool:
        return not (self.labels[a] and self.labels[b] and self.labels[a] != self.labels[b])

    def join(self, a: int, b: int) -> None:
        """Take `b` into `a`."""
        self.sizes[a] += self.sizes.pop(b)
        self.labels[a] = self.labels[a] or self.labels[b]
        self.links[a].pop(b, None)
        for other, total in self.links.pop(b).items():
            if other != a:
                joint = self.links[a].get(other, 0.0) + total
                self.links[a][other] = self.links[other][a] = joint
                del self.links[other][b]


def average_linkage(
    start: Sequence[int],
    labels: Sequence[str],
    edges: tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.floating]],
    *,
    threshold: float,
) -> list[int]:
    """Join clusters as long as their members are alike on average.

    Parameters
    ----------
    start : sequence of int, length n_items
        The cluster that each item is in already, named by its lowest member.
    labels : sequence of str, length n_items
        Clusters with different labels are never joined; an empty label joins any.
    edges : tuple of three arrays of length n_edges
        First item, second item, similarity above 0; items without an edge have similarity 0.
    threshold : float
        The least mean similarity between the members of two clusters that are joined.

    Returns
    -------
    list of int, length n_items
        The cluster of each item, named by its lowest member. The best pair is joined first, ties
        by the lower names.

    Examples
    --------
    >>> import numpy as np
    >>> edges = (np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.3]))
    >>> average_linkage([0, 1, 2], ["", "", ""], edges, threshold=0.2)
    [0, 0, 2]
    """
    first, second, weight = _contracted(start, edges)
    parent = list(range(len(start)))
    members: dict[int, int] = defaultdict(int)
    label_of: dict[int, str] = {}
    for item, name in enumerate(start):
        members[name] += 1
        label_of[name] = label_of.get(name, "") or labels[item]
    sizes = np.array([members.get(item, 1) for item in range(len(start))], dtype=np.float64)
    strong = weight / (sizes[first] * sizes[second]) >= threshold
    component = _components(len(start), first[strong], second[strong])
    inside = component[first] == component[second]
    first, second, weight = first[inside], second[inside], weight[inside]
    order = np.argsort(component[first], kind="stable")
    first, second, weight = first[order], second[order], weight[order]
    bounds = np.flatnonzero(np.diff(component[first])) + 1
    for a, b, w in zip(
        np.split(first, bounds), np.split(second, bounds), np.split(weight, bounds), strict=True
    ):
        if len(a):
            _agglomerate(_component(a, b, w, members, label_of), threshold, parent)
    return [_root(parent, name) for name in start]


def _contracted(
    start: Sequence[int], edges: tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.floating]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Edges between the clusters given, similarities added up."""
    names = np.asarray(start, dtype=np.int64)
    first, second = names[edges[0]], names[edges[1]]
    low, high = np.minimum(first, second), np.maximum(first, second)
    between = low != high
    keys, inverse = np.unique(low[between] * max(len(names), 1) + high[between], return_inverse=True)
    total = np.bincount(inverse, weights=edges[2][between].astype(np.float64), minlength=len(keys))
    low, high = np.divmod(keys, max(len(names), 1))
    return np.asarray(low, np.int64), np.asarray(high, np.int64), np.asarray(total, np.float64)


def _components(items: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int32]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(items, items))
    found: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return found


def _component(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    weight: NDArray[np.float64],
    members: dict[int, int],
    label_of: dict[int, str],
) -> _Clusters:
    clusters = _Clusters(links=defaultdict(dict))
    for a, b, w in zip(first.tolist(), second.tolist(), weight.tolist(), strict=True):
        clusters.links[a][b] = clusters.links[b][a] = w
    clusters.sizes = {name: members[name] for name in clusters.links}
    clusters.labels = {name: label_of[name] for name in clusters.links}
    return clusters


def _agglomerate(clusters: _Clusters, threshold: float, parent: list[int]) -> None:
    heap = [(-clusters.mean(a, b), a, b) for a, links in clusters.links.items() for b in links if a < b]
    heapq.heapify(heap)
    while heap and -heap[0][0] >= threshold:
        mean, a, b = heapq.heappop(heap)
        current = b in clusters.links.get(a, {}) and clusters.mean(a, b) == -mean
        if not current or not clusters.may_join(a, b):
            continue
        clusters.join(a, b)
        parent[b] = a
        for other in clusters.links[a]:
            low, high = min(a, other), max(a, other)
            heapq.heappush(heap, (-clusters.mean(low, high), low, high))


def _root(parent: list[int], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item
