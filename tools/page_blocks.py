"""Invented blocks that stand around and inside articles: appeals, newsletter boxes, lists of links."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from page_rows import Page, Row, common_lines, filled

_TOWNS = "Ostermouth Vellby Karsk Linden Port_Hale Arvo Redwick Mossel Tarn Great_Ivel".split()
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True)
class Blocks:
    """Builds blocks from sentences of its own and from titles.

    Attributes
    ----------
    lines : dict of str to list of str
        Sentences by what they do.
    titles : sequence of str
        Headlines that links may name.
    """

    lines: dict[str, list[str]]
    titles: Sequence[str]

    @classmethod
    def read(cls, path: Path, titles: Sequence[str]) -> "Blocks":
        """Read the sentences from a file."""
        return cls(common_lines(path), titles)

    def any(self, rng: random.Random) -> Page:
        """Some block."""
        often = (
            (self.letter, 3),
            (self.box, 1),
            (self.newsletter, 1),
            (self.links, 2),
            (self.steps, 1),
            (self.notes, 4),
        )
        makers = [make for make, times in often for _ in range(times)]
        rows = rng.choice(makers)(rng)
        spaced = rng.random() < 0.3
        return [Row(row.text, int(spaced or not i), row.region) for i, row in enumerate(rows)]

    def letter(self, rng: random.Random) -> Page:
        """An appeal that tells before it asks, as paragraphs or line by line."""
        told = rng.sample(self.lines["told"], rng.randint(0, 6))
        asked = rng.sample(self.lines["ask"], rng.randint(1, 3))
        said = [*told, *asked]
        if rng.random() < 0.4:
            rng.shuffle(said)
        rows = [self._line("greeting", rng)] if rng.random() < 0.5 else []
        most = rng.choice((1, 1, 2, 4))
        while said:
            count = rng.randint(1, most)
            rows.append(" ".join(self.said(text, rng) for text in said[:count]))
            said = said[count:]
        rows += [self._line("thanks", rng)] * (rng.random() < 0.3)
        rows += [self._line("button", rng)] * (rng.random() < 0.5)
        return [Row(text, 0, "appeal") for text in rows]

    def box(self, rng: random.Random) -> Page:
        """A plea with amounts and buttons to choose from."""
        rows = [Row(self._line("ask", rng), 0, "appeal") for _ in range(rng.randint(1, 2))]
        rows += [Row(self._line("button", rng), 0, "appeal")] * (rng.random() < 0.6)
        rows += [Row(self._line("amount", rng), 0, "furniture") for _ in range(rng.randint(0, 5))]
        return rows

    def newsletter(self, rng: random.Random) -> Page:
        """A newsletter's plea and its form."""
        rows = [Row(self._line("letter", rng), 0, "appeal") for _ in range(rng.randint(1, 2))]
        return rows + [Row(self._line("field", rng), 0, "furniture") for _ in range(rng.randint(0, 4))]

    def links(self, rng: random.Random) -> Page:
        """Links to other stories: one that is announced, or a list."""
        if rng.random() < 0.3:
            return [Row(self._line("teased", rng), 0, "related")]
        rows = [self._line("list", rng)] if rng.random() < 0.8 else []
        under = rng.choice(self.lines["under"]) if rng.random() < 0.3 else ""
        style = rng.choice(("{title}", "{title}", "{title}", rng.choice(self.lines["teased"])))
        number = rng.random() < 0.15
        for k in range(rng.randint(2, 7)):
            rows += [str(k + 1)] * number
            rows.append(self.said(style, rng))
            rows += [self.said(under, rng)] if under else []
        return [Row(text, 0, "related") for text in rows]

    def steps(self, rng: random.Random) -> Page:
        """The way to the story before and the one after."""
        return [
            Row(self.said(text, rng), 0, "related" if "{title}" in text else "furniture")
            for text in rng.choice(self.lines["steps"]).split("|")
        ]

    def notes(self, rng: random.Random) -> Page:
        """Lines of the page's machinery, of one kind or of several."""
        kinds = {"bio": "furniture", "pay": "furniture", "note": "furniture", "desk": "appeal"}
        kinds |= {"wire": "byline", "ticker": "related"}
        kind = rng.choice(tuple(kinds))
        most = {"wire": 1, "ticker": 2, "note": 4}.get(kind, 3)
        count = min(rng.randint(1, most), len(self.lines[kind]))
        return [Row(self.said(text, rng), 0, kinds[kind]) for text in rng.sample(self.lines[kind], count)]

    def _line(self, kind: str, rng: random.Random) -> str:
        return self.said(rng.choice(self.lines[kind]), rng)

    def said(self, text: str, rng: random.Random) -> str:
        """A text with its fields filled by chance, a capital in front."""
        own: dict[str, Callable[[], str]] = {
            "{w}": lambda: rng.choice(self.lines["work"]),
            "{v}": lambda: rng.choice(self.lines["effort"]),
            "{c}": lambda: rng.choice(self.lines["cause"]),
            "{T}": lambda: rng.choice(_TOWNS).replace("_", " "),
            "{M}": lambda: rng.choice(_MONTHS),
            "{title}": lambda: rng.choice(self.titles),
        }
        for name, make in own.items():
            while name in text:
                text = text.replace(name, make(), 1)
        text = filled(text, rng)
        return text[0].upper() + text[1:]
