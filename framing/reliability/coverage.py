"""What a simulation showed of the interval, and from how many articles it can be trusted.

The figures are from ``benchmarks/coverage.py``: in eight worlds, from even values to one value at 2 %
of the units, the share of 1,000 samples whose 95 % interval held the true alpha (samples without an
interval left out: with 20 articles and the value at 2 % that was every third).
"""

from collections.abc import Sequence

from framing.plural import counted
from framing.reliability.agreement import Agreement

#: From so many articles the interval held the truth in 93 to 97 % of the samples of every world.
ENOUGH = 100
#: Articles → lowest and highest share over the worlds.
SHOWN: dict[int, tuple[float, float]] = {10: (0.667, 0.963), 20: (0.885, 0.962), 50: (0.935, 0.973)}


#: A value at 2 % of the units stood in 9 or more of 100 articles in 95 % of the samples.
RARE = 9


def rare_values(found: Sequence[Agreement]) -> list[str]:
    """Name the values that occur in fewer articles than the simulation had.

    Parameters
    ----------
    found : sequence of Agreement
        Each of a value against the rest.
    """
    return [
        f"{item.value} occurs in {item.articles_with_value} of {counted(item.articles, 'article')}: "
        "its interval rests on fewer than the simulation had, so read it with care"
        for item in found
        if item.alpha_interval is not None and (item.articles_with_value or 0) < RARE
    ]


def warning(clusters: int, noun: str = "article") -> str:
    """Say what to expect of an interval from few articles; empty from a hundred on.

    Parameters
    ----------
    clusters : int
        Articles with units that two coders or more coded; where no article is known, units.
    noun : str
        What the clusters are.
    """
    if clusters >= ENOUGH:
        return ""
    below = max((number for number in SHOWN if number <= clusters), default=None)
    if below is None:
        fewest = min(SHOWN)
        return (
            f"{counted(clusters, noun)}, fewer than {ENOUGH}: how often such an "
            f"interval holds the truth was not simulated below {fewest} articles"
        )
    low, high = SHOWN[below]
    return (
        f"{counted(clusters, noun)}, fewer than {ENOUGH}: in simulations with {below} articles a 95 "
        "% interval "
        f"held the true alpha in {100 * low:.1f} to {100 * high:.1f} % of the samples, "
        "depending on how rare the values are"
    )
