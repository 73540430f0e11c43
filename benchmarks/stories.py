"""Grouping articles into stories and topics, against all-pairs TF-IDF.

Usage: python benchmarks/stories.py [SIZE...]        (default: 10000 100000)
       python benchmarks/stories.py whole SIZE...

`grouped` is all that stands between a file of articles and the name of each one's story: reading JSONL,
splitting pages into units, counting and weighing words, candidates, cosines, copies, stories and topics.
`whole` is `framing compare` with the default model: scoring, quotations, tables and pages besides.
`all pairs` is scikit-learn's TF-IDF of texts that are in memory already, and the full matrix of cosines.

The articles are made: an event has its own rare words and a place in one of a few hundred matters;
three to seven outlets tell it within three days in words of their own, and every twentieth article is
the one before it with another beginning. No two articles have the same text.
Seconds are CPU time of one process. Each size runs in a process of its own, so that the peak of memory,
the pages of files that are mapped into it included, is its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

YARDSTICK = 5000
_VOCABULARY = 60_000
_LENGTH = 200


def articles(size: int, seed: int = 1) -> Iterator[tuple[str, float, int]]:
    """Text, day and event of each article."""
    rng = np.random.default_rng(seed)
    words = np.array([f"w{number}" for number in range(_VOCABULARY)])
    common = np.cumsum(1 / np.arange(1, _VOCABULARY + 1) ** 1.05)
    common /= common[-1]
    made = event = 0
    before = ""
    matters = [rng.integers(500, _VOCABULARY, 60) for _ in range(300)]
    while made < size:
        matter = matters[int(rng.integers(len(matters)))]
        own = rng.integers(2000, _VOCABULARY, 30)
        day = float(rng.uniform(0, 365))
        for _ in range(min(int(rng.integers(3, 8)), size - made)):
            body = np.minimum(np.searchsorted(common, rng.random(_LENGTH)), _VOCABULARY - 1)
            about = rng.choice(matter, 40)
            telling = np.concatenate([rng.choice(own, 50), [_VOCABULARY - 1]])
            text = " ".join(words[np.concatenate([body, about, telling])])
            if made % 20 == 19:
                text = f"{before} {text[:300]}"
            before = text
            yield text, day + float(rng.uniform(0, 2)), event
            made += 1
        event += 1


def grouped(size: int) -> dict[str, float]:
    """CPU seconds, peak of memory in MB, and pair F1 of reading and grouping."""
    from framing.steps.split import Splitting
    from framing.steps.stories.taken import taking

    with tempfile.TemporaryDirectory() as folder:
        file, events = _written(Path(folder), size)
        start = time.process_time()
        with taking(None, Path(folder)) as taken:
            for units in Splitting([file]).batches():
                taken.write(unit.row() for unit in units)
            read = time.process_time()
            found = taken.grouping()
        end = time.process_time()
        return {
            "articles": size,
            "megabytes": round(file.stat().st_size / 1e6, 1),
            "seconds": round(end - start, 1),
            "reading": round(read - start, 1),
            "peak_mb": _peak(),
            "stories": len(set(found.story)),
            "topics": len(set(found.topic)),
            "copies": sum(map(bool, found.copy_of)),
            "pair_f1": round(pair_f1(found.story, events), 3),
        }


def whole(size: int) -> dict[str, float]:
    """CPU seconds and peak of memory in MB of the whole `framing compare`, with the default model."""
    from framing.steps.compare import compare
    from framing.steps.study import Study

    with tempfile.TemporaryDirectory() as folder:
        file, _ = _written(Path(folder), size)
        start = time.process_time()
        done = compare(Study(None), [file], Path(folder) / "out")
        return {
            "articles": done.articles,
            "megabytes": round(file.stat().st_size / 1e6, 1),
            "seconds": round(time.process_time() - start, 1),
            "peak_mb": _peak(),
            "stories": done.stories,
            "quotations": done.quotations,
        }


def _written(folder: Path, size: int) -> tuple[Path, list[int]]:
    """The articles as a file of pages, and the event of each."""
    file, events = folder / "articles.jsonl", []
    with file.open("w", encoding="utf-8") as stream:
        for number, (text, day, event) in enumerate(articles(size)):
            stream.write(_page(number, text, day, event))
            events.append(event)
    return file, events


def _page(number: int, text: str, day: float, event: int) -> str:
    """A headline, paragraphs of four sentences, and words that someone is quoted with."""
    words = text.split()
    told = [" ".join(words[start : start + 16]).capitalize() + "." for start in range(0, len(words), 16)]
    paragraphs = [" ".join(told[start : start + 4]) for start in range(0, len(told), 4)]
    quoted = f"“The matter of {words[-2]} is number {event} for us,” said Ada Orrel."
    body = "\n\n".join([f"{words[-5]} {words[-4]} {words[-3]}", *paragraphs, quoted])
    when = (np.datetime64("2024-01-01") + np.timedelta64(int(day * 86400), "s")).item().isoformat()
    known = {"id": f"{number:08d}", "outlet": f"outlet {number % 40}", "published": when}
    return json.dumps(known | {"text": body}) + "\n"


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


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
        "peak_mb": _peak(),
        "pair_f1": round(pair_f1([str(group) for group in groups], [event for _, _, event in made]), 3),
    }


def pair_f1(found: list[str], known: list[int]) -> float:
    both = pairs([f"{f} {k}" for f, k in zip(found, known, strict=True)])
    return 2 * both / (pairs(found) + pairs([str(event) for event in known]))


def pairs(names: list[str]) -> int:
    _, counts = np.unique(names, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def apart(act: str, size: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, "--", act, str(size)], capture_output=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main(given: list[str]) -> None:
    acts = {"grouped": grouped, "whole": whole, "all_pairs": all_pairs}
    if given[:1] == ["--"]:
        print(json.dumps(acts[given[1]](int(given[2]))))
        return
    act = "whole" if given[:1] == ["whole"] else "grouped"
    sizes = [int(size) for size in given if size != "whole"] or [10_000, 100_000]
    yardstick = apart("all_pairs", YARDSTICK)
    print("all pairs", yardstick, flush=True)
    runs = []
    for size in sizes:
        runs.append(apart(act, size))
        grown = yardstick["seconds"] * (size / YARDSTICK) ** 2 / runs[-1]["seconds"]
        print(act, runs[-1], f"{grown:.1f} x all pairs grown with the square", flush=True)
    for one, other in pairwise(runs):
        more = (other["peak_mb"] - one["peak_mb"]) * 1024 / (other["articles"] - one["articles"])
        print(f"memory: {more:.1f} kB an article from {one['articles']} to {other['articles']}")


if __name__ == "__main__":
    main(sys.argv[1:])
