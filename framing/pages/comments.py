"""Who wrote each comment, when, and to which comment it replies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from framing.pages.features import tokens, vocabulary
from framing.pages.lines import Line
from framing.pages.times import cut_time, only_clock

_REMOVED = re.compile(
    r"\b(?:deleted|removed|hidden|withdrawn|blocked|violat\w+|withheld by|awaiting moderation)\b", re.I
)
_NUMBER = re.compile(r"^[\W_]*(?:#\s?\d+|(?:no|nr|comment|post)\.?\s?#?\d+|\d{1,4}[.)])[\s:]*", re.I)
_LEADS = re.compile(
    r"^(?:(?:(?:posted|comment|submitted|written) by|(?:letter |reply )?from|by|avatar(?: of)?)\b:?"
    r"|(?:user|name|author):)\s*",
    re.I,
)
_STATUS = re.compile(r"\s+(?:offline|online)\b.*$", re.I)
_REPLY_TO = re.compile(
    r"\s*(?:[→➤▸›»>↪⤷]|\b(?:replying|replied|in reply|in response|reply) to\b)\s*@?(.+)$",
    re.I,
)
_SAYS = re.compile(
    r"\s*,?\s*\b(?:says|wrote|writes|said|commented|replied|posted|on|at)\b\s*:?\s*$|:\s*$", re.I
)
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_CUT = re.compile(
    r"\s*(?:[|·•—–#]|\s-\s|,\s(?![A-Z]{2,5}$)|\s{2,}|\t|\s[+-]?\d+\s(?:points?|comments?|votes?|likes?|posts?)\b).*$"
)
#: Pictures and signs before a name; hands, hearts and stars behind it.
_SIGNS = re.compile(r"^[^\w@(\[]+|\s*[^\w\s.,:;'’\"()\[\]@&/|·•*-]+\s*\d*$")
_EDGE = " \t\u00a0|·•,;:-–—#[]>*@("
_NESTED = re.compile(r"^\s*((?:>\s?)+|(?:[↳⤷↪└➥»]\s*)+)")
_MORE = re.compile(r"(?:show|view|load|see|read)\s(?:all|more|\d+)|(?:older|newer|more)\s|\d+ more\s", re.I)
_BUTTONS = frozenset({"cmeta", "share", "count", "button"})
_REPLY_BUTTON = re.compile(r"\W*reply to\b", re.I)
_ANSWERS = re.compile(r"\W*(?:replying|in (?:reply|response)) to\b", re.I)
_PICTURE = re.compile(r"\W*(?:user |profile )?(?:avatar|picture|photo|image)\W*", re.I)
_TAGS = frozenset("moderator mod admin editor author staff verified guest subscriber member edited".split())


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment's author, time and depth, as far as its header tells."""

    author: str = ""
    time: str = ""
    depth: int = 0


def talk_of(lines: Sequence[Line], regions: Sequence[str]) -> list[Comment | None]:
    """The comment that each line belongs to; None outside comments.

    Examples
    --------
    >>> from framing.pages.lines import lines_of
    >>> page = lines_of("Ann Holt 3 May 2021 9:05\\nWell said.")
    >>> talk_of(page, ["comment_meta", "comment"])[1]
    Comment(author='Ann Holt', time='2021-05-03T09:05', depth=0)
    """
    thread = _Thread()
    numbers: list[int | None] = []
    for line, region in zip(lines, regions, strict=True):
        if region == "comment_meta":
            thread.read_header(line)
        elif region == "comment":
            thread.read_text()
        numbers.append(len(thread.comments) - 1 if region in ("comment", "comment_meta") else None)
    return [None if number is None else thread.comments[number] for number in numbers]


