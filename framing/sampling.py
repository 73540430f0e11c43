"""Which units a round asks for: random, stratified or uncertain, with the chance that each had.

A random order is a hash of seed and unit, so that a larger sample extends a smaller one, on every
machine and whatever else is in the inputs.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Literal

from framing.records import Unit, digest, former_unit

Selection = Literal["all", "random", "uncertain"]
#: Part of an uncertain selection that is drawn at random all the same, so that shares can be told.
RANDOM_SHARE = 0.2
_WORD = re.compile(r"\w+")
#: Two units are near copies if this part of their words, counted once each, is common to both.
_COPY = 0.7
#: How many of the units that were held back are looked at for the next one.
_LOOK = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """How a round draws its units.

    Attributes
    ----------
    select : {"all", "random", "uncertain"}
    n : int or None
        The round's total; None takes all.
    seed : int
        Decides the random order.
    strata : tuple of str
        Some of ``region outlet story``; the sample is spread evenly over their combinations.
    overlap : float
        Share of the drawn units, 0 to 1, that goes to several coders, blind.
    """

    select: Selection = "all"
    n: int | None = None
    seed: int = 1
    strata: tuple[str, ...] = ()
    overlap: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A unit of the sample and how it came into it.

    Attributes
    ----------
    unit : Unit
    sampling : {"all", "random", "uncertain"}
    probability : float or None
        The chance that the design gave it, above 0 to 1; None where it was picked for its
        uncertainty, which no chance describes.
    stratum : str
        Its stratum; empty without strata.
    blind : bool
        Whether several coders code it without seeing a suggestion.
    """

    unit: Unit
    sampling: Selection
    probability: float | None
    stratum: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """What a plan drew.

    Attributes
    ----------
    drawn : list of Drawn
        In the order in which coders should meet them.
    population : int
        Units that could have been drawn.
    strata : dict of str to (int, int)
        Drawn and available units of each stratum.
    """

    drawn: list[Drawn] = field(default_factory=list)
    population: int = 0
    strata: dict[str, tuple[int, int]] = field(default_factory=dict)


def rank(seed: int, unit_id: str, purpose: str = "draw") -> str:
    """Give a unit its place in a random order, the same on every machine, and the same as in 0.1.0.

    Examples
    --------
    >>> rank(1, "u1") == rank(1, "u1"), rank(1, "u1") == rank(2, "u1")
    (True, False)
    """
    return digest(f"{purpose}:{seed}:{former_unit(unit_id)}", size=8)


def draw(
    units: Sequence[Unit],
    plan: Plan,
    uncertainty: Callable[[Sequence[Unit]], Sequence[float]] | None = None,
    there: Collection[str] = (),
) -> Sample:
    """Draw a round's units.

    Parameters
    ----------
    units : sequence of Unit
        All that may be asked for, in the order of the pages.
    plan : Plan
    uncertainty : callable, optional
        Gives each unit a number that is higher the less sure a model is; needed to select
        ``uncertain`` units.
    there : collection of str
        Ids of the units that the round has already. Of ``uncertain`` units they are taken first,
        since another model finds others uncertain and `n` is the round's total.

    Returns
    -------
    Sample
        With ``all`` in the order of the pages, else with no two units of an article in a row
        wherever that can be.

    Raises
    ------
    ValueError
        If uncertain units are asked for and `uncertainty` is not given.
    """
    if plan.select == "all":
        drawn = [Drawn(unit, "all", 1.0) for unit in units[: plan.n]]
        return Sample(_blinded(drawn, plan), len(units))
    groups = _strata(units, plan)
    if plan.select == "random":
        wanted = len(units) if plan.n is None else plan.n
        drawn, table = _random(groups, wanted)
        return Sample(_blinded(apart(drawn), plan), len(units), table)
    if uncertainty is None:
        raise ValueError("uncertain units need a model to say so")
    drawn = _uncertain(units, plan, uncertainty, there)
    return Sample(_blinded(apart(drawn), plan), len(units))


def _strata(units: Iterable[Unit], plan: Plan) -> dict[str, list[Unit]]:
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(" · ".join(str(getattr(unit, name)) for name in plan.strata), []).append(unit)
    for members in groups.values():
        members.sort(key=lambda unit: rank(plan.seed, unit.unit_id))
    return dict(sorted(groups.items()))


