"""How many more units: how narrow the interval of alpha gets, and what a wanted width needs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from framing.reliability.agreement import Agreement

MORE_UNITS = (50, 100, 200, 500, 1000)
WIDTHS = (0.2, 0.1, 0.05)


@dataclass(frozen=True, slots=True)
class Plan:
    """What more units coded by two or more coders would bring.

    Attributes
    ----------
    width : float or None
        Of the interval of alpha as it is; None where there is none, then `reason` says why.
    with_more : list of dict
        ``more_units units articles width``: the width to expect; `articles` None where none is known.
    for_width : list of dict
        ``width more_units units articles``: what it takes to get there.
    reason : str
    """

    width: float | None
    with_more: list[dict[str, Any]] = field(default_factory=list)
    for_width: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""


def plan(found: Agreement, more: Sequence[int] = MORE_UNITS, widths: Sequence[float] = WIDTHS) -> Plan:
    """Extrapolate the interval of alpha.

    The standard error falls with the root of the number of articles, so the figures hold if the new
    units come in new articles with as many units each as now, and coders agree as they do now.

    Parameters
    ----------
    found : Agreement
        With an interval of alpha.
    more : sequence of int
        Numbers of further units.
    widths : sequence of float
        Wanted widths, for instance 0.1 for .75 to .85.

    Notes
    -----
    On the scale -log(1 - alpha) the interval is symmetric with half-width h, so its width is
    2 (1 - alpha) sinh(h), and h falls with the root of the sample.
    """
    if found.alpha is None or found.alpha_interval is None:
        why = found.reasons.get("alpha") or found.reasons.get("alpha_interval", "alpha has no interval")
        return Plan(None, reason=why)
    low, high = found.alpha_interval
    spread = 2 * (1 - found.alpha)
    half = math.asinh((high - low) / spread)
    per_article = found.units / found.articles if found.articles else None

    def row(extra: int) -> dict[str, Any]:
        width = spread * math.sinh(half * math.sqrt(found.units / (found.units + extra)))
        return {
            "more_units": extra,
            "units": found.units + extra,
            "articles": math.ceil((found.units + extra) / per_article) if per_article else None,
            "width": round(width, 4),
        }

    def needed(width: float) -> int:
        ratio = half / math.asinh(width / spread)
        return max(0, math.ceil(found.units * ratio**2 - 1e-9) - found.units)

    return Plan(
        width=round(high - low, 4),
        with_more=[row(extra) for extra in more],
        for_width=[row(needed(width)) | {"width": width} for width in widths],
    )
