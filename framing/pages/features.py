"""What can be seen of a line: its shape, its wording, its place among the others.

A feature is a short readable name (``ends .``, ``word appeal``, ``prose before 2``). The model
gives each one weights; here is only what is there. Word lists lie in ``wording/kinds.txt``.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from framing.pages.wording import lines as entries

#: How much of a line's beginning and end is read for wording: enough for any menu or heading, and
#: a line of megabytes costs no more than a paragraph.
_HEAD, _TAIL = 90, 40

_TOKEN = re.compile(r"[^\W_]+(?:[.'&:-][^\W_]+)*|[©°@#☰×→←♥]")
_HUMP = re.compile(r"[a-z][A-Z]")
_WITHIN_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CAPITAL = re.compile(r"[^\W\d_a-z]")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+[\"'“‘(]*[A-Z0-9]")
_SEPARATOR = re.compile(r"\s{2,}|\t|\s[|·•/»›>–—∙-]\s|\|")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\s?\d{2}(?!\d)")
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\.?,?\s+(?:{_MONTH})|\b(?:{_MONTH})[a-z]*\.?\s+\d{{1,2}}\b"
    r"|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b",
    re.I,
)
_AGO = re.compile(
    r"\b(?:\d+|an?|one)\s*(?:s|m|h|d|w|y|sec|second|min|minute|hr|hour|day|week|month|year|mo)s?"
    r"(?:\s+ago\b|\s*$|\s*[·•,|])",
    re.I,
)
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|org|net|example|info)\b")
_DIGIT = re.compile(r"[\d²³¹]")
_HANDLE = re.compile(r"(?:^|\s)@\w")
_BRACKET_END = re.compile(r"[(\[][^()\[\]]{2,80}[)\]]$")
#: Captions are no longer than this.
_CAPTION = 400
_CREDIT_WORD = re.compile(
    r"(?:photo(?:graph)?s?|pictures?|pic|images?|graphic|illustration|credit)\s?(?::|\bby\b)|©|\bgetty\b"
    r"|\b(?:afp|reuters|tass|epa|ap photo|shutterstock)\b|\S/[A-Z][a-z]+ [A-Z][a-z]+",
    re.I,
)
#: Without one of these there is no address.
_ADDRESS_SIGNS = ("@", "http", "www.", ".com", ".org", ".net", ".example", ".info")
#: Without one of these there is no credit's word: a cheap look before the dear one.
_CREDIT_SIGNS = (
    *("/", "©", "pic", "phot", "imag", "graphic", "illus", "credit", "getty", "afp", "reuters", "tass"),
    *("epa", "ap p", "shutterst"),
)
_NUMBERED = re.compile(r"(?:#?\d{1,4}[.):]\s|#\d)")
_NAME = re.compile(r"(?:[A-Z][\w.'’-]*|de|van|von|der|al|bin|la|and|&)(?:\s|$)")
_QUOTED = frozenset('"“”‘«')
_SEPARATORS = frozenset("|·•/»›>–—∙-\t")
_MONEY = frozenset("$€£¥₽₹")
_EMOJI = "\U0001f300"

_META = frozenset({"ago", "short dated", "mostly cmeta", "handle"})
_ASKS = frozenset({"word ask", "words appeal"})
_SELVES = frozenset({"word we", "word you", "word appeal"})
_OPENS = frozenset({"opens opener", "mostly opener"})
#: Headers and openers of comments are no longer than this.
_NEVER_LONGER = 90
#: Words of so many letters tell what a line speaks of.
_LONG_WORD = 5
#: How much of a line is read for the words it shares.
_READ = 200
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")

#: Shorter lines are kept once seen; longer ones that end like a sentence are paragraphs.
_REPEATED, _PARAGRAPH = 80, 160
_LENGTHS = (0, 3, 8, 15, 25, 40, 60, 80, 110, 150, 220, 400)
_COUNTS = (0, 1, 2, 3, 5, 8, 13, 21, 40)


def bucket(value: int, steps: Sequence[int]) -> int:
    """The last step that `value` reaches.

    Examples
    --------
    >>> bucket(7, (0, 5, 10))
    5
    """
    return steps[bisect_right(steps, value) - 1]


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Each word or phrase of up to three words, and the kinds it belongs to.

    Examples
    --------
    >>> vocabulary()["read more"]
    ('related',)
    """
    found: dict[str, list[str]] = {}
    for line in entries("kinds"):
        kind, _, members = line.partition(":")
        for member in members.split(","):
            kinds = found.setdefault(" ".join(member.split()), [])
            if kind not in kinds:
                kinds.append(kind)
    return {member: tuple(kinds) for member, kinds in found.items()}