def allocate(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Spread a sample evenly over strata, small ones taken whole; grows with `n` in each.

    Examples
    --------
    >>> allocate({"body": 100, "headline": 3}, 11)
    {'body': 8, 'headline': 3}
    """
    given = dict.fromkeys(sizes, 0)
    left = min(n, sum(sizes.values()))
    while left:
        open_ = [name for name in sizes if given[name] < sizes[name]]
        step = max(1, left // len(open_))
        for name in open_:
            more = min(step, sizes[name] - given[name], left)
            given[name] += more
            left -= more
    return given


def _random(groups: Mapping[str, list[Unit]], wanted: int) -> tuple[list[Drawn], dict[str, tuple[int, int]]]:
    counts = allocate({name: len(members) for name, members in groups.items()}, wanted)
    table = {name: (counts[name], len(members)) for name, members in groups.items()}
    drawn = [
        Drawn(unit, "random", counts[name] / len(members), name)
        for name, members in groups.items()
        for unit in members[: counts[name]]
    ]
    return drawn, table


def _uncertain(
    units: Sequence[Unit],
    plan: Plan,
    uncertainty: Callable[[Sequence[Unit]], Sequence[float]],
    there: Collection[str],
) -> list[Drawn]:
    """Mix a random share into the least certain units, so that part of the round stays a sample."""
    wanted = min(len(units), len(units) if plan.n is None else plan.n)
    by_chance = sorted(units, key=lambda unit: rank(plan.seed, unit.unit_id))[: round(wanted * RANDOM_SHARE)]
    chance = len(by_chance) / len(units) if units else 0.0
    taken = {unit.unit_id for unit in by_chance}
    rest = [unit for unit in units if unit.unit_id not in taken]
    doubts = uncertainty(rest)
    order = sorted(range(len(rest)), key=lambda i: (-doubts[i], rank(plan.seed, rest[i].unit_id)))
    first = set(sorted(order, key=lambda i: rest[i].unit_id not in there)[: wanted - len(by_chance)])
    picked = [Drawn(rest[i], "uncertain", None) for i in order if i in first]
    return _mixed(picked, [Drawn(unit, "random", chance) for unit in by_chance])


def _mixed(first: Sequence[Drawn], second: Sequence[Drawn]) -> list[Drawn]:
    """Spread the second list evenly through the first."""
    total = len(first) + len(second)
    places = [((index + 0.5) * total / len(first), item) for index, item in enumerate(first)]
    places += [((index + 0.5) * total / len(second), item) for index, item in enumerate(second)]
    return [item for _, item in sorted(places, key=lambda place: place[0])]


def _alike(first: Unit, second: Unit) -> bool:
    """Whether two units are of one article or near copies of one another."""
    if first.article_id == second.article_id:
        return True
    words, others = _words(first.text), _words(second.text)
    return len(words & others) >= _COPY * len(words | others)


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def apart(drawn: Sequence[Drawn], alike: Callable[[Unit, Unit], bool] = _alike) -> list[Drawn]:
    """Reorder so that no two units of one article, nor near copies, follow one another, where that can be.

    What is too like the one before waits, and comes as soon as it can; nothing else moves.

    Parameters
    ----------
    drawn : sequence of Drawn
    alike : callable
        Tells which two units are to be parted instead, those of one story for example.
    """
    ordered: list[Drawn] = []
    held: list[Drawn] = []
    for item in drawn:
        if ordered and alike(ordered[-1].unit, item.unit):
            held.append(item)
            continue
        ordered.append(item)
        while (place := _next(ordered[-1].unit, held, alike)) is not None:
            ordered.append(held.pop(place))
    while held:
        last = ordered[-1].unit
        place = _next(last, held, alike)
        if place is None:
            others = (i for i, item in enumerate(held) if item.unit.article_id != last.article_id)
            place = next(others, 0)
        ordered.append(held.pop(place))
    return ordered


def _next(last: Unit, held: Sequence[Drawn], alike: Callable[[Unit, Unit], bool]) -> int | None:
    """The place of the first that is not like the last one; None if there is none near the front."""
    return next((i for i, item in enumerate(islice(held, _LOOK)) if not alike(last, item.unit)), None)


def _blinded(drawn: Sequence[Drawn], plan: Plan) -> list[Drawn]:
    """Mark the units that several coders code: each by its own random number below the share."""
    limit = 2**64
    return [
        Drawn(
            item.unit,
            item.sampling,
            item.probability,
            item.stratum,
            int(rank(plan.seed, item.unit.unit_id, "overlap"), 16) < plan.overlap * limit,
        )
        for item in drawn
    ]
