"""HTML to articles: documents/s against trafilatura with metadata and comments, in one run.

    python benchmarks/extract.py FOLDER [--rounds 5]

FOLDER holds HTML pages. Each round goes through all of them with each reader in turn; the best round
counts, in CPU time. Wanted: at least 1.0 x trafilatura, with --fast at least 5 x.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from trafilatura import bare_extraction

from framing.articles.decode import decode
from framing.articles.html import read_page

WANTED = {"framing": 1.0, "framing --fast": 5.0}
READERS: dict[str, Callable[[str], object]] = {
    "trafilatura": lambda page: bare_extraction(page, include_comments=True, with_metadata=True),
    "framing": read_page,
    "framing --fast": lambda page: read_page(page, fast=True),
}


def seconds(read: Callable[[str], object], pages: Sequence[str]) -> float:
    begun = time.process_time()
    for page in pages:
        read(page)
    return time.process_time() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    pages = [decode(path.read_bytes())[0] for path in sorted(given.folder.glob("*.html"))]
    if not pages:
        print(f"no .html files in {given.folder}", file=sys.stderr)
        return 2
    best = dict.fromkeys(READERS, float("inf"))
    for _ in range(given.rounds):
        for name, read in READERS.items():
            best[name] = min(best[name], seconds(read, pages))
    missed = False
    for name, spent in best.items():
        ratio = best["trafilatura"] / spent
        missed |= ratio < WANTED.get(name, 0)
        print(f"{name:16} {len(pages) / spent:7.1f} documents/s   {ratio:5.2f} x trafilatura")
    return 3 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
