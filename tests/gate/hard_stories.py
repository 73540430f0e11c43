"""A harder corpus than the starter pages: how well are events found among others like them?

Usage: python -m tests.gate.hard_stories        (prints pair F1 by threshold:
starter pages with and without dates, the harder corpus with and without)

Made from the starter pages by exchanging words, since their eighteen events are all that is known:

- a *twin* is the same matter elsewhere: all names are other names and part of the other words other
  words, alike in the five pages, so it is an event of its own near the one that it was made from;
- a *stranger* is one page of a twin of which the other outlets tell nothing;
- a page is *rewritten*: part of its words are exchanged in this page alone;
- pages are cut to a third, and some lose their date.

Twins and strangers appear within ten days of the event that they were made from.
"""

import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from framing.findings import stories
from framing.findings.dates import day
from framing.resources import packaged
from framing.steps.split import Splitting
from framing.steps.stories.taken import taking

_WORD = re.compile(r"[^\W\d_]{3,}")
_SYLLABLES = "bar cor den fal gor hil jen kel lor mar nor pel quin ros sal tor ver wex yar zel".split()
TWINS, STRANGERS = 2, 12
#: Part of the words that are not names which a twin has of its own, and a rewritten page.
TWIN, REWRITTEN = 0.35, 0.25
#: Part of the pages that are cut to a third, and that have no date.
CUT, UNDATED = 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Page:
    """What grouping knows of a page."""

    name: str
    event: str
    outlet: str
    day: float
    lines: tuple[tuple[str, str], ...]


def starter() -> list[Page]:
    """The starter pages."""
    pages = [[unit.row() for unit in units] for units in Splitting([packaged("seeds")]).batches()]
    return [
        Page(
            str(units[0]["source"]),
            str(units[0]["story"]),
            str(units[0]["outlet"]),
            day(str(units[0]["published"])) or float("nan"),
            tuple((str(unit["region"]), str(unit["text"])) for unit in units),
        )
        for units in pages
    ]


def hard(pages: Sequence[Page], *, seed: int = 1) -> list[Page]:
    """The starter events, their twins and strangers: rewritten, cut, some without a date."""
    rng = random.Random(seed)  # noqa: S311 - no secret, the same on every machine
    pool = sorted({w for page in pages for _, text in page.lines for w in _WORD.findall(text) if w.islower()})
    made = list(pages)
    for event in sorted({page.event for page in pages}):
        told = [page for page in pages if page.event == event]
        for number in range(TWINS + STRANGERS):
            twins = _twin(told, f"{event} {number}", pool, rng)
            made += twins if number < TWINS else [rng.choice(twins)]
    return [_worn(page, pool, rng) for page in made]


def _twin(told: Sequence[Page], event: str, pool: Sequence[str], rng: random.Random) -> list[Page]:
    names = {word for page in told for _, text in page.lines for word in _names(text)}
    chosen = {name: _name(rng) for name in sorted(names)}
    words = sorted({w for page in told for _, text in page.lines for w in _WORD.findall(text) if w.islower()})
    chosen |= {word: rng.choice(pool) for word in words if rng.random() < TWIN}
    shift = rng.uniform(-10, 10)
    return [
        replace(
            page,
            name=f"{event} {page.outlet}",
            event=event,
            day=page.day + shift,
            lines=_exchanged(page.lines, chosen.get),
        )
        for page in told
    ]


def _names(text: str) -> list[str]:
    """Words with a capital that do not begin a sentence."""
    return re.findall(r"(?<=[\w,;] )[A-Z][a-z]{2,}", text)


def _name(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3)))).capitalize()


def _worn(page: Page, pool: Sequence[str], rng: random.Random) -> Page:
    own: dict[str, str] = {}

    def other(word: str) -> str | None:
        if word not in own:
            own[word] = rng.choice(pool) if word.islower() and rng.random() < REWRITTEN else word
        return own[word]

    lines = _exchanged(page.lines, other)
    if rng.random() < CUT:
        lines = lines[: max(3, len(lines) // 3)]
    when = float("nan") if rng.random() < UNDATED else page.day
    return replace(page, lines=lines, day=when)


def _exchanged(
    lines: Sequence[tuple[str, str]], other: Callable[[str], str | None]
) -> tuple[tuple[str, str], ...]:
    return tuple((region, _WORD.sub(lambda m: other(m[0]) or m[0], text)) for region, text in lines)


def grouped(pages: Sequence[Page], *, dates: bool) -> stories.Grouping:
    """Group pages as `framing compare` does."""
    with taking(None) as taken:
        for page in pages:
            known = {"article_id": page.name, "source": page.name, "outlet": page.outlet, "story": ""}
            known["published"] = _date(page.day) if dates else ""
            taken.write(known | {"title": "", "region": region, "text": text} for region, text in page.lines)
        return taken.grouping()


def _date(when: float) -> str:
    return "" if when != when else (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=when)).isoformat()


def pair_f1(found: Sequence[str], known: Sequence[str]) -> float:
    """F1 of the pairs that are in one group."""
    both = _pairs([f"{f}\n{k}" for f, k in zip(found, known, strict=True)])
    return 2 * both / (_pairs(found) + _pairs(known))


def _pairs(names: Sequence[str]) -> int:
    sizes: dict[str, int] = {}
    for name in names:
        sizes[name] = sizes.get(name, 0) + 1
    return sum(size * (size - 1) // 2 for size in sizes.values())


def curve(
    pages: Sequence[Page], *, dates: bool, thresholds: Sequence[float]
) -> Iterator[tuple[float, float]]:
    """Pair F1 by threshold."""
    known = [page.event for page in pages]
    for threshold in thresholds:
        with patch.object(stories, "STORY", threshold):
            yield threshold, pair_f1(grouped(pages, dates=dates).story, known)


def main() -> None:
    pages = starter()
    among = hard(pages)
    lines = [f"{len(some)} pages, {len({page.event for page in some})} events" for some in (pages, among)]
    thresholds = [0.08, 0.10, 0.12, 0.14, 0.16, 0.20]
    columns = [
        dict(curve(some, dates=dates, thresholds=thresholds))
        for some in (pages, among)
        for dates in (True, False)
    ]
    lines += [
        " | ".join([f"| {at:.2f}", *(f"{column[at]:.3f}" for column in columns)]) + " |" for at in thresholds
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
