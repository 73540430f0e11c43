"""Accuracy beside the plain scikit-learn pipeline and fastText, on public data.

Usage: python benchmarks/accuracy.py DATA [--seeds 3] [--draws 10]

DATA holds `babe/`, `checkthat2025_en/` and `newssd_eng/`. BABE: five folds a seed; CheckThat:
trained on train and dev, tested on dev_test; BABE and NewsSD: 100 labels drawn at random and tested on
all others. All models see the same units. Prints macro-F1 with standard deviations, and the expected
calibration error of default features on BABE. fastText takes part where `fasttext` can be imported:
``pip install fasttext-numpy2-wheel`` (MIT; ready for Python 3.11 on Linux; nothing else here needs it).
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

FEW = 100


class Learner(Protocol):
    """What is compared."""

    def fit(self, texts: Any, labels: Any) -> Any: ...

    def predict(self, texts: Any) -> Any: ...


class FastText:
    """fastText on words 1-2 and letters 2-5, 25 epochs at a rate of .5, its defaults for the rest."""

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
        answers, _ = self.model.predict([" ".join(text.split()) for text in texts])
        return np.array([self.names[answer] for (answer,) in answers])


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
        print("fastText is left out; to have it: pip install fasttext-numpy2-wheel")
    return found


def babe(folder: Path) -> tuple[Any, Any]:
    table = pd.read_csv(folder / "babe" / "final_labels_SG2.csv", sep=";", encoding="utf-8-sig")
    table = table[table["label_bias"] != "No agreement"]
    return table["text"].to_numpy(dtype=object), table["label_bias"].to_numpy(dtype=str)


def checkthat(folder: Path, *names: str) -> tuple[Any, Any]:
    files = [folder / "checkthat2025_en" / f"{name}_en.tsv" for name in names]
    table = pd.concat([pd.read_csv(file, sep="\t", quoting=3) for file in files])
    return table["sentence"].to_numpy(dtype=object), table["label"].to_numpy(dtype=str)


def newssd(folder: Path) -> tuple[Any, Any]:
    files = [folder / "newssd_eng" / f"{name}.csv" for name in ("train", "val", "test")]
    table = pd.concat([pd.read_csv(file) for file in files])
    return table["Sentence"].to_numpy(dtype=object), table["Label"].to_numpy(dtype=str)


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


def _told(scores: list[float]) -> str:
    return f"{np.mean(scores):.3f} (sd {np.std(scores):.3f})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args()
    texts, labels = babe(given.data)
    train, test = checkthat(given.data, "train", "dev"), checkthat(given.data, "dev_test")
    news = newssd(given.data)
    print(f"macro-F1 (sd); BABE and NewsSD with {FEW} labels: {given.draws} draws, the same for all")
    print(f"{'':28} BABE, {given.seeds} x 5 folds  CheckThat  BABE, {FEW} labels  NewsSD, {FEW} labels")
    for name, model in learners().items():
        whole = [score for seed in range(given.seeds) for score in folds(model, texts, labels, seed)]
        official = macro(test[1], clone(model, safe=False).fit(*train).predict(test[0]))
        small, other = few(model, texts, labels, given.draws), few(model, *news, given.draws)
        print(
            f"{name:28} {_told(whole):20} {official:.3f}      {_told(small):19} {_told(other)}",
            flush=True,
        )
    print(f"ECE of framing on BABE, 5 folds: {calibration(texts, labels):.3f}")


if __name__ == "__main__":
    main()
