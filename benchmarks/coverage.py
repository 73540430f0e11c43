"""How often the 95 % interval of alpha holds the truth, beside a percentile bootstrap of the same draws.

Yardstick: the percentile interval. Truth: alpha of a sample of 200,000 articles of the same world.
Ends with code 1 if a world from 100 articles on lies outside 93 to 97 %::

    python benchmarks/coverage.py                       # 1,000 samples, 10 to 400 articles
    python benchmarks/coverage.py --samples 200 --articles 100 --worlds rare_2
"""

import argparse
import sys
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from framing.intervals import Floats, bootstrap_interval, sum_by_cluster
from framing.reliability.coefficients import Coefficient, Level, alpha

LOW, HIGH, ENOUGH = 0.93, 0.97, 100


@dataclass(frozen=True)
class World:
    """Articles with a mix of values and a difficulty of their own, and coders who err.

    Attributes
    ----------
    shares : tuple of float
        Of the values over all articles.
    error : float
        Mean chance that a coder guesses (from the shares) instead of seeing the true value.
    coders : int
    gap : float
        Chance that an answer is missing.
    """

    shares: tuple[float, ...]
    error: float
    level: Level = "nominal"
    coders: int = 2
    gap: float = 0.0


WORLDS = {
    "even": World((1 / 3, 1 / 3, 1 / 3), 0.2),
    "skewed": World((0.82, 0.08, 0.05, 0.03, 0.02), 0.15),
    "rare_5": World((0.95, 0.05), 0.1),
    "rare_2": World((0.98, 0.02), 0.08),
    "low": World((0.8, 0.2), 0.6),
    "high": World((0.7, 0.2, 0.1), 0.04),
    "ordinal": World((0.6, 0.2, 0.1, 0.06, 0.04), 0.3, "ordinal", 3),
    "gaps": World((0.9, 0.07, 0.03), 0.25, "nominal", 5, 0.5),
}


def sample(world: World, articles: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Draw articles with their units: counts by value, and the article of each unit."""
    sizes = rng.negative_binomial(2, 2 / 13, articles) + 1
    article = np.repeat(np.arange(articles), sizes)
    shares = np.asarray(world.shares)
    mixes = rng.dirichlet(shares * 3 * len(shares), articles)
    difficulty = rng.beta(2, 2 / world.error - 2, articles)[article]
    true = (rng.random(len(article))[:, None] > mixes.cumsum(axis=1)[article]).sum(axis=1)
    true = true.clip(max=len(shares) - 1)
    counts = np.zeros((len(article), len(shares)))
    for _ in range(world.coders):
        guess = rng.choice(len(shares), len(article), p=shares)
        given = np.where(rng.random(len(article)) < difficulty, guess, true)
        answered = rng.random(len(article)) >= world.gap
        counts[np.flatnonzero(answered), given[answered]] += 1
    return counts, article


@cache
def truth(world: World) -> float:
    """Alpha of a sample so large that its own error does not matter."""
    found = alpha(sample(world, 200_000, np.random.default_rng(1))[0], world.level)
    return float(found.value(found.rows.sum(axis=0)))


@dataclass
class Coverage:
    """Shares of the samples whose interval held the truth, and where the truth lay below or above."""

    studentised: float
    percentile: float
    below: float
    above: float
    undefined: int
    width: float


def coverage(world: World, articles: int, samples: int, draws: int, seed: int = 2) -> Coverage:
    """Simulate samples and their intervals."""
    rng = np.random.default_rng([seed, articles])
    true = truth(world)
    ends, percentiles = [], []
    for number in range(samples):
        counts, article = sample(world, articles, rng)
        found = alpha(counts, world.level)
        totals = sum_by_cluster(found.rows, article, articles)
        interval = bootstrap_interval(
            totals, found.value, gradient=found.gradient, scale=found.scale, draws=draws, seed=number
        )
        if interval.low is None or interval.high is None:
            continue
        ends.append((interval.low, interval.high))
        percentiles.append(_percentile(totals, found, draws, rng))
    low, high = np.array(ends).T
    p_low, p_high = np.array(percentiles).T
    return Coverage(
        studentised=float(((low <= true) & (true <= high)).mean()),
        percentile=float(((p_low <= true) & (true <= p_high)).mean()),
        below=float((true < low).mean()),
        above=float((true > high).mean()),
        undefined=samples - len(ends),
        width=float(np.median(high - low)),
    )


def _percentile(totals: Floats, found: Coefficient, draws: int, rng: np.random.Generator) -> Floats:
    clusters = len(totals)
    weights = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    return np.asarray(np.nanquantile(found.value(weights @ totals), [0.025, 0.975]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--articles", default="10,20,50,100,200,400")
    parser.add_argument("--worlds", default=",".join(WORLDS))
    given = parser.parse_args()
    missed = []
    print("world      articles  studentised  percentile  below  above  undefined  width")
    for articles in map(int, given.articles.split(",")):
        for name in given.worlds.split(","):
            found = coverage(WORLDS[name], articles, given.samples, given.draws)
            print(
                f"{name:10} {articles:8} {found.studentised:12.3f} {found.percentile:11.3f} "
                f"{found.below:6.3f} {found.above:6.3f} {found.undefined:10} {found.width:6.3f}",
                flush=True,
            )
            if articles >= ENOUGH and not LOW <= found.studentised <= HIGH:
                missed.append(f"{name} at {articles} articles: {found.studentised:.3f}")
    for line in missed:
        print(f"outside {LOW} to {HIGH}: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
