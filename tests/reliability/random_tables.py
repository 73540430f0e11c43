"""A thousand tables of units × coders with gaps, the same everywhere: the seed decides."""

import random

GAP = None
Table = list[list[int | None]]


def tables(count: int = 1000, seed: int = 20240607) -> list[Table]:
    """Tables of 3–30 units, 2–6 coders and 2–6 values, with up to half of the answers missing."""
    source = random.Random(seed)  # noqa: S311 - tables, not secrets
    return [_table(source) for _ in range(count)]


def _table(source: random.Random) -> Table:
    units, coders, values = 3 + _below(source, 28), 2 + _below(source, 5), 2 + _below(source, 5)
    gap, noise, skew = 0.5 * source.random(), source.random(), 0.2 + source.random()
    rows: Table = []
    for _ in range(units):
        true = _skewed(source, values, skew)
        answers = [_skewed(source, values, skew) if source.random() < noise else true for _ in range(coders)]
        rows.append([GAP if source.random() < gap else answer for answer in answers])
    return rows


def _below(source: random.Random, bound: int) -> int:
    return int(source.random() * bound)


def _skewed(source: random.Random, values: int, skew: float) -> int:
    return min(values - 1, int(values * source.random() ** (1 / skew)))
