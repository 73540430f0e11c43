"""What reducing and rounding the embedding table costs: the shipped table beside others of the same make.

Usage: python benchmarks/embeddings.py DATA TABLE [TABLE ...] [--seeds 1] [--draws 10]

DATA holds `babe/` and `newssd_eng/`; a TABLE is a folder that `tools/distil_embeddings.py` wrote (its
docstring names those worth comparing). The default classifier with each table and with none: BABE in
five folds a seed, BABE and NewsSD with 100 labels drawn at random and tested on all others. Prints
macro-F1 and, for other tables, its difference to the shipped one with the standard error over the same
folds and draws.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from accuracy import FEW, babe, macro, newssd
from sklearn.model_selection import StratifiedKFold

from framing.classifier import FramingClassifier
from framing.classifier.features import columns_of, encode
from framing.classifier.pieces import FOLDER, PieceTable

Cuts = list[tuple[Any, Any]]


def table_in(folder: Path) -> PieceTable:
    """Read a table; one that was not rounded holds its numbers themselves."""
    names = (folder / "pieces.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    with np.load(folder / "vectors.npz", allow_pickle=False) as arrays:
        return PieceTable(names, arrays["vectors"], arrays["scales"])


def scores(table: PieceTable | None, texts: Any, labels: Any, cuts: Cuts) -> Any:
    """Macro-F1 of each cut."""
    units = encode(columns_of(list(texts)), table)
    told = []
    for train, test in cuts:
        model = FramingClassifier(meaning=table is not None).fit_encoded(units.rows(train), labels[train])
        said = model.classes_[model.decide_encoded(units.rows(test)).argmax(axis=1)]
        told.append(macro(labels[test], said))
    return np.array(told)


def folds(labels: Any, seeds: int) -> Cuts:
    cuts = [StratifiedKFold(5, shuffle=True, random_state=seed) for seed in range(seeds)]
    return [pair for cut in cuts for pair in cut.split(labels, labels)]


def draws(labels: Any, count: int) -> Cuts:
    orders = [np.random.default_rng(seed).permutation(len(labels)) for seed in range(count)]
    return [(order[:FEW], order[FEW:]) for order in orders]


def told(found: Any, shipped: Any) -> str:
    if found is shipped:
        return f"{found.mean():.3f} (sd {found.std():.3f})"
    gain = found - shipped
    return f"{found.mean():.3f} ({gain.mean():+.3f} ± {gain.std(ddof=1) / len(gain) ** 0.5:.3f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args()
    bias, news = babe(given.data), newssd(given.data)
    tasks = {
        f"BABE, {given.seeds} x 5 folds": (*bias, folds(bias[1], given.seeds)),
        f"BABE, {FEW} labels": (*bias, draws(bias[1], given.draws)),
        f"NewsSD, {FEW} labels": (*news, draws(news[1], given.draws)),
    }
    print(f"{'':24}{''.join(f'{name:26}' for name in tasks)}")
    shipped = [scores(table_in(FOLDER), *task) for task in tasks.values()]
    print(f"{'shipped':24}{''.join(f'{told(found, found):26}' for found in shipped)}", flush=True)
    for folder in (*given.tables, None):
        table = table_in(folder) if folder else None
        row = [scores(table, *task) for task in tasks.values()]
        cells = (told(found, base) for found, base in zip(row, shipped, strict=True))
        print(f"{folder.name if folder else 'none':24}{''.join(f'{cell:26}' for cell in cells)}", flush=True)


if __name__ == "__main__":
    main()
