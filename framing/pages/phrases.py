"""Which kinds of words and phrases texts hold, for many texts at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from framing.pages import chars as ch
from framing.pages.chars import Chars, Flags, Ints
from framing.pages.compiled import COMPILED, native
from framing.pages.features import HEAD, TAIL, vocabulary

_EDGE, _OTHER = -2, -1
_FEW_BITS = 16


@dataclass(frozen=True, slots=True)
class Wording:
    """Kinds of words in texts.

    Attributes
    ----------
    line, kind, count : ndarray of shape (found,)
        Number of a text, of a kind in `kinds`, and how many words and phrases of it stand there;
        by text, then by kind.
    opens : ndarray of shape (found,)
        Whether the text begins with that kind.
    words : ndarray of shape (texts,)
        How many words each text has.
    """

    line: Ints
    kind: Ints
    count: Ints
    opens: Flags
    words: Ints


@cache
def kinds() -> tuple[str, ...]:
    """All kinds of words and phrases, in the order of the alphabet."""
    return tuple(sorted({kind for found in vocabulary().values() for kind in found}))


class _Phrases:
    """The vocabulary as numbers: words, pairs and triples of words, and the kinds of each.

    Attributes
    ----------
    words, order : ndarray
        Sorted numbers of the words that stand in any phrase (`framing.pages.chars.numbered`), and
        which word each is.
    singles : ndarray
        For each word, the entry that it is alone, -1 if there is none.
    pairs : ndarray
        Sorted keys of all two words that a phrase begins with.
    doubles, triples : (ndarray, ndarray)
        Sorted keys of phrases of two words (a pair's) and of three (number of the pair, third
        word), and the entry of each.
    may : ndarray of bool
        Whether any word's number has these few bits: a look-up before the search.
    goes_on : ndarray of bool
        For each word, whether a phrase begins with it and another word.
    begins, sizes, members : ndarray
        Of each entry, where its kinds stand in `members` and how many they are.
    """

    def __init__(self) -> None:
        entries = [(member.split(" "), found) for member, found in vocabulary().items()]
        names = sorted({word for words, _ in entries for word in words})
        self._numbers = {word: number for number, word in enumerate(names)}
        chars = Chars(names)
        found = ch.numbered(chars.codes, chars.starts, chars.starts + chars.sizes)
        self.order = np.argsort(found)
        self.words = found[self.order]
        self.may = np.zeros(1 << _FEW_BITS, dtype=np.bool_)
        self.may[_few(self.words)] = True
        self.width = len(names)
        self.goes_on = np.zeros(self.width, dtype=np.bool_)
        keys: list[dict[int, int]] = [{}, {}, {}]
        pairs = sorted({self._pair(words) for words, _ in entries if len(words) > 1})
        for entry, (words, _) in enumerate(entries):
            key = self._numbers[words[0]]
            if len(words) > 1:
                self.goes_on[key] = True
                key = self._pair(words)
            if len(words) == 3:
                key = pairs.index(key) * self.width + self._numbers[words[2]]
            if len(words) <= 3:
                keys[len(words) - 1][key] = entry
        self.pairs = np.array(pairs)
        self.singles = np.array([keys[0].get(key, -1) for key in range(self.width)])
        self.doubles, self.triples = [
            (np.array(sorted(found)), np.array([found[key] for key in sorted(found)])) for found in keys[1:]
        ]
        self.sizes = np.array([len(found) for _, found in entries])
        self.begins = np.cumsum(self.sizes) - self.sizes
        self.members = np.array([kinds().index(kind) for _, found in entries for kind in found])

    def _pair(self, words: Sequence[str]) -> int:
        return self._numbers[words[0]] * self.width + self._numbers[words[1]]


@cache
def _phrases() -> _Phrases:
    return _Phrases()


def _few(numbers: Ints) -> Ints:
    return (numbers >> 20) & ((1 << _FEW_BITS) - 1)


def _places(values: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Which values are among sorted keys, and where there."""
    at = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    found = np.flatnonzero(keys[at] == values)
    return found, at[found]


