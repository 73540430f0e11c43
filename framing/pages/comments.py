"""Who wrote each comment, when, and to which comment it replies."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from framing.pages.features import tokens, vocabulary
from framing.pages.labels import label_of, site_labels
from framing.pages.lines import Line
from framing.pages.times import cut_time, only_clock

_REMOVED = re.compile(
    r"\b(?:deleted|removed|(?<!score )hidden|withdrawn|blocked|violat\w+|withheld by|awaiting moderation)\b",
    re.I,
)
_NUMBER = re.compile(
    r"^[\W_]*(?:#\s?\d+|(?:no|nr|comment|post)\.?\s?#?\d+"
    r"|\d{1,4}(?:\.\d{1,3})*[a-z]?[.)]|\d{1,4}\s[–—-]\s)[\s:]*",
    re.I,
)
_LEADS = re.compile(
    r"^(?:(?:(?:post(?:ed)?|comment|submitted|written) by|(?:letter |reply |comment )?from|by"
    r"|avatar(?: of)?)\b:?"
    r"|(?:user|guest|poster|commenter|(?:nick)?name|author):)\s*",
    re.I,
)
#: “Posted at 10:10 by Ann”: what is left of it without the time.
_POSTED = re.compile(r"^(?:posted|written|submitted|comment(?:ed)?)\b.{0,20}?\bby:?\s+", re.I)
#: A number before a name: its place in the list, or votes with their signs.
_COUNTED = re.compile(
    r"^(?:(?:score:? ?)?\d{1,5}\s(?:points?|votes?|likes?)?\s?(?:[|·•]\s*|by\s)"
    r"|[^\w@(\[]*\d{1,5}\s*[▲△↑▼▽↓♥❤👍👎★+|·•]+\W*|\W+\d{1,5}\s+(?=[^\W\d_])|\d{1,6}\s+(?=[^\W\d_]))"
)
_STATUS = re.compile(r"\s+(?:offline|online)\b.*$", re.I)
_REPLY_TO = re.compile(
    r"\s*(?:[→➤▸›»>↪⤷]|\b(?:replying|replied|in reply|in response|reply) to\b)\s*@?(.+)$",
    re.I,
)
_SAYS = re.compile(
    r"\s*,?\s*\b(?:says|wrote|writes|said|comment(?:ed|s)|repli(?:ed|es)|answer(?:ed|s)|ask(?:ed|s)|add(?:ed|s)"
    r"|remarked|posted|on|at)\b\s*(?::|\.{3}|…)?\s*$|:\s*$",
    re.I,
)
_WEEKDAY = re.compile(r"\s+on\s+(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\W*$", re.I)
_HANDLE_AFTER = re.compile(r"(?<=[\w.])\s+@\w+\W*$")
_BRACKETED = re.compile(r"\(([^()\[\]]+)\)")
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
#: Asides in small letters are part of a name (“nurse (ret'd)”), but not these.
_STANDING = re.compile(
    r"(?:guest|not verified|unverified|verified|unregistered|author|edited|member|op|aged \d+)", re.I
)
_CUT = re.compile(
    r"\s*(?:[|·•—–#]|\[score|\s[-/]\s|,\s(?![A-Z]{2,5}$)|\s{2,}|\t|\s[+-]?\d+\s(?:points?|comments?|votes?|likes?|posts?)\b).*$"
)
#: Pictures and signs before a name; hands, hearts and stars behind it.
_SIGNS = re.compile(r"^[^\w@(\[]+|\s*[^\w\s.,:;'’\"()\[\]@&/|·•*-]+\s*\d*$")
_EDGE = " \t\u00a0|·•,;:-–—#[]>*@("
_EDGE_BUT_BRACKETS = _EDGE.replace("[", "").replace("]", "")
_BEFORE_NAME, _BEHIND_NAME = " \t\u00a0|·•,;-–—[]>*)", " \t\u00a0|·•,;-–—[>*/"
#: The picture's words and the name, glued or not: “Ann Holt Ann Holt”.
_TWICE = re.compile(r"(\w.{2,}?)\s*(?:\(\1\)|\1)")
#: “Ann Holt: Well said.”, “[9:05] ann_h: Well said.”
_WITHIN = re.compile(r"((?:[\[(]?[\d.:/ -]{4,20}[\])]?\s+)?@?[A-Za-z](?:[\w.'’-]|\s(?=[A-Z\d])){1,28}:)\s+\S")
_NESTED = re.compile(r"^\s*((?:>\s?)+|(?:[↳⤷↪└➥»]\s*)+)")
_MORE = re.compile(r"(?:show|view|load|see|read)\s(?:all|more|\d+)|(?:older|newer|more)\s|\d+ more\s", re.I)
_BUTTONS = frozenset({"cmeta", "share", "count", "button"})
_REPLY_BUTTON = re.compile(r"\W*reply to\b", re.I)
#: Buttons that stand below a comment; what comes after them is another one's header.
_CLOSING = re.compile(r"\W*(?:reply|report|share|permalink)\b", re.I)
_ANSWERS = re.compile(r"\W*(?:replying|in (?:reply|response)) to\b", re.I)
_PICTURE = re.compile(
    r"\W*(?:user |profile )?(?:avatar|picture|photo|image)(?: (?:of|for) .+)?\W*"
    r"|.+['’]s (?:avatar|picture|photo)|u/\S+(?: \S+)? avatar|(?:view|see|show) profile",
    re.I,
)
#: Lines of a header that name nobody: a badge, what the letter is about.
_BADGE = re.compile(r"\W*(?:top (?:fan|commenter|contributor)|verified|subscriber|member|moderator)\W*", re.I)
_SUBJECT = re.compile(r"re:|(?:subject|title): ", re.I)
_LONGEST_NAME = 4
_TAGS = frozenset("moderator mod admin editor author staff verified guest subscriber member edited".split())


class Comment(NamedTuple):
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
    numbers: dict[int, int] = {}
    talk = [i for i, region in enumerate(regions) if region in ("comment", "comment_meta")]
    labels = _labels(lines, regions, talk)
    named = _named_within(lines, [i for i in talk if regions[i] == "comment"], regions)
    order = _reading_order(lines, regions, talk)
    awaited = _times_ahead(lines, regions, order)
    for index in order:
        if index in named:
            thread.read_named(named[index])
        elif regions[index] == "comment":
            thread.read_text()
        elif not labels or label_of(lines[index].text) not in labels:
            thread.read_header(lines[index], more=index in awaited)
        numbers[index] = len(thread.comments) - 1
    return [thread.comments[numbers[i]] if i in numbers else None for i in range(len(lines))]


def _labels(lines: Sequence[Line], regions: Sequence[str], talk: Sequence[int]) -> frozenset[str]:
    """What the site prints in most headers without naming anybody."""
    runs = [
        [lines[i].text for i in run]
        for region, run in groupby(talk, key=regions.__getitem__)
        if region != "comment"
    ]
    return site_labels(runs, _may_name, lambda line: bool(cut_time(line)[1]))


@lru_cache(maxsize=1024)
def _may_name(line: str) -> bool:
    return not _is_buttons(line) and bool(_author(cut_time(line)[0])[0])


def _times_ahead(lines: Sequence[Line], regions: Sequence[str], order: Sequence[int]) -> set[int]:
    """Header lines below which, before any text, another line tells a time or that a comment is gone."""
    found = set()
    ahead = False
    for index in reversed(order):
        if regions[index] == "comment":
            ahead = False
            continue
        if ahead:
            found.add(index)
        text = lines[index].text
        ahead = ahead or bool(cut_time(text)[1]) or _is_removed(text)
    return found


def _named_within(lines: Sequence[Line], texts: Sequence[int], regions: Sequence[str]) -> dict[int, str]:
    """Headers that open lines of text, as in “Ann: Hm.”, where no line of its own names anybody."""
    found = {i: match[1] for i in texts if (match := _WITHIN.match(lines[i].text))}
    if len(found) < 2 or len(found) * 2 < len(texts):
        return {}
    metas = (lines[i].text for i, region in enumerate(regions) if region == "comment_meta")
    return found if all(map(_is_buttons, metas)) else {}


def _reading_order(lines: Sequence[Line], regions: Sequence[str], talk: Sequence[int]) -> list[int]:
    """The lines of comments, each header before its text, also where names stand below, as in letters."""
    runs = [list(run) for _, run in groupby(talk, key=regions.__getitem__)]
    opening: list[int] = []
    if runs and regions[talk[0]] == "comment_meta" and all(_is_buttons(lines[i].text) for i in runs[0]):
        opening = runs.pop(0)  # the first one's number
    if not runs or regions[runs[0][0]] != "comment" or len(runs) % 2:
        return list(talk)
    if any(all(_is_buttons(lines[i].text) for i in run) for run in runs[1::2]):
        return list(talk)
    pairs = zip(runs[::2], runs[1::2], strict=True)
    return [*opening, *(i for text, name in pairs for i in (*name, *text))]


class _Thread:
    """Reads the lines of a comment section in order."""

    def __init__(self) -> None:
        self.comments = [Comment()]
        self._in_header = False
        self._indents: list[int] = []
        self._depths: dict[str, int] = {}

    def read_text(self) -> None:
        self._in_header = False

    def read_named(self, header: str) -> None:
        rest, time = cut_time(header)
        self.comments.append(Comment(_author(rest)[0], time))
        self._in_header = False

    def read_header(self, line: Line, *, more: bool) -> None:
        """Read a line of a header; `more`: a time stands further down in it."""
        removed = _is_removed(line.text)
        if _is_beside(line.text):
            return
        if removed or not _is_buttons(line.text):
            self._header(line, removed=removed, more=more)
        elif _CLOSING.match(line.text) or not self._awaits_time():
            self._in_header = False

    def _awaits_time(self) -> bool:
        """A name alone: a counter may stand between it and its time, as in “Ann / 213 posts / 3 May”."""
        return self._in_header and bool(self.comments[-1].author) and not self.comments[-1].time

    def _header(self, line: Line, *, removed: bool, more: bool) -> None:
        rest, time = cut_time(line.text)
        author, answered = ("", "") if removed else _author(rest)
        current = self.comments[-1]
        if self._in_header and "-" in current.time and "T" not in current.time:
            clock = only_clock(line.text)
            if clock:
                self.comments[-1] = current._replace(time=current.time + clock)
                return
        if time and not self._in_header and current.author and not current.time and _is_buttons(rest):
            self.comments[-1] = current._replace(time=time)  # it stands below the text
            return
        numbered = bool(_NUMBER.match(line.text))
        complete = bool(current.author and current.time)
        if self._in_header and complete and not (time or more or removed):
            return  # a badge or a place below name and time
        if not self._in_header or (numbered and removed) or (complete and bool(author)):
            self.comments.append(Comment(author, time, self._depth(line, answered)))
        else:
            depth = current.depth or self._below(answered)
            if author and (
                _names_nobody(current.author)
                or _initials(author).startswith(current.author)
                or current.author == f"{author}."
            ):
                current = current._replace(author=author)
            self.comments[-1] = Comment(current.author, current.time or time, depth)
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
def _is_removed(text: str) -> bool:
    """Says that a comment is gone."""
    return _REMOVED.search(text) is not None


@lru_cache(maxsize=1024)
def _is_beside(text: str) -> bool:
    """A picture, a badge or a subject."""
    found = _PICTURE.fullmatch(text) or _BADGE.fullmatch(text) or _SUBJECT.match(text)
    return found is not None


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


def _names_nobody(header: str) -> bool:
    """Nothing, or what a comment is headed by: “A bridge too far”, “Really?”"""
    return not header or header.endswith(("?", "!", "…")) or len(header.split()) > _LONGEST_NAME


def _initials(name: str) -> str:
    """First letters of a name, as stand in place of a picture: “AH” above “Ann Holt”."""
    return "".join(word[0] for word in name.split()).upper()


@lru_cache(maxsize=1024)
def _author(header: str) -> tuple[str, str]:
    """The author in a header without its time, and whom it answers."""
    if not header:  # the line was a time and nothing else
        return "", ""
    text = _NESTED.sub("", header)
    text = _NUMBER.sub("", text.strip()).lstrip(_BEFORE_NAME).rstrip(_BEHIND_NAME)
    if "[" not in text:
        text = text.rstrip(f"]{_BEHIND_NAME}")
    text = _COUNTED.sub("", _POSTED.sub("", _LEADS.sub("", text)))
    text = _SIGNS.sub("", text)
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
    text = _HANDLE_AFTER.sub("", _WEEKDAY.sub("", text))
    whole = _BRACKETED.fullmatch(text.strip())
    if whole:
        text = whole[1]
    for _ in range(3):
        before = text
        text = _SAYS.sub("", text.strip(_EDGE_BUT_BRACKETS))
        if text == before:
            break
    if text.startswith(("[", "(")) and text.endswith(("]", ")")):
        return text
    text = _CUT.sub("", text)
    twice = _TWICE.fullmatch(text)
    text = twice[1] if twice else text
    last = text.rsplit(None, 1)
    if len(last) == 2 and last[1].lower() in _TAGS:
        text = last[0]
    text = _SAYS.sub("", text)
    aside = _ASIDE.search(text)
    inner = aside[0].strip(" ()[]") if aside else ""
    if aside and (not inner[:1].islower() or _STANDING.fullmatch(inner)):
        text = text[: aside.start()] or text
    return text.strip(_EDGE)
