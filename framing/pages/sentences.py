"""Sentences within one line, with exact offsets.

English is decided here, stop by stop: wherever a stop could end a sentence (`_STOP`), what stands
before and after it decides. Text inside quotation marks is judged like any other, so a quotation
of several sentences is split, and closing quotes stay with what they close. Other languages go
through sentencex, which knows their abbreviations.
"""

import re
from collections.abc import Iterator, Sequence

from framing.pages.compiled import COMPILED, native_units
from framing.pages.wording import kinds, words

#: How far back a word before a stop may reach: bounds the search in lines without blanks.
_REACH = 24

_OPENERS = "\"'“”‘’«»„([{¿¡—–-"
#: A run of stops, what closes after it, and white space; or a stop with a capital glued to it.
_STOP = re.compile(
    r"""(?:[.!?…]|\[\.\.\.\]|\[…\])[.!?…]{0,9}(?P<close>["'”’»“‘)\]]{0,4})(?P<gap>\s+(?=\S))"""
    r"""|(?<=[a-z][a-z”"’)]|[A-Z]{2})[.!?]["”’]?(?=["'“‘]?[A-Z][a-z]*[\s,’'])"""
)
_CLOSES_LINE = ".!?…\"'”’»“‘)]"
_SIGN = re.compile(r"[.!?…\[]")
_LIST_NUMBER = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})\Z")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]{1,2}\Z|[A-Z]\Z")
_NEXT_WORD = re.compile(r"[\w’'-]{1,40}")
_SPEAKER = re.compile(r"(?:[^\W\d_][\w.’'-]{0,30},?\s+){1,5}?(?P<verb>[a-z]{3,12})\b")
#: “6 p.m. Friday”, “8 a.m. Eastern”, “9 p.m. Moscow time”, “7 a.m. GMT”.
_CLOCK_GOES_ON = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b"
    r"|(?:Eastern|Central|Mountain|Pacific|Local|Greenwich)\b|[A-Z]{2,5}\b|[A-Z][a-z]{1,15} time\b|\d"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b"
_DATE_GOES_ON = re.compile(rf"\d|{_MONTH}")
_MONTH_FOLLOWS = re.compile(_MONTH)
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTES = "\"'”’»“‘"


def sentence_spans(line: str, language: str = "en", *, loose: bool = False) -> list[tuple[int, int]]:
    """Find the sentences of a line.

    Parameters
    ----------
    line : str
        One line, without line breaks.
    language : str
        ISO 639-1 code.
    loose : bool
        Whether a sentence may begin with a small letter, as readers' comments often do.

    Returns
    -------
    list of (int, int)
        Start and end of each sentence, white space at the ends left out; together they hold every
        non-space character.

    Examples
    --------
    >>> sentence_spans("It rained. Mr. Holt stayed.")
    [(0, 10), (11, 27)]
    >>> sentence_spans("“Why now?” she asked. “It is late. Go.”")
    [(0, 21), (22, 34), (35, 39)]
    """
    if language[:2] != "en":
        return _trimmed(line, _foreign(line, language))
    if COMPILED:
        return native_units.sentences(line, kinds("abbreviations"), _judged, loose)
    return _trimmed(line, _cuts(line, loose))


