"""Which articles are copies or rewrites of one another, as wire copy is."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framing.formats import writing
from framing.records import Unit
from framing.similarity import Likeness, Sketches, grouped

COPY_COLUMNS = tuple("group article_id source outlet title published copy_of like share kind words".split())
#: What makes an article; comments, menus and captions are no one's copy.
_OWN = frozenset({"headline", "standfirst", "subhead", "body"})
#: Below this share of common wording a copy is called a rewrite.
_REWRITE = 0.8
#: Articles with fewer words have too little wording to tell.
_FEWEST_WORDS = 20
_FACTS = ("article_id", "source", "outlet", "title", "published")


@dataclass
class Copies:
    """Takes note of articles as they pass, then tells which are copies.

    Attributes
    ----------
    articles : int
        Articles noted.
    short : int
        Of these, articles with fewer than twenty words of their own: not compared.
    """

    share: float = 0.5
    articles: int = 0
    short: int = 0
    _sketches: Sketches = field(default_factory=Sketches)
    _facts: list[tuple[str, ...]] = field(default_factory=list)
    _words: list[int] = field(default_factory=list)

    def note(self, units: Sequence[Unit]) -> None:
        """Take an article's units."""
        self.articles += 1
        text = " ".join(unit.text for unit in units if unit.region in _OWN)
        words = len(text.split())
        if words < _FEWEST_WORDS:
            self.short += 1
            return
        self._sketches.add(text)
        self._facts.append(tuple(getattr(units[0], name) for name in _FACTS))
        self._words.append(words)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give one row for each article that shares its wording with another.

        Yields
        ------
        dict
            `COPY_COLUMNS`: articles of one `group` hang together, directly or through others. In
            each, `copy_of` is the article_id of the one published first (of those undated, of the
            one read first) and empty for that one itself; `like` is the article most like this
            one, `share` the part (0-1) of the shorter one's five-word runs that stands in the
            other, `kind` ``copy`` from .8 on, else ``rewrite``; `words` counts headline and body.
        """
        pairs = list(self._sketches.alike(self.share))
        groups = grouped(len(self._facts), pairs)
        nearest = _nearest(pairs)
        sizes = Counter(groups)
        origins = self._origins(groups)
        for index in sorted(nearest, key=lambda index: (groups[index], index)):
            group = groups[index]
            if sizes[group] < 2:
                continue
            other, share = nearest[index]
            origin = origins[group]
            yield dict(zip(_FACTS, self._facts[index], strict=True)) | {
                "group": group,
                "copy_of": "" if origin == index else self._facts[origin][0],
                "like": self._facts[other][0],
                "share": share,
                "kind": "copy" if share >= _REWRITE else "rewrite",
                "words": self._words[index],
            }

    def repeats(self) -> dict[str, str]:
        """Tell which articles say little that an earlier one does not.

        Returns
        -------
        dict of str to str
            For each article of whose five-word runs four fifths stand in another one that was
            published before (of those undated: read before), that one's article_id. It is never
            itself such a repeat, so one article of each wire copy is left.
        """
        earlier: dict[int, list[int]] = defaultdict(list)
        for pair in self._sketches.alike(_REWRITE):
            first, later = sorted((pair.first, pair.second), key=self._age)
            # The share is of the shorter one; a long article that holds a short one says more.
            if pair.share * min(1.0, self._words[first] / self._words[later]) >= _REWRITE:
                earlier[later].append(first)
        found: dict[int, int] = {}
        for later in sorted(earlier, key=self._age):
            kept = [first for first in earlier[later] if first not in found]
            if kept:
                found[later] = min(kept, key=self._age)
        return {self._facts[later][0]: self._facts[first][0] for later, first in found.items()}

    def _origins(self, groups: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for index, group in enumerate(groups):
            first = found.setdefault(group, index)
            if self._age(index) < self._age(first):
                found[group] = index
        return found

    def _age(self, index: int) -> tuple[bool, str, int]:
        published = self._facts[index][_FACTS.index("published")]
        return (not published, published, index)


def _nearest(pairs: Sequence[Likeness]) -> dict[int, tuple[int, float]]:
    found: dict[int, tuple[int, float]] = {}
    for pair in pairs:
        for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if one not in found or pair.share > found[one][1]:
                found[one] = (other, pair.share)
    return found


def write_copies(copies: Copies, output: Path) -> list[dict[str, Any]]:
    """Write the copies that were found to a table; gives its rows."""
    rows = list(copies.rows())
    with writing(output, COPY_COLUMNS) as table:
        table.write(rows)
    return rows
