"""Accuracy beside the plain scikit-learn pipeline and fastText, on public data.

Usage: python benchmarks/accuracy.py DATA [--draws 10]

DATA holds `babe/` and `checkthat2025_en/`. BABE: five folds, three seeds, and 100 labels drawn at
random and tested on all others; CheckThat: trained on train and dev, tested on dev_test. All models
see the same units. Prints macro-F1 with standard deviations, and the expected calibration error of
default features on BABE. fastText takes part where the package `fasttext` is installed.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline, make_union

from framing.classifier import FramingClassifier, evaluate

FEW, SEEDS = 100, (0, 1, 2)


class Learner(Protocol):
    """What is compared."""

    def fit(self, texts: Any, labels: Any) -> Any: ...

    def predict(self, texts: Any) -> Any: ...


class FastText:
    """fastText on words 1-2 and letters 2-5, its defaults for the rest."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {}

    def fit(self, texts: Any, labels: Any) -> "FastText":
        import fasttext

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            lines = (
                f"__label__{y.replace(' ', '_')} {' '.join(x.split())}\n"
                for x, y in zip(texts, labels, strict=True)
            )
            file.write_text("".join(lines), encoding="utf-8")
            self.names = {f"__label__{y.replace(' ', '_')}": y for y in set(labels)}
            self.model = fasttext.train_supervised(
                str(file), wordNgrams=2, minn=2, maxn=5, epoch=25, lr=0.5, verbose=0, thread=1, seed=1
            )
        return self

    def predict(self, texts: Any) -> Any:
        return np.array([self.names[self.model.predict(" ".join(text.split()))[0][0]] for text in texts])


def learners() -> dict[str, Any]:
    """The models by name; ours first."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    plain = LogisticRegression(C=3, class_weight="balanced", max_iter=500)
    found: dict[str, Any] = {
        "framing": FramingClassifier(),
        "framing without embeddings": FramingClassifier(meaning=False),
        "tf-idf words 1-2, LR": make_pipeline(clone(words), LogisticRegression(max_iter=500)),
        "tf-idf words + char_wb, LR": make_pipeline(make_union(words, letters), plain),
    }
    try:
        import fasttext  # noqa: F401

        found["fastText"] = FastText()
    except ImportError:
        print("fastText is not installed: left out")
    return found


def babe(folder: Path) -> tuple[Any, Any]:
    table = pd.read_csv(folder / "babe" / "final_labels_SG2.csv", sep=";", encoding="utf-8-sig")
    table = table[table["label_bias"] != "No agreement"]
    return table["text"].to_numpy(dtype=object), table["label_bias"].to_numpy(dtype=str)


def checkthat(folder: Path, *names: str) -> tuple[Any, Any]:
    files = [folder / "checkthat2025_en" / f"{name}_en.tsv" for name in names]
    table = pd.concat([pd.read_csv(file, sep="\t", quoting=3) for file in files])
    return table["sentence"].to_numpy(dtype=object), table["label"].to_numpy(dtype=str)


def macro(truth: Any, said: Any) -> float:
    return float(f1_score(truth, said, average="macro"))


def folds(model: Any, texts: Any, labels: Any, seed: int) -> list[float]:
    cut = StratifiedKFold(5, shuffle=True, random_state=seed).split(texts, labels)
    return [
        macro(labels[test], clone(model, safe=False).fit(texts[train], labels[train]).predict(texts[test]))
        for train, test in cut
    ]


def few(model: Any, texts: Any, labels: Any, draws: int) -> list[float]:
    told = []
    for seed in range(draws):
        order = np.random.default_rng(seed).permutation(len(texts))
        train, test = order[:FEW], order[FEW:]
        told.append(
            macro(
                labels[test], clone(model, safe=False).fit(texts[train], labels[train]).predict(texts[test])
            )
        )
    return told


def calibration(texts: Any, labels: Any) -> float:
    """ECE of default features, five folds, as they come: no temperature set."""
    proba = np.zeros((len(texts), 2))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels):
        proba[test] = FramingClassifier().fit(texts[train], labels[train]).predict_proba(texts[test])
    units = [str(number) for number in range(len(texts))]
    return evaluate(labels.tolist(), proba, sorted(set(labels)), articles=units, several=False).ece


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args()
    texts, labels = babe(given.data)
    train, test = checkthat(given.data, "train", "dev"), checkthat(given.data, "dev_test")
    print(f"{'':30} BABE 5 folds x {len(SEEDS)} seeds   BABE {FEW} labels x {given.draws}   CheckThat")
    for name, model in learners().items():
        whole = [score for seed in SEEDS for score in folds(model, texts, labels, seed)]
        small = few(model, texts, labels, given.draws)
        official = macro(test[1], clone(model, safe=False).fit(*train).predict(test[0]))
        print(
            f"{name:30} {np.mean(whole):.3f} (sd {np.std(whole):.3f})        "
            f"{np.mean(small):.3f} (sd {np.std(small):.3f})        {official:.3f}",
            flush=True,
        )
    print(f"ECE of framing on BABE, 5 folds: {calibration(texts, labels):.3f}")


if __name__ == "__main__":
    main()
