"""Where the closing credit of a caption begins: “(Image: Getty)”, “Photo by …”, “AP/Jo Holt”."""

import re
from functools import cache

from framing.pages.sentences import sentence_spans
from framing.pages.wording import lines as entries

#: A credit is short; what is longer is part of the caption.
_LONGEST = 110

_KIND = (
    r"(?:file\s+)?(?:photo(?:graph)?s?|pictures?|pics?|images?|graphics?|illustrations?|credits?|foto|ph"
    r"|video|document|screen(?:shot|grab)s?|courtesy|source|map|infographic)"
)
_BRACKET = re.compile(r"\s*(?:[(\[][^()\[\]]{1,100}[)\]])\.?$")
_NAMED = re.compile(
    rf"(?:^|(?<=[\s.,;:!?'’\"”)\]]))(?:[-–—|/'’]+\s*){{0,2}}"
    rf"(?:{_KIND}(?:\s+(?:credit|courtesy|source))?\s*(?::|©|\bby\b|\bvia\b|\bcourtesy\b)|©|\(c\)\s)",
    re.I,
)
#: A credit glued to the caption's last word: “on Plot 23Image: Holt”.
_GLUED = re.compile(
    r"(?<=[a-z\d’”')])(?:Photo(?:graph)?s?|Pictures?|Images?|Pic|Credit|Graphic)(?:\s?:|\sby\b)"
)
#: “FILE PHOTO: …” opens a caption; a credit stands behind at least a few words.
_LEAD = 12
_DASHED = re.compile(r"\s+(?:[—–|]\s*(?=[A-Z©])|-\s+(?=[A-Z©])|/\s+)")
_SHORT = 45
_SLASHED = re.compile(r"\s((?:[A-Z][\w.'’-]*\s){0,3}[A-Z][\w.'’-]*\s?/\s?[A-Z][\w.'’/ -]{1,70})\.?$")
_PLAIN_WORD = re.compile(r"(?<![\w.'’-])[a-z][\w'’-]*")
_JOINING = frozenset("by for of via the and de la van von der den bin al with to from in press pool".split())
_VERBLIKE = re.compile(r"\b(?:is|are|was|were|has|have|had|said|says|will|took|gave)\b")


def credit_at(caption: str) -> int:
    """Where the closing credit begins in a caption; 0 if there is none or nothing else.

    Examples
    --------
    >>> credit_at("Rain falls on the quay. (Image: Getty)")
    24
    >>> credit_at("Rain falls on the quay.")
    0
    """
    if _only_credit(caption):
        return 0
    for find in (_in_bracket, _after_word, _after_stop, _after_dash, _after_slash, _agency):
        start = find(caption)
        if 0 < start < len(caption) and len(caption) - start <= _LONGEST:
            return start + len(caption[start:]) - len(caption[start:].lstrip())
    return 0


def _only_credit(caption: str) -> bool:
    """Nothing but a credit: “Photo: Jo Holt”, “Holt Pictures / TASS”."""
    match = _NAMED.match(caption)
    rest = (caption[match.end() :] if match else caption).strip(" ()[].:©")
    announced = match is not None or "/" in caption
    return announced and _is_names(rest)


def _in_bracket(caption: str) -> int:
    """The bracket at the end, unless it holds ordinary words: “(Image: Getty)”, not “(aged 10)”."""
    match = _BRACKET.search(caption, max(0, len(caption) - _LONGEST))
    if match is None:
        return 0
    inside = match[0].strip(" ()[].")
    if _NAMED.search(inside) or _is_names(inside) or "/" in inside:
        return match.start()
    return 0


def _after_word(caption: str) -> int:
    """A word that announces a credit: “Photo: …”, “Picture by …”, “© …”."""
    for match in _NAMED.finditer(caption, max(0, len(caption) - _LONGEST)):
        rest = caption[match.end() :]
        behind = match.start() >= _LEAD or "©" in match[0]
        if behind and not _VERBLIKE.search(rest):
            return match.start()
    glued = _GLUED.search(caption, max(1, len(caption) - _LONGEST))
    return glued.start() if glued else 0


def _after_stop(caption: str) -> int:
    """Names after the last full stop: “… on Monday. Jo Holt / TASS”."""
    spans = sentence_spans(caption)
    start, end = spans[-1]
    if len(spans) > 1 and caption[end - 1] not in "?!" and _is_names(caption[start:end]):
        return start
    return 0


def _after_dash(caption: str) -> int:
    """Names behind a dash or bar at the end: “… at the depot — Fen Holt”."""
    found = list(_DASHED.finditer(caption, max(0, len(caption) - _LONGEST)))
    for match in found:
        tail = caption[match.end() :]
        if _is_names(tail) or ("/" in match[0] and len(tail) <= _SHORT):
            return match.start()
    return 0


def _after_slash(caption: str) -> int:
    """Name and agency joined by a slash: “… after the vote AP/Jo Holt”."""
    match = _SLASHED.search(caption, max(0, len(caption) - _LONGEST))
    return match.start() if match else 0


def _agency(caption: str) -> int:
    """An agency's name closes the caption without any mark."""
    for agency in _agencies():
        if caption.endswith(agency) and caption[: -len(agency)].endswith((" ", "\u00a0", ".")):
            return len(caption) - len(agency)
    return 0


@cache
def _agencies() -> tuple[str, ...]:
    return tuple(sorted(entries("agencies"), key=len, reverse=True))


def _is_names(text: str) -> bool:
    """Names and joining words only, such as “Jo Holt for The Harbour Post / Pool”."""
    words = _PLAIN_WORD.findall(text)
    return text[:1].isalnum() and text[:1].isupper() and all(word in _JOINING for word in words)
