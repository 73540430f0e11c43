"""Articles to units: MB/s of the whole step against pysbd alone and sentencex alone, in one run.

    python benchmarks/split.py [--megabytes 8] [--memory 1000]

The text is the starter corpus over and over, one article a JSONL row. Read, split and write are timed
as `framing split` does them; the splitters get the same lines, already read. CPU time, best of three
(pysbd: once, on a tenth). `--memory N` also splits N MB of JSONL and prints how memory grew.
Wanted: at least 20 x pysbd; memory that does not grow with the input.
"""

import argparse
import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from framing.formats import streaming
from framing.records import UNIT_COLUMNS
from framing.resources import packaged
from framing.steps.split import copy_units, split

WANTED = 20.0


def rows(size: int) -> Iterator[bytes]:
    """JSONL of about `size` bytes; no two rows alike."""
    pages = [path.read_text(encoding="utf-8") for path in sorted(packaged("seeds").glob("*.txt"))]
    written = number = 0
    while written < size:
        text = f"{pages[number % len(pages)]}\nPage {number}."
        line = (json.dumps({"id": number, "text": text}) + "\n").encode()
        yield line
        written, number = written + len(line), number + 1


class Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


def whole_step(path: Path) -> None:
    copy_units(split([path]), streaming(Nowhere(), ".jsonl", UNIT_COLUMNS))


def seconds(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


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
    part = lines[: len(lines) // 10]
    part_size = sum(len(line.encode()) for line in part) / 1e6
    segmenter = pysbd.Segmenter(language="en", clean=False)
    slow = part_size / seconds(lambda: [segmenter.segment(line) for line in part], 1)
    quick = size / seconds(lambda: [get_sentence_boundaries("en", line) for line in lines], 3)
    ours = size / seconds(lambda: whole_step(path), 3)
    for name, speed in (("pysbd alone", slow), ("sentencex alone", quick), ("framing split", ours)):
        print(f"{name:16} {speed:8.2f} MB/s   {speed / slow:7.1f} x pysbd")
    return 0 if ours / slow >= WANTED else 3


def memory(folder: Path, megabytes: int) -> None:
    for size in (megabytes // 10, megabytes):
        path = folder / f"{size}.jsonl"
        with path.open("wb") as stream:
            stream.writelines(rows(size << 20))
        whole_step(path)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:6} MB of JSONL: peak {peak:.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=8)
    parser.add_argument("--memory", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.memory:
            memory(folder, given.memory)
            return 0
        path = folder / "articles.jsonl"
        path.write_bytes(b"".join(rows(int(given.megabytes * 1e6))))
        return speeds(path)


if __name__ == "__main__":
    sys.exit(main())
