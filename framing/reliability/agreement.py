"""How far the coders of one variable agree: every coefficient with its interval or its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from framing.codebook import Variable
from framing.intervals import Floats, Interval, bootstrap_interval, sum_by_cluster
from framing.plural import counted
from framing.reliability.coefficients import (
    Coefficient,
    Level,
    ac1,
    alpha,
    cohen_kappa,
    fleiss_kappa,
    masi_distances,
    percent_agreement,
)
from framing.reliability.ratings import Ratings

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Draws:
    """How intervals are made.

    Attributes
    ----------
    number : int
        Bootstrap draws; 0: no intervals.
    confidence : float
        0 to 1.
    seed : int
    """

    number: int = 1000
    confidence: float = 0.95
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement on a variable, or on one value against the rest.

    Attributes
    ----------
    variable : str
    value : str
        Empty: the variable as a whole.
    by, group : str
        Which part of the answers: ``all``, or for instance ``round`` and its name.
    level : {"nominal", "ordinal", "masi"}
        What alpha takes differences for.
    units, coders, answers, articles : int
        Units with two answers or more, and the coders, answers and articles of these.
    prevalence : float or None
        Share of the value among these answers, 0 to 1; None for the variable as a whole.
    articles_with_value : int or None
        Articles in which any coder gave the value; None for the variable as a whole.
    alpha, percent_agreement, ac1, fleiss_kappa : float or None
        None where undefined; `percent_agreement` is a share, 0 to 1.
    alpha_interval, percent_agreement_interval, ac1_interval, fleiss_kappa_interval : list or None
        ``[low, high]``; None where it can't be given.
    alpha_error : float or None
        Standard error of alpha.
    reasons : dict of str to str
        Why a figure or an interval is missing, by its name.
    """

    variable: str
    value: str = ""
    by: str = "all"
    group: str = "all"
    level: Level
    units: int
    coders: int
    answers: int
    articles: int
    prevalence: float | None = None
    articles_with_value: int | None = None
    alpha: float | None
    alpha_interval: list[float] | None
    percent_agreement: float | None
    percent_agreement_interval: list[float] | None
    ac1: float | None
    ac1_interval: list[float] | None
    fleiss_kappa: float | None
    fleiss_kappa_interval: list[float] | None
    alpha_error: float | None = None
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """Two coders on the units that both coded.

    Attributes
    ----------
    variable, value : str
        `value` is empty for the variable as a whole.
    coder_a, coder_b : str
    units : int
    percent_agreement, cohen_kappa : float or None
        None where undefined.
    percent_agreement_interval, cohen_kappa_interval : list or None
    reasons : dict of str to str
    """

    variable: str
    value: str = ""
    coder_a: str
    coder_b: str
    units: int
    percent_agreement: float | None
    percent_agreement_interval: list[float] | None
    cohen_kappa: float | None
    cohen_kappa_interval: list[float] | None
    reasons: dict[str, str] = field(default_factory=dict)


def level_of(variable: Variable | None) -> Level:
    """Say what alpha takes differences for: by the codebook, never by guess."""
    if variable is None:
        return "nominal"
    if variable.type == "several":
        return "masi"
    return "ordinal" if variable.ordered else "nominal"


def agreement(
    ratings: Ratings, variable: str, level: Level, *, value: str = "", draws: Draws | None = None
) -> Agreement:
    """Compute the coefficients of one table of answers.

    Parameters
    ----------
    ratings : Ratings
        For a value against the rest: `Ratings.against_rest`.
    variable, value : str
        What the result is called.
    level : {"nominal", "ordinal", "masi"}
        ``ordinal`` ranks the answers as `ratings.answers` does.
    draws : Draws, optional
        Default: 1,000 draws at 95 %.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [(f"u{i}", coder, "yes" if i % 3 or (i, coder) == (3, "b") else "no")
    ...         for i in range(12) for coder in "ab"]
    >>> found = agreement(
    ...     Ratings.from_answers(pd.DataFrame(rows, columns=["unit_id", "coder", "value"])), "v", "nominal")
    >>> found.units, found.percent_agreement, round(found.alpha, 3)
    (12, 0.916667, 0.807)
    """
    draws = draws or Draws()
    every = ratings.counts()
    pairable = ratings.pairable
    counts = pairable.counts()
    used = counts.sum(axis=0)
    chosen = value and "yes" in ratings.answers
    given = counts[:, ratings.answers.index("yes")] if chosen else np.zeros(len(counts))
    kinds: dict[str, tuple[Coefficient, Ratings]] = {
        "alpha": (_alpha(counts, level, ratings.answers), pairable),
        "percent_agreement": (percent_agreement(counts), pairable),
        "ac1": (ac1(every), ratings),
        "fleiss_kappa": (fleiss_kappa(every), ratings),
    }
    figures: dict[str, Interval] = {}
    reasons: dict[str, str] = {}
    for name, (coefficient, source) in kinds.items():
        figures[name] = found = interval_of(coefficient, source, draws)
        if found.value is None:
            reasons[name] = _undefined(name, used, every.sum(axis=0), value)
        elif found.pair is None:
            reasons[f"{name}_interval"] = _no_interval(found, draws, ratings.by_article)
    if level == "masi":
        for name in ("ac1", "fleiss_kappa"):
            figures[name] = Interval(None)
            reasons.pop(f"{name}_interval", None)
            reasons[name] = "a unit can have several values: see each value against the rest"
    return Agreement(
        variable=variable,
        value=value,
        level=level,
        units=len(pairable.units),
        coders=int((pairable.table >= 0).any(axis=0).sum()),
        answers=int(used.sum()),
        articles=len(set(pairable.clusters.tolist())) if ratings.by_article else 0,
        prevalence=round(float(given.sum() / used.sum()), DIGITS) if value and used.sum() else None,
        articles_with_value=len(set(pairable.clusters[given > 0].tolist())) if value else None,
        alpha=_figure(figures["alpha"]),
        alpha_interval=_pair(figures["alpha"]),
        alpha_error=_rounded(figures["alpha"].error),
        percent_agreement=_figure(figures["percent_agreement"]),
        percent_agreement_interval=_pair(figures["percent_agreement"]),
        ac1=_figure(figures["ac1"]),
        ac1_interval=_pair(figures["ac1"]),
        fleiss_kappa=_figure(figures["fleiss_kappa"]),
        fleiss_kappa_interval=_pair(figures["fleiss_kappa"]),
        reasons=reasons,
    )


