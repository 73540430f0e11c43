"""Speed of agreement on 100,000 labels by 10 coders, beside an independent package for alpha.

Yardstick: `krippendorff` (or irrCAC where only that is installed), called once a draw on resampled
units; both draw units, both give nominal alpha. Prints seconds and the ratio for 1,000 draws::

    python benchmarks/reliability.py            # the yardstick is timed on 5 draws and scaled up
"""

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from framing.intervals import bootstrap_interval
from framing.reliability import Ratings
from framing.reliability.coefficients import alpha

VALUES, SHARES = ["calm", "alarm", "appeal", "comment", "other"], [50, 20, 15, 10, 5]


def labels(file: Path, units: int, coders: int, articles: int) -> None:
    """Write a LABELS table of units × coders with one guess in six."""
    source = random.Random(1)  # noqa: S311 - invented answers
    with file.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["unit_id", "article_id", "variable", "value", "coder", "round"])
        for unit in range(units):
            true = source.choices(VALUES, SHARES)[0]
            for coder in range(coders):
                value = source.choices(VALUES, SHARES)[0] if source.random() < 1 / 6 else true
                table.writerow([f"u{unit}", f"a{unit % articles}", "tone", value, f"c{coder}", "main"])


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def yardstick() -> tuple[str, Callable[[np.ndarray], float]]:
    """Take the independent package that is installed."""
    try:
        import krippendorff

        return "krippendorff", lambda wide: krippendorff.alpha(wide, level_of_measurement="nominal")
    except ImportError:
        from irrCAC.raw import CAC

        return "irrCAC", lambda wide: CAC(pd.DataFrame(wide.T)).krippendorff()["est"]["coefficient_value"]


def bootstrap(ratings: Ratings, draws: int) -> tuple[float, float, float]:
    """Time our draws over units, and the yardstick's; gives seconds and the difference in alpha."""
    found = alpha(ratings.counts(), "nominal")
    ours = seconds(
        lambda: bootstrap_interval(
            found.rows, found.value, gradient=found.gradient, scale=found.scale, draws=draws
        )
    )
    _, other = yardstick()
    wide = np.where(ratings.table < 0, np.nan, ratings.table).T
    generator = np.random.default_rng(1)
    few = 5
    theirs = seconds(
        lambda: [other(wide[:, generator.integers(0, wide.shape[1], wide.shape[1])]) for _ in range(few)]
    )
    difference = abs(other(wide) - float(found.value(found.rows.sum(axis=0))))
    return ours, theirs * draws / few, difference


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--coders", type=int, default=10)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "labels.csv"
        labels(file, given.units, given.coders, given.articles)
        command = [sys.executable, "-m", "framing", "reliability", str(file), "--draws", str(given.draws)]
        whole = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
        print(f"framing reliability, {given.units * given.coders} labels, {given.draws} draws: {whole:.1f} s")
        frame = pd.read_csv(file, dtype=str)
    ratings = Ratings.from_answers(frame[["unit_id", "coder", "value"]])
    ours, theirs, difference = bootstrap(ratings, given.draws)
    print(
        f"alpha alone, {given.draws} draws over units: {ours:.2f} s; {yardstick()[0]}: {theirs:.0f} s; "
        f"ratio {theirs / ours:.0f}; the two alphas differ by {difference:.1e}"
    )


if __name__ == "__main__":
    main()