def tokens(text: str) -> list[str]:
    """Words of a line's beginning and end in small letters; glued section names are taken apart.

    Examples
    --------
    >>> tokens("HomeNewsSport")
    ['home', 'news', 'sport']
    """
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]} {text[-_TAIL:]}"
    if _HUMP.search(text):
        text = _WITHIN_HUMP.sub(" ", text)
    return _TOKEN.findall(text.lower().replace("’", "'"))


@cache
def _openings() -> dict[str, tuple[tuple[str, ...], frozenset[str]]]:
    """Each word that is known or opens a phrase: its kinds, and the words that go on with a phrase."""
    next_words: dict[str, set[str]] = {}
    for member in vocabulary():
        first, _, rest = member.partition(" ")
        next_words.setdefault(first, set()).update(rest.split()[:1])
    return {word: (vocabulary().get(word, ()), frozenset(after)) for word, after in next_words.items()}


def _known(found: list[str]) -> dict[str, int]:
    """How many words and phrases of each kind there are."""
    phrases, last = vocabulary().get, len(found) - 1
    kinds: list[str] = []
    for i, known in enumerate(map(_openings().get, found)):
        if known is None:
            continue
        kinds += known[0]
        if known[1] and (i == last or found[i + 1] in known[1]):
            kinds += phrases(" ".join(found[i : i + 2]), ())
            kinds += phrases(" ".join(found[i : i + 3]), ())
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    return counts


@cache
def _names(kind: str) -> tuple[str, str, str, str]:
    return f"word {kind}", f"words {kind}", f"mostly {kind}", f"opens {kind}"


def wording(text: str) -> list[str]:
    """Which kinds of words a line holds, begins with, and mostly consists of."""
    found = tokens(text)
    counts = _known(found)
    if not counts:
        return ["no known words"] if found else []
    names = []
    half = len(found) / 2
    for kind, count in counts.items():
        word, words, mostly, _ = _names(kind)
        names.append(word)
        if count >= 2:
            names.append(words)
        if count >= half:
            names.append(mostly)
    lookup = vocabulary().get
    opening = {kind for n in (1, 2, 3) for kind in lookup(" ".join(found[:n]), ())}
    names.extend([_names(kind)[3] for kind in sorted(opening)])
    return names


@cache
def _is_capital(char: str) -> bool:
    return bool(_CAPITAL.match(char))


def _first(text: str) -> str:
    char = text[0]
    if char.isupper():
        return "capital"
    if char.islower():
        return "small"
    if char.isdigit():
        return "digit"
    if char in "\"'“”‘’«„":
        return "quote"
    return char if char in "([-–—•*@#>©←→×|/↳" else "sign"


def _last(text: str) -> str:
    char = text[-1]
    if char in "\"'”’»" and len(text) > 1:
        return "stop quote" if text[-2] in ".!?…," else "quote"
    if char.isalpha():
        return "letter"
    if char.isdigit():
        return "digit"
    return char if char in ".?!:…)],-→*;" else "sign"


def shape(text: str) -> list[str]:
    """A line's length, first and last character, capitals and separators."""
    size, close = f"long {bucket(len(text), _LENGTHS)}", f"ends {_last(text)}"
    names = [size, f"first {_first(text)}", close, f"{size}, {close}"]
    head = text[:_HEAD]
    parts = head.split()
    count = len(parts)
    names.append(f"parts {bucket(count, (0, 1, 2, 3, 4, 6, 9, 14, 20))}")
    capitals = sum([_is_capital(part[0]) for part in parts])
    names.append(f"capitals {min(4, capitals * 4 // count)}")
    if head.isupper():
        names.append("all capitals")
    elif parts[0].isupper() and len(parts[0]) > 2:
        names.append("first word in capitals")
    if count <= 6 and len(_NAME.findall(head)) == count:
        names.append("names only")
    sentences = len(_SENTENCE_END.findall(text, 0, 300))
    names.append(f"inner stops {min(sentences, 3)}")
    humps = len(_HUMP.findall(head))
    if humps:
        names.append("glued" if humps == 1 else "glued often")
    return names + marks(head, text)


