"""Articles to scores: MB/s of each stage and of the whole, beside plain reading and pysbd + scikit-learn.

    python benchmarks/throughput.py [INPUT...] [--megabytes 10] [--jobs N] [--fast] [--plot FILE.png]
    python benchmarks/throughput.py --memory 10 300

Without INPUT the text is made as in benchmarks/split.py: the starter corpus over and over, one article a
JSONL row, no two paragraphs alike. MB are 10^6 bytes of input as it lies on the disk. Stages are measured
one after the other in one process, in CPU time; so are the yardstick, pysbd with scikit-learn's words 1-2
and char_wb 2-5 on the first articles, and reading alone. The whole is `framing score -o scores.jsonl` as a
process of its own, in elapsed time, with the memory of it and its workers looked at five times a second:
its rate depends on what else the machine does, its CPU time (printed too) hardly. --memory gives the most
that the command holds for each amount of made text, in MB, and nothing else.
Wanted: one process at 20 x the yardstick or more, by CPU time. Exit code 3 if it is less.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import Any

import psutil
from split import rows

from framing.articles.read import Record, article_of
from framing.articles.streams import UnreadableError
from framing.classifier import Model
from framing.collector import collector_paused
from framing.pages import split_articles
from framing.records import Article, Unit
from framing.scoring.feed import Feed
from framing.scoring.table import Scores, score_columns, scores_from, summed
from framing.scoring.target import total_size
from framing.scoring.work import portions
from framing.steps.models import find_model
from framing.steps.study import Study

WANTED = 20.0
LEARNT = 2000


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the CPU time that it took."""
    begun = time.process_time()
    given = act()
    return given, time.process_time() - begun


def decoded(records: Sequence[Record], *, fast: bool) -> Iterator[Article]:
    for record in records:
        with suppress(UnreadableError):
            yield article_of(record, fast=fast)


@collector_paused()  # as in the work on each batch
def stages(inputs: Sequence[str], *, fast: bool) -> tuple[dict[str, float], list[Article], int]:
    """Seconds of each stage over all batches; the first articles; how many there are."""
    model = find_model(Study(None))
    model.predict_proba(["loads what is loaded at first use"])
    spent = dict.fromkeys(("read", "decode, extract", "split", "predict", "rows", "sum up", "write"), 0.0)
    first: list[Article] = []
    count = 0
    batches = Feed(inputs).batches()
    while True:
        batch, spent["read"] = _added(spent["read"], lambda: next(batches, None))
        if batch is None:
            return spent, first, count
        records = [item for item in batch.items if isinstance(item, Record)]
        articles, spent["decode, extract"] = _added(
            spent["decode, extract"], lambda r=records: list(decoded(r, fast=fast))
        )
        count += len(articles)
        first += articles if sum(len(item.text) for item in first) < 300_000 else []
        units, spent["split"] = _added(
            spent["split"], lambda a=articles: [unit for _, found in split_articles(a) for unit in found]
        )
        proba, spent["predict"] = _added(spent["predict"], lambda u=units: model.predict_proba(u))
        parts, spent["rows"] = _added(spent["rows"], lambda u=units, p=proba: _parts(model, u, p))
        _, spent["sum up"] = _added(spent["sum up"], lambda p=parts: list(summed(model, p)))
        columns = score_columns(model)
        _, spent["write"] = _added(spent["write"], lambda p=parts, c=columns: portions(".jsonl", c, p))


def _parts(model: Model, units: Sequence[Unit], proba: Any) -> list[Scores]:
    """SCORES, article by article."""
    table = scores_from(model, units, proba)
    ends = list(accumulate(len(list(part)) for _, part in groupby(table.columns["article_id"])))
    return [table.part(start, end) for start, end in pairwise([0, *ends])]


def _added(before: float, act: Callable[[], Any]) -> tuple[Any, float]:
    given, seconds = timed(act)
    return given, before + seconds


def yardstick(articles: Sequence[Article]) -> float:
    """Articles a second of CPU time with pysbd + scikit-learn, from text at hand; learning is not counted."""
    import pysbd
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(make_union(words, letters), LogisticRegression(max_iter=200))
    lines = [line for item in articles for line in item.text.splitlines() if line.strip()]
    model.fit(lines[:LEARNT], [len(line) % 5 for line in lines[:LEARNT]])
    segmenter = pysbd.Segmenter(language="en", clean=False)
    _, seconds = timed(
        lambda: model.predict_proba([part for line in lines for part in segmenter.segment(line)])
    )
    return len(articles) / seconds


