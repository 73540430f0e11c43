"""What a simulation showed of the interval, and from how many articles it can be trusted.

The figures are from ``benchmarks/coverage.py``: in eight worlds, from even values to one value at 2 %
of the units, the share of 1,000 samples whose 95 % interval held the true alpha (samples without an
interval left out: with 20 articles and the value at 2 % that was every fourth).
"""

from collections.abc import Sequence

from framing.reliability.agreement import Agreement

#: From so many articles the interval held the truth in 93 to 97 % of the samples of every world.
ENOUGH = 100
#: Articles → lowest and highest share over the worlds.
SHOWN: dict[int, tuple[float, float]] = {10: (0.612, 0.966), 20: (0.889, 0.973), 50: (0.942, 0.969)}


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
        f"{item.value} occurs in {item.articles_with_value} of {item.articles} articles: "
        "its interval rests on fewer than the simulation had, so read it with care"
        for item in found
        if item.alpha_interval is not None and (item.articles_with_value or 0) < RARE
    ]


def warning(articles: int) -> str:
    """Say what to expect of an interval from few articles; empty from a hundred on.

    Parameters
    ----------
    articles : int
        Articles with units that two coders or more coded.
    """
    if articles >= ENOUGH:
        return ""
    below = max((number for number in SHOWN if number <= articles), default=None)
    if below is None:
        fewest = min(SHOWN)
        return (
            f"{articles} article{'s' if articles != 1 else ''}, fewer than {ENOUGH}: how often such an "
            f"interval holds the truth was not simulated below {fewest} articles"
        )
    low, high = SHOWN[below]
    return (
        f"{articles} articles, fewer than {ENOUGH}: in simulations with {below} articles a 95 % interval "
        f"held the true alpha in {100 * low:.1f} to {100 * high:.1f} % of the samples, "
        "depending on how rare the values are"
    )
