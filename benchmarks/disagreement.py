"""What coders' disagreement is worth in training, on sentences that five people coded.

Usage: python benchmarks/disagreement.py DATA [--seeds 3] [--draws 20]

DATA holds `babe/` with the coders' raw answers (reading them takes openpyxl). Four ways to learn the
same gold: plain; each unit weighted by its support (share of answers for its value); by its margin (that
share minus the others', at least 0.1); and on the coders' distribution (each unit under every answer,
weighted by its share). All are tested on the same held-out gold: five folds, and FEW labels drawn at
random. Prints macro-F1, its difference to plain with the standard error over folds, and the log loss to
the coders' shares.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from accuracy import FEW, babe, macro
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from framing.classifier import FramingClassifier
from framing.classifier.features import Encoded, columns_of, encode
from framing.classifier.weights import BLOCKS, Design

BIASED, OTHER = "Biased", "Non-biased"
LEAST = 0.1
Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Coded:
    """Sentences with gold and the share of coders who called them biased."""

    def __init__(self, folder: Path) -> None:
        texts, self.gold = babe(folder)
        raw = pd.read_excel(folder / "babe" / "raw_labels_SG2.xlsx")
        raw = raw[raw["label_bias"].isin([BIASED, OTHER])]
        shares = (raw["label_bias"] == BIASED).groupby(raw["text"]).mean()
        self.biased: Numbers = shares.reindex(texts).to_numpy(dtype=np.float64)
        self.share: Numbers = np.where(self.gold == BIASED, self.biased, 1 - self.biased)
        model = FramingClassifier()
        self.units: Encoded = encode(columns_of(list(texts)), model.pieces)

    def told(self, way: str, train: Any, test: Any) -> Numbers:
        """Probability of BIASED for the test units, learnt in one way from the others."""
        units = self.units.rows(train)
        design = Design.learn(units, BLOCKS, FramingClassifier().at_least)
        matrix, answers, weight = design.matrix(units), self.gold[train], WAYS[way](self.share[train])
        if way == "coders' distribution":
            biased = self.biased[train]
            twice = np.tile(np.arange(len(train)), 2)
            weight = np.concatenate([biased, 1 - biased])
            held = np.flatnonzero(weight > 0)
            matrix, weight = matrix[twice[held]], weight[held]
            answers = np.repeat([BIASED, OTHER], len(train))[held]
        regression = LogisticRegression(
            C=3 * min(1, len(train) / 1000) ** 0.5, class_weight="balanced", max_iter=1000
        )
        regression.fit(matrix, answers, sample_weight=weight / weight.mean())
        return np.asarray(regression.predict_proba(design.matrix(self.units.rows(test)))[:, 0])

    def figures(self, way: str, train: Any, test: Any) -> tuple[float, float]:
        """Macro-F1, and log loss to the coders' shares."""
        found = self.told(way, train, test)
        biased = self.biased[test]
        loss = -np.mean(biased * np.log(found) + (1 - biased) * np.log(1 - found))
        return macro(self.gold[test], np.where(found > 0.5, BIASED, OTHER)), float(loss)


WAYS: dict[str, Callable[[Numbers], Numbers]] = {
    "plain gold": np.ones_like,
    "weighted by support": lambda share: share,
    "weighted by margin": lambda share: np.maximum(2 * share - 1, LEAST),
    "coders' distribution": np.ones_like,
}


def cuts(gold: Any, seeds: int) -> Iterator[tuple[Any, Any]]:
    """Five folds for each seed."""
    for seed in range(seeds):
        yield from StratifiedKFold(5, shuffle=True, random_state=seed).split(gold, gold)


def draws(count: int, units: int) -> Iterator[tuple[Any, Any]]:
    """FEW units to learn from, all others to test on."""
    for seed in range(count):
        order = np.random.default_rng(seed).permutation(units)
        yield order[:FEW], order[FEW:]


def compare(coded: Coded, title: str, parts: list[tuple[Any, Any]]) -> None:
    """Print a line a way."""
    print(title)
    plain = None
    for way in WAYS:
        found = np.array([coded.figures(way, train, test) for train, test in parts])
        plain = found if plain is None else plain
        gain = found[:, 0] - plain[:, 0]
        print(
            f"  {way:22} macro-F1 {found[:, 0].mean():.3f}, to plain {gain.mean():+.4f} "
            f"(se {gain.std() / len(parts) ** 0.5:.4f}), log loss {found[:, 1].mean():.3f}",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=20)
    given = parser.parse_args()
    coded = Coded(given.data)
    compare(coded, f"5 folds x {given.seeds} seeds", list(cuts(coded.gold, given.seeds)))
    compare(coded, f"{FEW} labels x {given.draws}", list(draws(given.draws, len(coded.gold))))


if __name__ == "__main__":
    main()