def agreement_by_value(
    ratings: Ratings,
    variable: str,
    values: Sequence[str],
    *,
    several: bool = False,
    draws: Draws | None = None,
) -> list[Agreement]:
    """Compute agreement on each value against the rest; also on values that never occur."""
    return [
        agreement(ratings.against_rest(value, several=several), variable, "nominal", value=value, draws=draws)
        for value in values
    ]


def agreement_by_pair(
    ratings: Ratings, variable: str, *, value: str = "", draws: Draws | None = None
) -> list[PairAgreement]:
    """Compute agreement of each two coders who met the same units."""
    draws = draws or Draws()
    return [
        _of_pair(ratings.pair(first, second), variable, value, draws)
        for first, second in combinations(range(len(ratings.coders)), 2)
        if ((ratings.table[:, first] >= 0) & (ratings.table[:, second] >= 0)).any()
    ]


def interval_of(coefficient: Coefficient, ratings: Ratings, draws: Draws) -> Interval:
    """Give a coefficient with its bootstrap interval over articles."""
    if draws.number == 0:
        with np.errstate(all="ignore"):
            value = float(coefficient.value(coefficient.rows.sum(axis=0)))
        return Interval(value if np.isfinite(value) else None, reason="no draws were asked for")
    count = int(ratings.clusters.max()) + 1 if len(ratings.clusters) else 0
    return bootstrap_interval(
        sum_by_cluster(coefficient.rows, ratings.clusters, count),
        coefficient.value,
        gradient=coefficient.gradient,
        scale=coefficient.scale,
        draws=draws.number,
        confidence=draws.confidence,
        seed=draws.seed,
    )


def _alpha(counts: Floats, level: Level, answers: tuple[str, ...]) -> Coefficient:
    return alpha(counts, level, masi_distances(answers) if level == "masi" else None)


def _of_pair(both: Ratings, variable: str, value: str, draws: Draws) -> PairAgreement:
    units = len(both.units)
    first, second = (np.eye(len(both.answers))[both.table[:, column]] for column in (0, 1))
    kappa = interval_of(cohen_kappa(first, second), both, draws)
    percent = interval_of(percent_agreement(first + second), both, draws)
    reasons = {}
    if kappa.value is None:
        reasons["cohen_kappa"] = (
            "the value does not occur" if value and "yes" not in both.answers else _one_answer(both)
        )
    for name, found in (("percent_agreement", percent), ("cohen_kappa", kappa)):
        if found.value is not None and found.pair is None:
            reasons[f"{name}_interval"] = _no_interval(found, draws, both.by_article)
    return PairAgreement(
        variable=variable,
        value=value,
        coder_a=both.coders[0],
        coder_b=both.coders[1],
        units=units,
        percent_agreement=_figure(percent),
        percent_agreement_interval=_pair(percent),
        cohen_kappa=_figure(kappa),
        cohen_kappa_interval=_pair(kappa),
        reasons=reasons,
    )


def _one_answer(both: Ratings) -> str:
    answer = both.answers[int(both.table[0, 0])]
    return (
        f"both coders gave {answer!r} to {counted(len(both.units), 'unit')}, all that they "
        "share: nothing to tell apart"
    )


def _undefined(name: str, used: Floats, every: Floats, value: str) -> str:
    if not used.sum():
        return "no unit has answers of two coders"
    if name == "percent_agreement":
        return "no pair of answers"
    occurring = int((used > 0).sum())
    if occurring <= 1 and value:
        return "the value does not occur" if used[0] else "no other value occurs"
    if occurring <= 1 or int((every > 0).sum()) <= 1:
        return f"all {int(used.sum())} answers are the same: nothing to tell apart"
    return "agreement by chance is complete: nothing is left to compare with"


def _no_interval(found: Interval, draws: Draws, by_article: bool) -> str:
    if found.reason.startswith("no spread between") and found.value is not None:
        if found.value >= 1 - 1e-12:
            return "no disagreement was seen, so the data do not show how far it could go"
        return "all parts of the data agree alike, so they show no spread"
    if found.reason == "one cluster has no spread":
        if by_article:
            return "all units are of one article, so the data show no spread between articles"
        return "there is one unit only, so the data show no spread between units"
    return found.reason or f"no interval from {draws.number} draws"


def _figure(found: Interval) -> float | None:
    return _rounded(found.value)


def _pair(found: Interval) -> list[float] | None:
    return None if found.pair is None else [round(end, DIGITS) for end in found.pair]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
