"""Agreement in the words of a methods section."""

from collections.abc import Sequence

from framing.plural import counted
from framing.reliability.agreement import Agreement, Draws

_LEVELS = {
    "nominal": "nominal",
    "ordinal": "ordinal",
    "masi": "MASI distance between sets of values",
}
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()


def verdict(value: float | None, thresholds: Sequence[float]) -> str:
    """Place a coefficient among the thresholds.

    Parameters
    ----------
    value : float or None
        None: undefined.
    thresholds : sequence of float
        The tentative and the reliable one, for instance .667 and .800.

    Examples
    --------
    >>> verdict(0.7, (0.667, 0.8)), verdict(None, (0.667, 0.8))
    ('≥ .667', 'undefined')
    """
    if value is None:
        return "undefined"
    met = [threshold for threshold in thresholds if value >= threshold]
    return f"≥ {number(max(met), 3)}" if met else f"< {number(min(thresholds), 3)}"


def number(value: float, digits: int = 2) -> str:
    """Write a coefficient without the leading zero, as journals do.

    Examples
    --------
    >>> number(0.8265), number(-0.05), number(1.0)
    ('.83', '-.05', '1.00')
    """
    text = f"{value:.{digits}f}"
    if text.startswith("-0."):
        return "-" + text[2:] if float(text) else text[2:]
    return text[1:] if text.startswith("0.") else text


def sentence(found: Agreement, draws: Draws) -> str:
    """Tell a variable's agreement in sentences that a paper can take over."""
    who = _NUMBERS[found.coders] if found.coders < len(_NUMBERS) else str(found.coders)
    articles = f" from {counted(found.articles, 'article', ',')}" if found.articles else ""
    if found.alpha is None:
        return (
            f"Agreement on {found.variable} can't be given as Krippendorff's alpha: "
            f"{found.reasons.get('alpha', 'undefined')} ({counted(found.units, 'unit', ',')} coded "
            "twice or more)."
        )
    parts = [
        f"{who.capitalize()} coders coded {counted(found.units, 'unit', ',')}{articles} on {found.variable} "
        f"({found.answers:,} codings, two or more a unit).",
        f"Krippendorff's alpha ({_LEVELS[found.level]}) is {number(found.alpha)}"
        f"{_interval(found.alpha_interval, draws)};",
    ]
    others = [
        f"{name} {number(value)}{_interval(interval, draws)}"
        for name, value, interval in (
            ("Gwet's AC1", found.ac1, found.ac1_interval),
            ("Fleiss' kappa", found.fleiss_kappa, found.fleiss_kappa_interval),
        )
        if value is not None
    ]
    percent = f"{100 * (found.percent_agreement or 0):.1f} % of all pairs of codings agree"
    parts.append("; ".join([percent, *others]) + ".")
    if found.alpha_interval:
        drawn = "articles were drawn whole" if found.articles else "units were drawn"
        parts.append(f"Intervals are studentised bootstrap intervals ({draws.number:,} draws; {drawn}).")
    elif draws.number:
        parts.append(f"Alpha has no interval: {found.reasons['alpha_interval']}.")
    return " ".join(parts)


def _interval(pair: list[float] | None, draws: Draws) -> str:
    if pair is None:
        return ""
    return f", {100 * draws.confidence:g} % CI [{number(pair[0])}, {number(pair[1])}]"
