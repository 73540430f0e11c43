"""Features by name, in families of which a line has one state at most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framing.pages.chars import Flags, Ints

States = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Features of which a line has one state at most.

    Attributes
    ----------
    states : tuple of tuple of str
        Each state's features.
    held : ndarray of int
        Index into `states`, -1 where none holds: for each line, or for each of `lines`.
    lines : ndarray of int, optional
        The lines that `held` is about, in their order; some may come several times.
    """

    states: States
    held: Ints
    lines: Ints | None = None


def flag(name: str, holds: Flags) -> Family:
    """One feature that holds or not."""
    return Family(((name,),), holds.astype(np.int64) - 1)


def reached(steps: Sequence[int], values: Ints) -> Ints:
    """Number of the last step that each value reaches."""
    return np.searchsorted(steps, values, side="right") - 1


def named(families: Sequence[Family], size: int) -> list[list[str]]:
    """The names of each line's features."""
    found: list[list[str]] = [[] for _ in range(size)]
    for family in families:
        lines = range(size) if family.lines is None else family.lines.tolist()
        for line, held in zip(lines, family.held.tolist(), strict=True):
            if held >= 0:
                found[line] += family.states[held]
    return found
