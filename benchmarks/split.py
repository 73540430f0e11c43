"""Articles to units: MB/s of the whole step against pysbd alone and sentencex alone, in one run.

    python benchmarks/split.py [--megabytes 8] [--stages] [--memory 1000]

The text is the starter corpus over and over, one article a JSONL row, in each copy of a page with most
of its longer words exchanged for others of the corpus: no two paragraphs are alike, menus and buttons
are, as in a crawl. Read, split and write are timed as `framing split` does them; the splitters get the
same lines, already read. CPU time, the best of three rounds in turn (pysbd on a tenth of the text).
`--stages` tells where the time goes instead. `--memory N` splits N MB of such JSONL and prints how
memory grew.
Wanted: at least 20 x pysbd; memory that does not grow with the input.
"""

import argparse
import io
import json
import random
import re
import resource
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path

from framing.articles import read_articles
from framing.formats import streaming
from framing.pages import split_articles
from framing.pages.features import vocabulary
from framing.pages.lines import lines_of
from framing.pages.model import regions_of_pages
from framing.pages.regions import places_of_pages
from framing.pages.sentences import sentence_spans
from framing.records import UNIT_COLUMNS, Article
from framing.resources import packaged
from framing.steps.split import copy_units, split

WANTED = 20.0
ROUNDS = 3
_WORD = re.compile(r"\b([a-z]{5,})\b")


def rows(size: int) -> Iterator[bytes]:
    """JSONL of about `size` bytes; no two rows alike, nor two paragraphs."""
    pages = [path.read_text(encoding="utf-8") for path in sorted(packaged("seeds").glob("*.txt"))]
    pieces = [_WORD.split(page) for page in pages]
    pool = sorted({word for page in pieces for word in page[1::2] if word not in vocabulary()})
    rng = random.Random(1)  # noqa: S311 - no secret, the same on every machine
    written = number = 0
    while written < size:
        text = "".join(_exchanged(pieces[number % len(pages)], pool, rng))
        line = (json.dumps({"id": number, "text": text}) + "\n").encode()
        yield line
        written, number = written + len(line), number + 1


def _exchanged(pieces: list[str], pool: list[str], rng: random.Random) -> Iterator[str]:
    """A page cut at its longer words, each unknown one exchanged for its neighbour in the alphabet."""
    shift = rng.randrange(len(pool))
    for index, piece in enumerate(pieces):
        place = bisect_left(pool, piece) if index % 2 else len(pool)
        known = place == len(pool) or pool[place] != piece
        yield piece if known else pool[(place + shift) % len(pool)]


class Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


def whole_step(path: Path) -> None:
    copy_units(split([path]), streaming(Nowhere(), ".jsonl", UNIT_COLUMNS))


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def speeds(path: Path) -> int:
    import pysbd
    from sentencex import get_sentence_boundaries

    lines = [
        line
        for row in path.read_text(encoding="utf-8").splitlines()
        for line in json.loads(row)["text"].splitlines()
        if line.strip()
    ]
    size = sum(len(line.encode()) for line in lines) / 1e6
    part = lines[::10]
    part_size = sum(len(line.encode()) for line in part) / 1e6
    segmenter = pysbd.Segmenter(language="en", clean=False)
    works: dict[str, tuple[float, Callable[[], object]]] = {
        "pysbd alone": (part_size, lambda: [segmenter.segment(line) for line in part]),
        "sentencex alone": (size, lambda: [get_sentence_boundaries("en", line) for line in lines]),
        "sentences alone": (size, lambda: [sentence_spans(line) for line in lines]),
        "framing split": (size, lambda: whole_step(path)),
    }
    best = dict.fromkeys(works, 0.0)
    for _ in range(ROUNDS):  # in turn, so that a busy moment of the machine hits all alike
        for name, (amount, work) in works.items():
            best[name] = max(best[name], amount / seconds(work))
    slow = best["pysbd alone"]
    for name, speed in best.items():
        print(f"{name:16} {speed:8.2f} MB/s   {speed / slow:7.1f} x pysbd")
    return 0 if best["framing split"] / slow >= WANTED else 3


def stages(path: Path) -> int:
    from framing.pages.looks import looks_of

    articles = [item for item in read_articles([path]) if isinstance(item, Article)]
    pages = [lines_of(article.text) for article in articles]
    batches = [pages[start : start + 128] for start in range(0, len(pages), 128)]
    texts = [[*{line.text: None for page in batch for line in page}] for batch in batches]
    units = [found for _, found in split_articles(articles)]
    works: dict[str, Callable[[], object]] = {
        "read": lambda: list(read_articles([path])),
        "lines": lambda: [lines_of(article.text) for article in articles],
        "what lines show alone": lambda: [looks_of(batch) for batch in texts],
        "regions, that included": lambda: [regions_of_pages(batch) for batch in batches],
        "places, that included": lambda: [places_of_pages(batch, [""] * len(batch)) for batch in batches],
        "units, that included": lambda: list(split_articles(articles)),
        "JSON": lambda: [streaming(Nowhere(), ".jsonl", UNIT_COLUMNS).write_cells(found) for found in units],
        "whole step": lambda: whole_step(path),
    }
    for name, work in works.items():
        print(f"{name:24} {1000 * min(seconds(work) for _ in range(ROUNDS)):6.0f} ms")
    return 0


def memory(folder: Path, megabytes: int) -> None:
    for size in (megabytes // 10, megabytes):
        path = folder / f"{size}.jsonl"
        with path.open("wb") as stream:
            stream.writelines(rows(size << 20))
        whole_step(path)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:6} MB of JSONL: peak {peak:.0f} MB", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=8)
    parser.add_argument("--stages", action="store_true")
    parser.add_argument("--memory", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.memory:
            memory(folder, given.memory)
            return 0
        path = folder / "articles.jsonl"
        path.write_bytes(b"".join(rows(int(given.megabytes * 1e6))))
        return stages(path) if given.stages else speeds(path)


if __name__ == "__main__":
    sys.exit(main())
