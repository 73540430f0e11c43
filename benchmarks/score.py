"""Speed and memory of scoring beside the plain scikit-learn pipeline, on distinct sentences.

Usage: python benchmarks/score.py SENTENCES.txt [--units 100000] [--plain 4000]

SENTENCES.txt holds one sentence a line; repeated lines are dropped. If there are fewer than asked for,
more are made of halves of two sentences each, so that none is repeated. Both learn the same 2,000
sentences with made-up classes; what is timed is `predict` on a list of strings, once, nothing
remembered at the start. Prints sentences a second, their ratio, and peak memory above the input.
"""

import argparse
import random
import resource
import time
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from framing.classifier import FramingClassifier

LEARNT = 2000


def distinct(file: Path, wanted: int) -> list[str]:
    """Sentences of a file, none twice; recombined from halves once they run out."""
    found = list(dict.fromkeys(line for line in file.read_text(encoding="utf-8").splitlines() if line))
    pool, seen, draw = list(found), set(found), random.Random(1)  # noqa: S311
    while len(found) < wanted:
        one, other = draw.choice(pool).split(), draw.choice(pool).split()
        made = " ".join(one[: len(one) // 2] + other[len(other) // 2 :])
        if made not in seen:
            seen.add(made)
            found.append(made)
    draw.shuffle(found)
    return found[:wanted]


def plain() -> object:
    """The yardstick: tf-idf of words 1-2 and char_wb 2-5, logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, letters), LogisticRegression(max_iter=200))


def timed(model: object, texts: list[str]) -> float:
    """Sentences a second of processor time, one call."""
    start = time.process_time()
    model.predict(texts)  # type: ignore[attr-defined]
    return len(texts) / (time.process_time() - start)


def peak() -> float:
    """The process's largest memory so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--plain", type=int, default=4000)
    given = parser.parse_args()
    texts = distinct(given.sentences, given.units + LEARNT)
    learnt, asked = texts[:LEARNT], texts[LEARNT:]
    classes = [("even", "odd", "third")[len(text) % 3] for text in learnt]
    ours = FramingClassifier().fit(learnt, classes)
    before = peak()
    speed = timed(ours, asked)
    grown = peak() - before
    yardstick = plain().fit(learnt, classes)  # type: ignore[attr-defined]
    base = timed(yardstick, asked[: given.plain])
    print(f"{len(asked)} distinct sentences, {sum(map(len, asked)) / 1e6:.1f} million characters")
    print(f"framing {speed:,.0f} sentences/s, scikit-learn {base:,.0f} sentences/s")
    print(f"ratio {speed / base:.1f}, peak memory above the input {grown:.0f} MB")


if __name__ == "__main__":
    main()