def _trimmed(line: str, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """Spans between cuts without white space at their ends; empty ones are left out."""
    size = len(line)
    if not cuts and line and not line[0].isspace() and not line[-1].isspace():
        return [(0, size)]
    spans = []
    start = 0
    for end in (*cuts, size):
        piece = line[start:end]
        text = piece.strip()
        if text:
            first = start if piece[0] == text[0] else start + len(piece) - len(piece.lstrip())
            spans.append((first, first + len(text)))
        start = end
    return spans


def _foreign(line: str, language: str) -> list[int]:
    from sentencex import get_sentence_boundaries

    whole = _SURROGATE.sub("?", line)  # it takes valid Unicode only
    found = (boundary["start_index"] for boundary in get_sentence_boundaries(language, whole))
    return sorted({cut for cut in found if 0 < cut < len(line)})


def _cuts(line: str, loose: bool) -> list[int]:
    return [match.end() for match in _stops(line) if _ends(line, match, loose)]


def _stops(line: str) -> Iterator[re.Match[str]]:
    """All places that match `_STOP`; looking for its first sign alone is several times faster."""
    last = len(line.rstrip(_CLOSES_LINE))  # behind a stop among these no sentence begins
    sign = _SIGN.search(line, 0, last)
    while sign:
        match = _STOP.match(line, sign.start())
        if match:
            yield match
        sign = _SIGN.search(line, match.end() if match else sign.end(), last)


def _judged(line: str, stop: int, loose: bool) -> int:
    """Where the match of `_STOP` at a sign ends: negative if no sentence does, 0 if there is none."""
    match = _STOP.match(line, stop)
    if match is None:
        return 0
    return match.end() if _ends(line, match, loose) else -match.end()


def _ends(line: str, match: re.Match[str], loose: bool) -> bool:
    """Whether a sentence ends at this stop."""
    stop, after = match.start(), match.end()
    before = _word_before(line, stop)
    if match["gap"] is None:
        return _glued(before)
    if not before and not _follows_word(line, stop):
        return False
    first = _first_inside(line, after)
    if line[first : first + 1].islower():
        return _small(line, match, before, loose)
    close = match["close"]
    if close and close[-1] in _QUOTES and line[after] in "-–—":
        return False
    if line[stop] in "!?" and close and close[-1] in _QUOTES:
        return first > after or not _speaker_follows(line, after)
    if line[stop] != "." or line.startswith("..", stop):
        return True
    return _after_full_stop(line, before, first, marked=first > after or bool(close))


def _word_before(line: str, stop: int) -> str:
    """The word that the stop stands at, without what opens before it."""
    piece = line[max(0, stop - _REACH) : stop]
    if not piece or piece[-1].isspace():
        return ""
    return piece.rsplit(None, 1)[-1].lstrip(_OPENERS)


def _follows_word(line: str, stop: int) -> bool:
    """Whether a word stands before a stop that a blank sets apart; “. . .” ends nothing."""
    return line[max(0, stop - _REACH) : stop].rstrip()[-1:].isalnum()


def _first_inside(line: str, index: int) -> int:
    """Where the first letter or digit after opening marks stands, at most a few marks on."""
    limit = min(len(line), index + 6)
    while index < limit and (line[index] in _OPENERS or line[index].isspace()):
        index += 1
    return index


def _glued(before: str) -> bool:
    """No space after a stop: an end, except inside addresses (``news.Example``, ``@holt``)."""
    return not any(mark in before for mark in ".@/:_")


def _small(line: str, match: re.Match[str], before: str, loose: bool) -> bool:
    """A small letter follows: no end in edited text; in readers' comments one after a plain word."""
    mark = line[match.start()]
    if not loose or mark == "…" or line.startswith("..", match.start()):
        return False
    if match["close"] and match["close"][-1] in _QUOTES:
        return False
    plain = before.isalpha() and len(before) > 1 and before not in kinds("abbreviations")
    return plain or (mark in "!?" and bool(before))


def _speaker_follows(line: str, index: int) -> bool:
    """Whether a speaker and a verb of saying follow: “Why now?” Ms Holt asked."""
    match = _SPEAKER.match(line, index)
    if match is None or match["verb"] not in words("saying"):
        return False
    first = _NEXT_WORD.match(line, index)
    return first is None or first[0] not in words("starters")


def _after_full_stop(line: str, before: str, index: int, *, marked: bool) -> bool:
    """A full stop before a capital, digit or other sign: abbreviations don't end a sentence."""
    kind = kinds("abbreviations").get(before)
    if kind is None:
        if len(before) <= 4 and _LIST_NUMBER.fullmatch(before):
            return _after_number_or_letter(line, before, index)
        if not _INITIALS.fullmatch(before):
            return True
        kind = "starter"
    return _after_abbreviation(line, index, kind, marked=marked)


def _after_abbreviation(line: str, index: int, kind: str, *, marked: bool) -> bool:
    if kind == "never":
        return False
    if kind == "number":
        return not line[index : index + 1].isdigit()
    if kind == "date":
        return _DATE_GOES_ON.match(line, index) is None
    if kind == "clock":
        return _CLOCK_GOES_ON.match(line, index) is None
    return kind == "small" or marked or _opens_sentence(line, index)


def _after_number_or_letter(line: str, before: str, index: int) -> bool:
    """``1. Holt`` opening a line numbers it, ``J. Holt`` is an initial, ``in 74. The`` an end."""
    if line.find(before) <= 1 and line.lstrip("([").startswith(before):
        return False
    if before.isdigit():  # “12. June” is a day
        return _MONTH_FOLLOWS.match(line, index) is None
    return _opens_sentence(line, index)


def _opens_sentence(line: str, index: int) -> bool:
    match = _NEXT_WORD.match(line, index)
    return match is not None and match[0] in words("starters")
