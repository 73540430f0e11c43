"""What can be seen of a line's wording: its words, the kinds they belong to, dates and credits.

Word lists lie in ``wording/kinds.txt``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

from framing.pages.wording import lines as entries

#: How much of a line's beginning and end is read for wording: enough for any menu or heading, and
#: a line of megabytes costs no more than a paragraph.
HEAD, TAIL = 90, 40

_TOKEN = re.compile(r"[^\W_]+(?:[.'&:-][^\W_]+)*|[©°@#☰×→←♥]")
_HUMP = re.compile(r"[a-z][A-Z]")
_WITHIN_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+[\"'“‘(]*[A-Z0-9]")
CLOCK = re.compile(r"\b\d{1,2}[:.]\s?\d{2}(?!\d)")
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTHS = tuple(_MONTH.split("|"))
# A first character that is tried alone lets the search skip the others; that no word goes on there
# is asked after it.
_DATE_DAY = re.compile(
    rf"\d(?<!\w.)(?i:\d?(?:st|nd|rd|th)?\.?,?\s+(?:{_MONTH})|\d{{0,3}}[./-]\d{{1,2}}[./-]\d{{1,4}}\b)"
)
_DATE_MONTH = re.compile(rf"\b(?:{_MONTH})[a-z]*\.?\s+\d{{1,2}}\b", re.I)
AGO = re.compile(
    r"[\daAoO](?<!\w.)(?i:(?<=\d)\d*|(?<=a)n?|(?<=o)ne)"
    r"(?i:\s*(?:s|m|h|d|w|y|sec|second|min|minute|hr|hour|day|week|month|year|mo)s?"
    r"(?:\s+ago\b|\s*$|\s*[·•,|]))"
)
ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|org|net|example|info)\b")
BRACKET_END = re.compile(r"[(\[][^()\[\]]{2,80}[)\]]$")
_CREDIT_WORD = re.compile(
    r"(?:photo(?:graph)?s?|pictures?|pic|images?|graphic|illustration|credit)\s?(?::|\bby\b)|©|\bgetty\b"
    r"|\b(?:afp|reuters|tass|epa|ap photo|shutterstock)\b|\S/[A-Z][a-z]+ [A-Z][a-z]+",
    re.I,
)
#: Without one of these there is no credit's word: a cheap look before the dear one.
_CREDIT_SIGNS = (
    *("/", "©", "pic", "phot", "imag", "graphic", "illus", "credit", "getty", "afp", "reuters", "tass"),
    *("epa", "ap p", "shutterst"),
)
NUMBERED = re.compile(r"(?:#?\d{1,4}[.):]\s|#\d)")
#: Every word ends like a name: in a capital and what may follow it, or in a word that joins names.
NAMES = re.compile(r"(?>\S*?(?:[A-Z][\w.'’-]*|de|van|von|der|al|bin|la|and|&)(?:\s+|$))+")


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
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]} {text[-TAIL:]}"
    if _HUMP.search(text):
        text = _WITHIN_HUMP.sub(" ", text)
    return _TOKEN.findall(text.lower().replace("’", "'"))


def dated(text: str) -> bool:
    """Whether a line holds a date.

    Examples
    --------
    >>> dated("31 May 2021"), dated("on 3/4/21"), dated("31 days")
    (True, True, False)
    """
    if _DATE_DAY.search(text):
        return True
    return _holds_one(text.casefold(), _MONTHS) and _DATE_MONTH.search(text) is not None


def _holds_one(text: str, signs: Sequence[str]) -> bool:
    for sign in signs:  # noqa: SIM110 - `any` with a generator takes three times as long
        if sign in text:
            return True
    return False


def credited(texts: Sequence[str]) -> list[int]:
    """Which lines hold a credit's word in their last 80 characters.

    Examples
    --------
    >>> credited(["The quay at night", "The quay at night Photo: Bo Lane"])
    [1]
    """
    tails = [text[-81:] for text in texts]  # the first character shows where a word begins
    lowered = [tail.lower() for tail in tails]
    whole = "\n".join(lowered)
    places = {place for sign in _CREDIT_SIGNS for place in _places(whole, sign)}
    ends = [0, *accumulate([len(tail) + 1 for tail in lowered])] if places else []
    found: list[int] = []
    for place in sorted(places):
        line = bisect_right(ends, place) - 1
        if found[-1:] != [line] and _credit_stands(tails[line], place - ends[line]):
            found.append(line)
    return found


def _credit_stands(tail: str, place: int) -> bool:
    """Whether a credit's word begins with the sign at a place of the text in small letters."""
    begin = max(0, len(tail) - 80)
    if not tail.isascii():  # small letters may be more, or others than the pattern takes for the same
        return _CREDIT_WORD.search(tail, begin) is not None
    return _CREDIT_WORD.match(tail, max(begin, place - (tail[place] == "/"))) is not None


def _places(text: str, sign: str) -> Iterator[int]:
    place = text.find(sign)
    while place >= 0:
        yield place
        place = text.find(sign, place + 1)
