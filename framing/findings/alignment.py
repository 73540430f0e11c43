"""The same quotation in several articles: who carries it, in which wording, who leaves it out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from framing.findings.quotations import QUOTING, Quotation
from framing.records import digest, former_article

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")
_SPELLING = re.compile(r"(?<=\w\w\w)our|(?<=\w)ence$")
_FUNCTION = frozenset(
    "a an the of to in on at by for from with as and or but nor so if than then that this these "
    "those it its is are was were be been being am do does did have has had will would can "
    "could shall should may might must i we you he she they me us him her them my our your his "
    "their there here what which who when where how also just very too into about over under up "
    "out off".split()
)
_LIGHT = 0.25
#: Two wordings are of one quotation if this part of the shorter one stands in the other.
SAME = 0.57
_LEAST_SAME = 2
#: A wording of this part of the fullest one's weight can stand for all.
_FULL = 0.75
#: Below this weight (about three content words) every word must stand in the other, unbroken.
_SHORT = 3.0
#: An article says it in its own words if one of its units has this part of the content words.
INDIRECT = 0.6
_LEAST_INDIRECT = 4

STATES = ("quoted", "indirect", "left out")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one article does with one quotation.

    Attributes
    ----------
    article_id : str
    state : {"quoted", "indirect", "left out"}
        Whether it has the words in quotation marks, has most of the words without them, or neither.
    wording : str
        The words as it has them, passages joined by ``…``; for ``indirect`` the unit's text.
    share : float
        Part of the fullest wording that it has, 0 to 1, by the weight of the words.
    in_headline : bool
    headline_wording : str
        The words that the headline has of it.
    speaker, verb : str
    added : tuple of str
        Words around it that tell how to take it.
    unit_ids : tuple of str
        The units behind the cell; empty where it is left out.
    """

    article_id: str
    state: str
    wording: str = ""
    share: float = 0.0
    in_headline: bool = False
    headline_wording: str = ""
    speaker: str = ""
    verb: str = ""
    added: tuple[str, ...] = ()
    unit_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """A quotation across the articles of a story or topic.

    Attributes
    ----------
    name : str
        ``quotation-`` and a hash of its words.
    text : str
        The full wording that the others are most like.
    speaker : str
        Whom most of the articles name; empty where none does.
    cells : tuple of Cell
        One for each article, in the order given.
    """

    name: str
    text: str
    speaker: str
    cells: tuple[Cell, ...]

    @property
    def carriers(self) -> int:
        """How many articles have it in quotation marks."""
        return sum(cell.state == "quoted" for cell in self.cells)

    @property
    def headlines(self) -> int:
        """How many articles have it in the headline."""
        return sum(cell.in_headline for cell in self.cells)


@dataclass(slots=True)
class _Part:
    """One sentence of a quoted passage."""

    source: Quotation
    text: str
    words: list[str]
    weight: float
    place: int = 0


@dataclass(slots=True)
class _Group:
    best: _Part
    parts: list[_Part] = field(default_factory=list)


def words_of(text: str) -> list[str]:
    """Words for comparing: small letters, ``n't`` as ``not``, no possessive, one spelling.

    Examples
    --------
    >>> words_of("It isn’t our neighbour’s defence.")
    ['it', 'is', 'not', 'our', 'neighbor', 'defense']
    """
    plain = text.casefold().replace("’", "'").replace("can't", "can not").replace("won't", "will not")
    plain = plain.replace("n't", " not")
    found = []
    for word in _WORD.findall(plain):
        stem, _, ending = word.partition("'")
        found += [stem] if ending in ("", "s") else [stem, ending]
    return [_SPELLING.sub(_american, word) for word in found]


def _american(found: "re.Match[str]") -> str:
    return "or" if found.group() == "our" else "ense"


def _weight(words: Iterable[str]) -> float:
    return sum(_LIGHT if word in _FUNCTION else 1.0 for word in words)


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """What part of the shorter wording stands in the other, in its order, by weight; 0 to 1.

    A short wording counts only if all of it stands there unbroken.

    Examples
    --------
    >>> likeness(words_of("hardly likely"), words_of("it's hardly likely to happen there"))
    1.0
    >>> likeness(words_of("hardly certain"), words_of("it's hardly likely to happen there"))
    0.0
    """
    short, long = sorted((one, other), key=lambda words: (_weight(words), len(words)))
    weight = _weight(short)
    if not weight:
        return 0.0
    if weight < _SHORT:
        runs = (list(long[i : i + len(short)]) for i in range(len(long) - len(short) + 1))
        return float(list(short) in runs)
    blocks = SequenceMatcher(None, short, long, autojunk=False).get_matching_blocks()
    same = [short[i] for block in blocks for i in range(block.a, block.a + block.size)]
    if sum(word not in _FUNCTION for word in same) < _LEAST_SAME:
        return 0.0
    return _weight(same) / weight


def align(
    found: Mapping[str, Sequence[Quotation]], units: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Shared]:
    """Align the quotations of several articles, sentence by sentence.

    Parameters
    ----------
    found : mapping of str to sequence of Quotation
        Quotations by article.
    units : mapping of str to sequence of mapping
        The articles' units (``unit_id text region``), in the order in which cells are wanted.

    Returns
    -------
    list of Shared
        Those of most articles first, then those of most headlines, then the longer ones. Left out
        are words in quotation marks that only one article has and that are too few to be a quotation.

    Examples
    --------
    >>> say = lambda a, text: Quotation(a, text, "Ines Corrow", "said", (), "body", (a + "-1",), text)
    >>> said = {"a": [say("a", "It will hold firm")], "b": [say("b", "it will hold firm, we hope")]}
    >>> shared = align(said, {"a": [], "b": [], "c": []})
    >>> [(cell.article_id, cell.state) for cell in shared[0].cells]
    [('a', 'quoted'), ('b', 'quoted'), ('c', 'left out')]
    """
    parts = [part for name in sorted(found) for item in found[name] for part in _parts(item)]
    for place, part in enumerate(parts):
        part.place = place
    groups = [group for group in _grouped(parts) if _counts(group)]
    contents = {name: _contents(rows) for name, rows in units.items()}
    shared = [_shared(group, units, contents) for group in groups]
    return sorted(shared, key=lambda item: (-item.carriers, -item.headlines, -len(item.text), item.text))