def whole(inputs: Sequence[str], jobs: int, *, fast: bool) -> tuple[float, float, list[tuple[float, float]]]:
    """Elapsed and CPU seconds of the command, and MB held at moments of it, all processes together."""
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-m", "framing", "score", *inputs, "-o", f"{folder}/scores.jsonl"]
        begun = time.monotonic()
        before = os.times()
        process = subprocess.Popen(
            [*line, "--jobs", str(jobs), *["--fast"] * fast], stderr=subprocess.DEVNULL
        )
        held = []
        while process.poll() is None:
            held.append((time.monotonic() - begun, _memory(process.pid) / 1e6))
            time.sleep(0.2)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        return time.monotonic() - begun, used, held


def _memory(pid: int) -> int:
    total = 0
    with suppress(psutil.Error):
        main = psutil.Process(pid)
        for process in (main, *main.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def plot(held: Sequence[tuple[float, float]], file: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3))
    axes = figure.subplots()
    axes.plot(*zip(*held, strict=True))
    axes.set(xlabel="seconds", ylabel="MB, all processes", ylim=(0, None))
    figure.savefig(file, bbox_inches="tight")


def costs(rate: float, day: int) -> None:
    """Print what so many articles a day cost at so many a second and core, as docs/scale.md has it."""
    print(f"\n| {day:,} articles a day, machines of two cores | 1 machine | 10 | 100 |")
    print("| --- | ---: | ---: | ---: |")
    for days, name in ((1, "a day"), (30, "a month"), (3652, "ten years")):
        seconds = days * day / (2 * rate)
        print(f"| {name} | {' | '.join(_span(seconds / machines) for machines in (1, 10, 100))} |")
    print()


def _span(seconds: float) -> str:
    """A time in the unit that suits it.

    Examples
    --------
    >>> _span(6840), _span(66), _span(24e6)
    ('1.9 h', '1.1 min', '278 days')
    """
    for size, name in ((72 * 3600, "days"), (5400, "h"), (0, "min")):
        if seconds >= size:
            number = seconds / {"days": 86400, "h": 3600, "min": 60}[name]
            break
    return f"{number:.{1 if number < 10 else 0}f} {name}"


def tell(inputs: Sequence[str], given: argparse.Namespace) -> int:
    size = total_size(inputs) / 1e6
    spent, first, count = stages(inputs, fast=given.fast)
    total = sum(spent.values())
    print(f"{count} articles, {size:.1f} MB; one process, CPU time")
    for name, seconds in spent.items():
        rate = size / seconds if seconds else float("inf")
        print(
            f"{name:16} {rate:9.2f} MB/s {count / max(seconds, 1e-9):10.0f} articles/s {seconds / total:6.1%}"
        )
    print(f"{'all of it':16} {size / total:9.2f} MB/s {count / total:10.0f} articles/s")
    slow = yardstick(first)
    ratio = count / total / slow
    print(f"{'pysbd + sklearn':16} {size / count * slow:9.2f} MB/s {slow:10.1f} articles/s, on {len(first)}")
    print(f"ratio {ratio:.1f} x pysbd + sklearn; wanted {WANTED:.0f}")
    costs(count / total, given.day)
    elapsed, used, held = whole(inputs, given.jobs, fast=given.fast)
    print(
        f"framing score --jobs {given.jobs}: {elapsed:.1f} s, {size / elapsed:.2f} MB/s, "
        f"{count / elapsed:.0f} articles/s; CPU {used:.1f} s; at most {max(m for _, m in held):.0f} MB"
    )
    if given.plot:
        plot(held, given.plot)
    return 0 if ratio >= WANTED else 3


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("inputs", nargs="*")
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--day", type=int, default=400_000, help="articles a day, to be multiplied")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--plot", default="")
    parser.add_argument("--memory", type=float, nargs="+", default=[])
    given = parser.parse_args()
    if given.inputs:
        return tell(given.inputs, given)
    for size in given.memory:
        with made(size) as path:
            elapsed, used, held = whole([path], given.jobs, fast=False)
        most = max(memory for _, memory in held)
        print(f"{size:g} MB: at most {most:.0f} MB held, {elapsed:.0f} s, CPU {used:.0f} s", flush=True)
    if given.memory:
        return 0
    with made(given.megabytes) as path:
        return tell([path], given)


@contextmanager
def made(megabytes: float) -> Iterator[str]:
    """A file of so much text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        with path.open("wb") as stream:
            stream.writelines(rows(int(megabytes * 1e6)))
        yield str(path)


if __name__ == "__main__":
    sys.exit(main())