def wording(texts: Sequence[str]) -> Wording:
    """Find which kinds of words texts hold at their beginnings and ends."""
    known = _phrases()
    read = _read(texts)
    codes = (
        native.codes(read, ch.TOKENS, known.words, known.order, known.may.view(np.uint8))
        if COMPILED
        else _codes(read, known)
    )
    edges = np.flatnonzero(codes == _EDGE)
    where, entry = _entries(np.concatenate([codes, [_EDGE, _EDGE]]), known)
    count = known.sizes[entry]
    flat = np.arange(count.sum()) + np.repeat(known.begins[entry] - (np.cumsum(count) - count), count)
    place = np.repeat(where, count)
    first = np.concatenate([[0], edges[:-1] + 1])
    line = np.cumsum(codes == _EDGE)[place]
    key = line * len(kinds()) + known.members[flat]
    counts = np.bincount(key, minlength=len(texts) * len(kinds()))
    opens = np.zeros(len(counts), dtype=np.bool_)
    opens[key[place == first[line]]] = True
    held = np.flatnonzero(counts)
    line, kind = np.divmod(held, len(kinds()))
    return Wording(line, kind, counts[held], opens[held], edges - first)


def _codes(text: str, known: _Phrases) -> Ints:
    """The words of texts in a row, with an edge behind each text; words of no phrase are all alike."""
    codes, bits = ch.coded(text)
    solid = (bits & (ch.LETTER | ch.DECIMAL)) != 0
    part = solid.copy()
    part[1:-1] |= ((bits[1:-1] & ch.JOINER) != 0) & solid[:-2] & solid[2:]
    begins, ends = ch.runs(np.concatenate([[False], part]))
    begins, ends = begins - 1, ends - 1
    single = np.flatnonzero((bits & ch.TOKEN) != 0)
    edges = np.flatnonzero((bits & ch.EDGE) != 0)
    numbers = ch.numbered(codes, np.concatenate([begins, single]), np.concatenate([ends, single + 1]))
    found = np.full(len(numbers) + len(edges), _OTHER)
    likely = np.flatnonzero(known.may[_few(numbers)])
    at, place = _places(numbers[likely], known.words)
    found[likely[at]] = known.order[place]
    found[len(numbers) :] = _EDGE
    return found[np.argsort(np.concatenate([begins, single, edges]), kind="stable")]


def _entries(codes: Ints, known: _Phrases) -> tuple[Ints, Ints]:
    """Where words and phrases of the vocabulary begin, and which; one that closes a text counts more."""
    words = np.flatnonzero(codes >= 0)
    entry = known.singles[codes[words]]
    single, single_entry = words[entry >= 0], entry[entry >= 0]
    last = (codes[single + 1] == _EDGE) & known.goes_on[codes[single]]
    followed = words[codes[words + 1] >= 0]
    found, at = _places(codes[followed] * known.width + codes[followed + 1], known.pairs)
    pair, number = followed[found], at
    found, at = _places(known.pairs[number], known.doubles[0])
    double, double_entry = pair[found], known.doubles[1][at]
    closing = codes[double + 2] == _EDGE
    third = np.flatnonzero(codes[pair + 2] >= 0)
    found, at = _places(number[third] * known.width + codes[pair[third] + 2], known.triples[0])
    triple, triple_entry = pair[third[found]], known.triples[1][at]
    where = [single, single[last], single[last], double, double[closing], triple]
    entries = [
        *(single_entry, single_entry[last], single_entry[last]),
        *(double_entry, double_entry[closing], triple_entry),
    ]
    return np.concatenate(where), np.concatenate(entries)


def _read(texts: Sequence[str]) -> str:
    """Beginnings and ends in small letters, a line feed behind each; glued names are taken apart."""
    limit = HEAD + TAIL
    parts = [text if len(text) <= limit else f"{text[:HEAD]} {text[-TAIL:]}" for text in texts]
    read = "\n".join([*parts, ""])
    cuts = native.humps(read) if COMPILED else _humps(read)
    whole = " ".join([read[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)])
    # Line by line, as ASCII alone takes a tenth of the time of other text.
    return "\n".join([line.lower() for line in whole.split("\n")]).replace("’", "'")


def _humps(text: str) -> list[int]:
    """Where a capital follows a small letter."""
    _, bits = ch.coded(text)
    humps = ((bits[1:] & ch.CAPITAL_A_TO_Z) != 0) & ((bits[:-1] & ch.A_TO_Z) != 0)
    found: list[int] = (np.flatnonzero(humps) + 1).tolist()
    return found
