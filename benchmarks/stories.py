"""Grouping articles into stories and topics, against all-pairs TF-IDF.

Usage: python benchmarks/stories.py [SIZE...]        (default: 5000 20000 100000)

The articles are made: an event has its own rare words and a place in one of a few hundred matters;
three to seven outlets tell it within three days in words of their own, some copy one another.
Seconds are CPU time of one process.
Each size runs in a process of its own, so that the peak of memory is its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import combinations

import numpy as np

YARDSTICK = 5000
_VOCABULARY = 60_000
_LENGTH = 350


def articles(size: int, seed: int = 1) -> Iterator[tuple[str, float, int]]:
    """Text, day and event of each article."""
    rng = np.random.default_rng(seed)
    words = np.array([f"w{number}" for number in range(_VOCABULARY)])
    common = 1 / np.arange(1, _VOCABULARY + 1) ** 1.05
    common /= common.sum()
    made = event = 0
    before = ""
    matters = [rng.integers(500, _VOCABULARY, 60) for _ in range(300)]
    while made < size:
        matter = matters[int(rng.integers(len(matters)))]
        own = rng.integers(2000, _VOCABULARY, 30)
        day = float(rng.uniform(0, 365))
        for _ in range(min(int(rng.integers(3, 8)), size - made)):
            body = rng.choice(_VOCABULARY, _LENGTH, p=common)
            about = rng.choice(matter, 40)
            telling = np.concatenate([rng.choice(own, 50), [_VOCABULARY - 1]])
            text = " ".join(words[np.concatenate([body, about, telling])])
            if made % 20 == 19:
                text = f"{before} {text[:300]}"
            before = text
            yield text, day + float(rng.uniform(0, 2)), event
            made += 1
        event += 1


def ours(size: int) -> dict[str, float]:
    """CPU seconds, peak of memory in MB, and pair F1 of grouping."""
    import pandas as pd

    from framing.findings.stories import group_articles
    from framing.neighbours import TermCounts

    counts, rows, events = TermCounts(), [], []
    spent = 0.0
    for number, (text, day, event) in enumerate(articles(size)):
        start = time.process_time()
        counts.add([text])
        spent += time.process_time() - start
        when = pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)
        rows.append((f"{number:08d}", when.isoformat(), ""))
        events.append(event)
    counted = spent
    table = pd.DataFrame(rows, columns=["article_id", "published", "story"])
    start = time.process_time()
    # Copies are told by their texts, which are not held here: none is found, all are looked for.
    found = group_articles(table, counts, lambda number: f"text {number}")
    spent += time.process_time() - start
    return {
        "articles": size,
        "seconds": round(spent, 1),
        "counting": round(counted, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "stories": len(set(found.story)),
        "pair_f1": round(pair_f1(found.story, events), 3),
    }


def all_pairs(size: int) -> dict[str, float]:
    """The yardstick: scikit-learn's TF-IDF and the full matrix of cosines."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = list(articles(size))
    start = time.process_time()
    vectors = TfidfVectorizer(sublinear_tf=True).fit_transform(text for text, _, _ in made)
    cosine = (vectors @ vectors.T).toarray().astype(np.float32)
    days = np.array([day for _, day, _ in made])
    cosine[np.abs(days[:, None] - days[None]) > 6] = 0
    distance = np.clip(1 - cosine, 0, 1)
    np.fill_diagonal(distance, 0)
    groups = fcluster(linkage(squareform(distance, checks=False), "average"), 0.84, "distance")
    return {
        "articles": size,
        "seconds": round(time.process_time() - start, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "pair_f1": round(pair_f1([str(group) for group in groups], [event for _, _, event in made]), 3),
    }


def pair_f1(found: list[str], known: list[int]) -> float:
    both = pairs([f"{f} {k}" for f, k in zip(found, known, strict=True)])
    return 2 * both / (pairs(found) + pairs([str(event) for event in known]))


def pairs(names: list[str]) -> int:
    _, counts = np.unique(names, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def apart(which: str, size: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, which, str(size)], capture_output=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main() -> None:
    if sys.argv[1:2] in (["ours"], ["all_pairs"]):
        print(json.dumps({"ours": ours, "all_pairs": all_pairs}[sys.argv[1]](int(sys.argv[2]))))
        return
    yardstick = apart("all_pairs", YARDSTICK)
    print("all pairs  ", yardstick)
    sizes = [int(size) for size in sys.argv[1:]] or [YARDSTICK, 20_000, 100_000]
    runs = [apart("ours", size) for size in sizes]
    for run in runs:
        ratio = (yardstick["seconds"] / YARDSTICK**2) * run["articles"] ** 2 / run["seconds"]
        print("neighbours ", run, f"{ratio:.1f} x all pairs grown with the square")
    for one, other in combinations(runs, 2):
        more = (other["peak_mb"] - one["peak_mb"]) * 1024 / (other["articles"] - one["articles"])
        print(f"memory: {more:.1f} kB an article from {one['articles']} to {other['articles']}")


if __name__ == "__main__":
    main()