class _Thread:
    """Reads the lines of a comment section in order."""

    def __init__(self) -> None:
        self.comments = [Comment()]
        self._in_header = False
        self._indents: list[int] = []
        self._depths: dict[str, int] = {}

    def read_text(self) -> None:
        self._in_header = False

    def read_header(self, line: Line) -> None:
        removed = bool(_REMOVED.search(line.text))
        if _PICTURE.fullmatch(line.text):
            return
        if removed or not _is_buttons(line.text):
            self._header(line, removed=removed)
        else:
            self._in_header = False

    def _header(self, line: Line, *, removed: bool) -> None:
        rest, time = cut_time(line.text)
        author, answered = ("", "") if removed else _author(rest)
        current = self.comments[-1]
        if self._in_header and "-" in current.time and "T" not in current.time:
            clock = only_clock(line.text)
            if clock:
                self.comments[-1] = replace(current, time=current.time + clock)
                return
        numbered = bool(_NUMBER.match(line.text))
        complete = bool(current.author and current.time)
        if not self._in_header or (numbered and removed) or (complete and bool(author)):
            self.comments.append(Comment(author, time, self._depth(line, answered)))
        else:
            depth = current.depth or self._below(answered)
            self.comments[-1] = Comment(current.author or author, current.time or time, depth)
        current = self.comments[-1]
        if current.author:
            self._depths[current.author.casefold()] = current.depth
        self._in_header = not removed

    def _depth(self, line: Line, answered: str) -> int:
        """Depth by indentation and marks (``↳``, ``>>``), else one more than what it answers."""
        mark = _NESTED.match(line.text)
        indent = line.indent + (2 * len("".join(mark[1].split())) if mark else 0)
        while self._indents and indent < self._indents[-1]:
            self._indents.pop()
        if not self._indents or indent > self._indents[-1]:
            self._indents.append(indent)
        depth = len(self._indents) - 1
        return depth or self._below(answered)

    def _below(self, answered: str) -> int:
        return self._depths.get(answered.casefold(), 0) + 1 if answered else 0


@lru_cache(maxsize=1024)
def _is_buttons(text: str) -> bool:
    """Only buttons and counters: “Like (8) Reply”, “Upvote 118”, “Show more replies”."""
    if cut_time(text)[1]:
        return False
    if _MORE.match(text):
        return True
    if _REPLY_BUTTON.match(text):
        return True
    if text.endswith(":") or _ANSWERS.match(text):  # “Ann Like wrote:”, “Replying to Bo”
        return False
    found = [word for word in tokens(text) if not word.isdigit()]
    covered = [False] * len(found)
    for size in (1, 2, 3):
        for i in range(len(found) - size + 1):
            kinds = vocabulary().get(" ".join(found[i : i + size]), ())
            if not _BUTTONS.isdisjoint(kinds):
                covered[i : i + size] = [True] * size
    return sum(covered) * 2 > len(found) or not found


def _author(header: str) -> tuple[str, str]:
    """The author in a header without its time, and whom it answers."""
    text = _NESTED.sub("", header)
    text = _NUMBER.sub("", text.strip()).strip(" \t\u00a0|·•,;-–—[]>*")
    text = _SIGNS.sub("", _LEADS.sub("", text))
    answered = ""
    match = _REPLY_TO.search(text)
    if match:
        answered, text = _tidied(match[1]), text[: match.start()]
    handle = text.startswith("@")
    text = _tidied(text)
    return (f"@{text}" if handle and text else text), answered


def _tidied(text: str) -> str:
    """A name without status, aside, place and verb of saying."""
    text = _STATUS.sub("", text)
    for _ in range(3):
        text = _SAYS.sub("", text.strip(_EDGE.replace("[", "").replace("]", "")))
    if text.startswith(("[", "(")) and text.endswith(("]", ")")):
        return text
    text = _CUT.sub("", text)
    last = text.rsplit(None, 1)
    if len(last) == 2 and last[1].lower() in _TAGS:
        text = last[0]
    text = _SAYS.sub("", text)
    aside = _ASIDE.search(text)
    if aside and (not aside[0].strip(" ()[]")[:1].islower() or aside[0].strip() == "()"):
        text = text[: aside.start()] or text
    return text.strip(_EDGE)
