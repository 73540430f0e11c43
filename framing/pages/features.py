"""What can be seen of a line: its shape, its wording, its place among the others.

A feature is a short readable name (``ends .``, ``word appeal``, ``prose before 2``). The model
gives each one weights; here is only what is there. Word lists lie in ``wording/kinds.txt``.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

from framing.pages.wording import lines as entries

#: How much of a line's beginning and end is read for wording: enough for any menu or heading, and
#: a line of megabytes costs no more than a paragraph.
_HEAD, _TAIL = 90, 40

_TOKEN = re.compile(r"[^\W_]+(?:[.'&:-][^\W_]+)*|[©°@#☰×→←♥]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CAPITAL = re.compile(r"(?<!\S)[^\W\d_a-z]")
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
_HANDLE = re.compile(r"(?:^|\s)@\w")
_BRACKET_END = re.compile(r"[(\[][^()\[\]]{2,80}[)\]]$")
#: Captions are no longer than this.
_CAPTION = 400
_CREDIT_WORD = re.compile(
    r"(?:photo(?:graph)?s?|pictures?|pic|images?|graphic|illustration|credit)\s?(?::|\bby\b)|©|\bgetty\b"
    r"|\b(?:afp|reuters|tass|epa|ap photo|shutterstock)\b|\S/[A-Z][a-z]+ [A-Z][a-z]+",
    re.I,
)
_NUMBERED = re.compile(r"(?:#?\d{1,4}[.):]\s|#\d)")
_NAME = re.compile(r"(?:[A-Z][\w.'’-]*|de|van|von|der|al|bin|la|and|&)(?:\s|$)")
_QUOTED = frozenset('"“”‘«')
_SEPARATORS = frozenset("|·•/»›>–—∙-\t")
_MONEY = frozenset("$€£¥₽₹")
_EMOJI = "\U0001f300"

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
        text = _HUMP.sub(" ", text)
    return _TOKEN.findall(text.lower().replace("’", "'"))


@cache
def _openings() -> frozenset[str]:
    """The first words of all phrases: only behind these a phrase is looked for."""
    return frozenset(member.split()[0] for member in vocabulary() if " " in member)


def _known(found: list[str]) -> Counter[str]:
    """How many words and phrases of each kind there are."""
    lookup, openings = vocabulary().get, _openings()
    kinds: list[str] = []
    for i, word in enumerate(found):
        kinds += lookup(word, ())
        if word in openings:
            kinds += lookup(" ".join(found[i : i + 2]), ())
            kinds += lookup(" ".join(found[i : i + 3]), ())
    return Counter(kinds)


def wording(text: str) -> list[str]:
    """Which kinds of words a line holds, begins with, and mostly consists of."""
    found = tokens(text)
    counts = _known(found)
    if not counts:
        return ["no known words"] if found else []
    names = []
    half = len(found) / 2
    for kind, count in counts.items():
        names.append(f"word {kind}")
        if count >= 2:
            names.append(f"words {kind}")
        if count >= half:
            names.append(f"mostly {kind}")
    lookup = vocabulary().get
    opening = {kind for n in (1, 2, 3) for kind in lookup(" ".join(found[:n]), ())}
    names.extend(f"opens {kind}" for kind in sorted(opening))
    return names


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
    capitals = len(_CAPITAL.findall(head))
    names.append(f"capitals {min(4, capitals * 4 // count)}")
    if head.isupper():
        names.append("all capitals")
    elif parts[0].isupper() and len(parts[0]) > 2:
        names.append("first word in capitals")
    if count <= 6 and len(_NAME.findall(head)) == count:
        names.append("names only")
    sentences = len(_SENTENCE_END.findall(text[:300]))
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
    if ("@" in signs or "." in signs or ":" in signs) and _ADDRESS.search(head):
        names.append("address")
    if max(signs) >= _EMOJI or "!!" in head or "??" in head:
        names.append("scream")
    if text[-1] not in ".?!”" and len(text) < _CAPTION and _CREDIT_WORD.search(text, max(0, len(text) - 80)):
        names.append("credit near end")
    if text[-1] in ")]" and _BRACKET_END.search(text, max(0, len(text) - 100)):
        names.append("bracket at end")
    return names


def figures(text: str) -> list[str]:
    """Dates, times and numbers of a line's beginning."""
    head = text[:120]
    if not any(map(str.isdigit, head)):
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


@lru_cache(maxsize=8192)
def _seen(text: str) -> tuple[str, ...]:
    return (*shape(text), *wording(text), *figures(text))


def _paragraph(text: str) -> list[str]:
    """A long line that ends like a sentence: its wording tells more than its shape."""
    size, close = f"long {bucket(len(text), _LENGTHS)}", f"ends {_last(text)}"
    return [size, f"first {_first(text)}", close, f"{size}, {close}", "paragraph", *wording(text)]


def of_text(text: str) -> Sequence[str]:
    """All that a line shows without its neighbours; short lines, which pages repeat, are kept."""
    if len(text) < _REPEATED:
        return _seen(text)
    if len(text) >= _PARAGRAPH and text[-1] in '.?!”"’':
        return _paragraph(text)
    return shape(text) + wording(text) + figures(text)