def _parts(quotation: Quotation) -> list[_Part]:
    texts = [text.strip() for text in _SENTENCE.split(quotation.text)]
    parts = []
    for text in texts:
        words = words_of(text)
        weight = _weight(words)
        if weight >= 1:
            parts.append(_Part(quotation, text.strip(" ,;"), words, weight))
    return parts


def _grouped(parts: Sequence[_Part]) -> list[_Group]:
    """Fullest wordings first; each later one joins the group that has the wording most like it."""
    groups: list[_Group] = []
    holding: dict[str, list[int]] = defaultdict(list)
    ordered = sorted(
        parts, key=lambda part: (-part.weight, part.words, former_article(part.source.article_id))
    )
    for part in ordered:
        telling = {word for word in part.words if word not in _FUNCTION}
        near = sorted({number for word in telling for number in holding[word]})
        scored = [(max(likeness(part.words, m.words) for m in groups[n].parts), -n) for n in near]
        score, number = max(scored, default=(0.0, 0))
        if score >= SAME:
            groups[-number].parts.append(part)
        else:
            groups.append(_Group(part, [part]))
            number = 1 - len(groups)
        for word in telling:
            if -number not in holding[word]:
                holding[word].append(-number)
    return groups


def _counts(group: _Group) -> bool:
    carriers = {part.source.article_id for part in group.parts}
    return group.best.weight >= (1.5 if len(carriers) > 1 else _SHORT)


def _contents(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], set[str]]]:
    return [
        (row, {_stem(word) for word in words_of(str(row["text"]))})
        for row in rows
        if row["region"] in QUOTING
    ]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _shared(
    group: _Group,
    units: Mapping[str, Sequence[Mapping[str, Any]]],
    contents: Mapping[str, list[tuple[Mapping[str, Any], set[str]]]],
) -> Shared:
    by_article: dict[str, list[_Part]] = defaultdict(list)
    for part in sorted(group.parts, key=lambda part: part.place):
        by_article[part.source.article_id].append(part)
    best = _central(group)
    cells = tuple(
        _quoted(name, by_article[name], best) if name in by_article else _unquoted(name, contents[name], best)
        for name in units
    )
    return Shared(
        name=f"quotation-{digest(' '.join(best.words), size=5)}",
        text=best.text,
        speaker=_speaker([part.source.speaker for part in group.parts if part.source.speaker]),
        cells=cells,
    )


def _central(group: _Group) -> _Part:
    """Of the full wordings the one that the others are most like, lest a translation stand for all."""
    full = [part for part in group.parts if part.weight >= _FULL * group.best.weight]
    return max(
        full,
        key=lambda part: (sum(likeness(part.words, other.words) for other in group.parts), part.weight),
    )


def _speaker(told: Sequence[str]) -> str:
    """The fullest form of the name that most of them end in."""
    ends = Counter(name.split()[-1] for name in told)
    if not ends:
        return ""
    most = min(ends, key=lambda end: (-ends[end], end))
    return max((name for name in told if name.split()[-1] == most), key=lambda name: (len(name), name))


def _quoted(name: str, parts: Sequence[_Part], best: _Part) -> Cell:
    ranked = sorted(parts, key=lambda part: (-part.weight, part.place))
    shown: list[_Part] = []
    for part in ranked:  # the fullest wording, and passages that have something else of it
        if all(likeness(part.words, other.words) < SAME for other in shown):
            shown.append(part)
    shown.sort(key=lambda part: part.place)
    headed = [part for part in parts if part.source.region == "headline"]
    told = next((part.source for part in ranked if part.source.speaker), ranked[0].source)
    have = Counter(word for part in shown for word in part.words)
    common = have & Counter(best.words)
    return Cell(
        article_id=name,
        state="quoted",
        wording=" … ".join(part.text for part in shown),
        share=min(1.0, _weight(common.elements()) / best.weight),
        in_headline=bool(headed),
        headline_wording=" … ".join(part.text for part in headed),
        speaker=told.speaker,
        verb=told.verb,
        added=tuple(sorted({word for part in parts for word in part.source.shading})),
        unit_ids=tuple(dict.fromkeys(unit for part in parts for unit in part.source.unit_ids)),
    )


def _unquoted(name: str, contents: list[tuple[Mapping[str, Any], set[str]]], best: _Part) -> Cell:
    """Look for a unit that has most of the content words without quotation marks."""
    wanted = {_stem(word) for word in best.words if word not in _FUNCTION}
    if len(wanted) < _LEAST_INDIRECT:
        return Cell(name, "left out")
    scored = [(len(wanted & words) / len(wanted), -number) for number, (_, words) in enumerate(contents)]
    share, number = max(scored, default=(0.0, 0))
    if share < INDIRECT:
        return Cell(name, "left out")
    unit = contents[-number][0]
    return Cell(
        article_id=name,
        state="indirect",
        wording=str(unit["text"]),
        share=share,
        in_headline=unit["region"] == "headline",
        unit_ids=(str(unit["unit_id"]),),
    )