def marks(head: str, text: str) -> list[str]:
    """Signs that a line holds: quotes, separators, addresses, money, emoji."""
    signs = set(head)
    names = []
    if not signs.isdisjoint(_QUOTED) or head[0] == "'" or " '" in head:
        names.append("quotation")
    if ("  " in head or not signs.isdisjoint(_SEPARATORS)) and _SEPARATOR.search(head):
        names.append("separators")
    if not signs.isdisjoint(_MONEY):
        names.append("money")
    if "@" in signs and _HANDLE.search(head):
        names.append("handle")
    if _holds_one(head, _ADDRESS_SIGNS) and _ADDRESS.search(head):
        names.append("address")
    if max(signs) >= _EMOJI or "!!" in head or "??" in head:
        names.append("scream")
    if text[-1] not in ".?!”" and len(text) < _CAPTION and _credited(text[-81:]):
        names.append("credit near end")
    if text[-1] in ")]" and _BRACKET_END.search(text, max(0, len(text) - 100)):
        names.append("bracket at end")
    return names


def _holds_one(text: str, signs: Sequence[str]) -> bool:
    for sign in signs:  # noqa: SIM110 - `any` with a generator takes three times as long
        if sign in text:
            return True
    return False


def _credited(tail: str) -> bool:
    """Whether a credit's word stands in the last 80 characters; the one before shows where words begin."""
    lowered = tail.lower()
    if not _holds_one(lowered, _CREDIT_SIGNS):
        return False
    return _CREDIT_WORD.search(tail, max(0, len(tail) - 80)) is not None


def figures(text: str) -> list[str]:
    """Dates, times and numbers of a line's beginning."""
    head = text[:120]
    if not _DIGIT.search(head):
        return []
    names = ["digits"]
    if _CLOCK.search(head):
        names.append("clock")
    if _DATE.search(head):
        names.append("date")
    if _AGO.search(head):
        names.append("ago")
    if _NUMBERED.match(head):
        names.append("numbered")
    if sum(map(str.isdigit, head)) * 2 >= len(head):
        names.append("mostly digits")
    if ("date" in names or "clock" in names) and len(head) < 45:
        names.append("short dated")
    return names


def _paragraph(text: str) -> list[str]:
    """A long line that ends like a sentence: its wording tells more than its shape."""
    size, close = f"long {bucket(len(text), _LENGTHS)}", f"ends {_last(text)}"
    return [size, f"first {_first(text)}", close, f"{size}, {close}", "paragraph", *wording(text)]


def of_text(text: str) -> list[str]:
    """The names of all that a line shows without its neighbours."""
    if len(text) >= _PARAGRAPH and text[-1] in '.?!”"’':
        return _paragraph(text)
    return shape(text) + wording(text) + figures(text)


class Look(NamedTuple):
    """What a line shows without its neighbours.

    Attributes
    ----------
    names : tuple of str
        Its features.
    prose : bool
        Running text: long, or of some length and closed by a stop.
    meta : bool
        Looks like a comment's header or its buttons.
    plea : bool
        Asks readers for something.
    opener : bool
        Opens a comment section.
    titled : bool
        Could be a headline: some words, no stop at the end.
    pattern : str
        The line with each word and number exchanged for a sign; empty for long lines.
    words : frozenset of str
        Its longer words.
    """

    names: tuple[str, ...]
    prose: bool
    meta: bool
    plea: bool
    opener: bool
    titled: bool
    pattern: str
    words: frozenset[str]


def look(text: str) -> Look:
    """See what a line shows; short lines, which pages repeat, are kept once seen."""
    return _kept(text) if len(text) < _REPEATED else _look(text)


def _look(text: str) -> Look:
    names, size = of_text(text), len(text)
    held = set(names)
    return Look(
        names=tuple(names),
        prose=size >= 60 and (size >= 200 or "ends ." in held or "ends stop quote" in held),
        meta=size <= 90 and not _META.isdisjoint(held),
        plea=not _ASKS.isdisjoint(held) and not _SELVES.isdisjoint(held),
        opener=size < _NEVER_LONGER and not _OPENS.isdisjoint(held),
        titled=20 <= size <= 160 and "ends ." not in held and "mostly button" not in held,
        pattern=_pattern(text, digits="digits" in held) if size < _NEVER_LONGER else "",
        words=frozenset([w for w in _WORDS.findall(text[:_READ].lower()) if len(w) >= _LONG_WORD]),
    )


def _pattern(text: str, *, digits: bool) -> str:
    return _WORDS.sub("w", _DIGITS.sub("0", text) if digits else text)


_kept = lru_cache(maxsize=8192)(_look)
