"""Make ``framing/pages/regions.json``, the region model, from the coded starter pages.

    python tools/train_regions.py                      make the model
    python tools/train_regions.py --leave-out event    how well it does on events it has not seen
    python tools/train_regions.py --leave-out outlet   … on outlets it has not seen
    … --folds 5 --variants 3 --seeds 2                 several events at once, fewer variants: quicker

Three events are held back: no model is ever trained on them (`HELD_BACK`).
"""

import argparse
import csv
import json
import random
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chain import Sequences, averaged, train
from page_rows import Page, Row
from page_variants import Stock, variant

from framing.files import whole_text
from framing.pages.context import features_of
from framing.pages.lines import lines_of
from framing.pages.model import from_mapping, regions_of

ROOT = Path(__file__).resolve().parents[1]
HELD_BACK = ("tap-water-notice", "self-driving-tram", "heat-alert")
#: Variants of each page for a model; how much of a page's weight it has itself, as against them.
VARIANTS, OWN_SHARE = 6, 0.1
#: How many models are averaged, each with variants of its own.
SEEDS = 4
#: A feature on fewer lines says nothing.
RARE = 8


def coded_pages(*, held_back: bool = False) -> dict[str, Page]:
    """The starter pages, line by line with the region that was coded."""
    rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with (ROOT / "labels" / "starter.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["coder"] == "coder-a" and row["source"].startswith(HELD_BACK) == held_back:
                rows[row["source"]].append((int(row["start"]), row["region"]))
    return {source: _page(source, units) for source, units in sorted(rows.items())}


def _page(source: str, units: list[tuple[int, str]]) -> Page:
    with (ROOT / "seeds" / source).open(newline="", encoding="utf-8") as file:
        lines = lines_of(file.read())
    starts = [line.start for line in lines]
    regions: list[Counter[str]] = [Counter() for _ in lines]
    for start, region in sorted(units):
        regions[bisect_right(starts, start) - 1][region] += 1
    return [
        Row(" " * line.indent + line.text, line.blank_before if i else 0, found.most_common(1)[0][0])
        for i, (line, found) in enumerate(zip(lines, regions, strict=True))
    ]


def text_of(page: Page) -> str:
    """A page's rows as text."""
    return "".join("\n" * row.blank + row.text + "\n" for row in page)


def states_of(page: Page) -> list[str]:
    """Each line's region and the phase of the page it stands in: head, story, foot or talk."""
    regions = [row.region for row in page]
    story = [i for i, region in enumerate(regions) if region in ("body", "subhead")]
    talk = [i for i, region in enumerate(regions) if region in ("comment", "comment_meta")]
    first = story[0] if story else 0
    if "headline" in regions:
        first = regions.index("headline")
    last = story[-1] if story else (first if "headline" in regions else -1)
    return [f"{region}/{_phase(i, first, last, talk)}" for i, region in enumerate(regions)]


def _phase(index: int, first: int, last: int, talk: list[int]) -> str:
    if talk and talk[0] <= index <= talk[-1]:
        return "talk"
    if index < first:
        return "head"
    return "story" if index <= last else "foot"


def training_pages(pages: Sequence[Page], variants: int, seed: int) -> tuple[list[Page], list[float]]:
    """The pages and variants of them, each with its weight; a page counts 1 with its variants."""
    rng = random.Random(seed)  # noqa: S311 - no secret, the same on every machine
    stock = Stock.of(pages, Path(__file__).parent)
    found: list[Page] = []
    weights: list[float] = []
    for page in pages:
        found.append(page)
        found += [variant(page, stock, rng) for _ in range(variants)]
        weights += [OWN_SHARE, *[(1 - OWN_SHARE) / variants] * variants]
    return found, weights


def fitted(pages: Sequence[Page], variants: int = VARIANTS, seeds: int = SEEDS) -> dict[str, Any]:
    """A model of these pages, as it is written: the mean of several, each of variants drawn for it."""
    draws = [training_pages(pages, variants, seed) for seed in range(1, seeds + 1)]
    states = sorted({state for found, _ in draws for page in found for state in states_of(page)})
    return averaged([_fitted(found, weights, states) for found, weights in draws])


def _fitted(pages: Sequence[Page], weights: list[float], states: list[str]) -> dict[str, Any]:
    lines = [lines_of(text_of(page)) for page in pages]
    features = [features_of(page) for page in lines]
    blanks = [[line.blank_before > 0 for line in page] for page in lines]
    counts = Counter(name for page in features for names in page for name in names)
    index = {"edge": 0}
    for name in sorted(name for name, count in counts.items() if count >= RARE):
        index[name] = len(index)
    numbers = [[[index[n] for n in names if n in index] for names in page] for page in features]
    return train(Sequences(numbers, blanks, [states_of(page) for page in pages], weights), index, states)


def accuracy(model: dict[str, Any], pages: Iterable[tuple[str, Page]]) -> Counter[tuple[str, str]]:
    """How often each region was taken for each other one, by lines."""
    reader = from_mapping(model)
    found: Counter[tuple[str, str]] = Counter()
    for _, page in pages:
        guessed = regions_of(lines_of(text_of(page)), model=reader)
        found.update(zip((row.region for row in page), guessed, strict=True))
    return found


def leave_out(pages: dict[str, Page], what: str, folds: int, variants: int, seeds: int) -> None:
    """Print the accuracy on pages whose event or outlet the model has not seen; `folds` 0: one each."""
    part = 0 if what == "event" else 1

    def group(source: str) -> str:
        return Path(source).stem.split("_")[part]

    total: Counter[tuple[str, str]] = Counter()
    names = sorted({group(source) for source in pages})
    for part_of in range(folds or len(names)):
        out = names[part_of :: folds or len(names)]
        model = fitted([page for source, page in pages.items() if group(source) not in out], variants, seeds)
        found = accuracy(model, [(s, page) for s, page in pages.items() if group(s) in out])
        total.update(found)
        _say(f"{', '.join(out)}: {_share(found):.3f}")
    wrong = [(pair, count) for pair, count in total.most_common() if pair[0] != pair[1]]
    _say(f"lines with the right region: {_share(total):.4f}", *wrong[:12], sep="\n  ")


def _share(found: Counter[tuple[str, str]]) -> float:
    return sum(n for (gold, guess), n in found.items() if gold == guess) / found.total()


def _say(*parts: object, sep: str = " ") -> None:
    sys.stdout.write(sep.join(map(str, parts)) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Train, or measure on what is left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--leave-out", choices=("event", "outlet"))
    parser.add_argument("--folds", type=int, default=0, help="groups of events or outlets; 0: each alone")
    parser.add_argument("--variants", type=int, default=VARIANTS, help="of each page, for each model")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="models to average")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "framing/pages/regions.json")
    options = parser.parse_args()
    pages = coded_pages()
    if options.leave_out:
        leave_out(pages, options.leave_out, options.folds, options.variants, options.seeds)
        return
    model = fitted(list(pages.values()), options.variants, options.seeds)
    with whole_text(options.output) as file:
        json.dump(model, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    _say(f"{options.output}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
