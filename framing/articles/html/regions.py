"""Blocks to regions, from the page's structure.

Comments come first, then what an element says of itself (caption, related, appeal …), then the
article that was found, then a block's place before or after it. Where the structure does not tell
(an appeal among the paragraphs, a stray line), the block stays undecided and its wording decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from framing.articles.html.blocks import Block, Comment, Scope
from framing.articles.html.body import is_prose, key_of
from framing.articles.html.dates import iso_date, printed_time

_APPEAL = re.compile(
    r"\b(?:subscri|donat|newsletter|sign up|support (?:us|our|the)|become a (?:member|supporter)|"
    r"follow us|folgen sie uns|join us|"
    r"your (?:support|help|gift)|petition|abonnier|spende|unterstütz|suscríb|abonnez)",
    re.IGNORECASE,
)
#: One of these stands in every appeal: looked for first, as that takes a fraction of the time.
_APPEALING = tuple(
    "subscri,donat,newsletter,sign up,support,become a,follow us,folgen sie,join us,your ,petition,"
    "abonnier,spende,unterstütz,suscríb,abonnez".split(",")
)
_PARTS = frozenset("author author! time action".split())
_SAYS = re.compile(
    r"\s*(?:says?|said|wrote|writes|schreibt|schrieb|sagt|sagte|meint|dit|dice|zegt|permalink)?\s*:?\s*$"
)
_ASIDE = frozenset("related appeal caption button form".split())
_SIDES = frozenset("furniture aside".split())
_TITLES = frozenset("h1 h2 h3".split())
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
#: A scope with this share of a page's running text is no side matter, whatever it is called.
_MOST = 0.4
_SMALL = 600


@dataclass(frozen=True, slots=True)
class Region:
    """Where a block stands; `name` is empty where its wording is to decide."""

    name: str
    comment: Comment | None = None


def void_wrong_roles(blocks: Sequence[Block]) -> None:
    """Strike out roles that can't hold: of what contains the headline or most of the running text."""
    total = sum(len(block.text) for block in blocks if is_prose(block))
    for scope in _scopes(blocks):
        if scope.role in ("section", "item"):
            scope.void = scope.titled
        elif scope.role not in ("article", "header", "hidden", *_PARTS):
            scope.void = (scope.titled and scope.role != "byline") or scope.prose > max(_SMALL, _MOST * total)
        elif scope.role == "hidden":
            scope.void = scope.titled or scope.prose > max(_SMALL, _MOST * total)


def _scopes(blocks: Sequence[Block]) -> Iterator[Scope]:
    seen: set[int] = set()
    for block in blocks:
        scope = block.scope
        while scope is not None and id(scope) not in seen:
            seen.add(id(scope))
            yield scope
            scope = scope.parent


def roles_around(blocks: Sequence[Block]) -> list[tuple[str, ...]]:
    """The roles that hold for each block, from the innermost out."""
    known: dict[int, tuple[str, ...]] = {}
    found = []
    for block in blocks:
        roles = known.get(id(block.scope))
        if roles is None:
            roles = known[id(block.scope)] = _roles_of(block.scope)
        found.append(roles)
    return found


def _roles_of(scope: Scope | None) -> tuple[str, ...]:
    found = []
    while scope is not None:
        if not scope.void:
            found.append(scope.role)
        scope = scope.parent
    return tuple(found)


def regions_of(blocks: Sequence[Block], body: set[int], title: str) -> list[Region | None]:
    """Give each block its region; None drops what no reader sees.

    Parameters
    ----------
    blocks : sequence of Block
    body : set of int
        Indices of what was found to be the article.
    title : str
        The page's title, to know the headline by.
    """
    around = roles_around(blocks)
    threads = ["item" in roles or "section" in roles for roles in around]
    body = {index for index in body if not threads[index] and not _aside(around[index])}
    headline = _headline(blocks, around, title)
    _name_authors(blocks, around)
    first, last = min(body, default=len(blocks)), max(body, default=-1)
    numbered = bool(body)
    found: list[Region | None] = []
    for index, (block, roles) in enumerate(zip(blocks, around, strict=True)):
        if threads[index]:
            found.append(_in_comments(block, roles))
        elif index == headline:
            found.append(Region("headline"))
        elif "hidden" in roles and index not in body:
            found.append(None)
        else:
            place = _place(index, headline, first, last) if numbered else "anywhere"
            found.append(Region(_region(block, roles, index in body, place)))
    _unhead(found)
    return found


def _unhead(found: list[Region | None]) -> None:
    """A subhead with no article text below it heads a list of links or the comments."""
    below = "furniture"
    for index in range(len(found) - 1, -1, -1):
        region = found[index]
        if region is None:
            continue
        if region.name == "subhead":
            if below not in ("body", "caption", ""):
                found[index] = Region("furniture")
        else:
            below = region.name


def _appeals(text: str) -> bool:
    small = text.lower()
    return any(map(small.__contains__, _APPEALING)) and bool(_APPEAL.search(text))


def _aside(roles: Sequence[str]) -> bool:
    return not _ASIDE.isdisjoint(roles)


def _place(index: int, headline: int, first: int, last: int) -> str:
    if index < first:
        return "head" if index > headline >= 0 else "top"
    return "within" if index <= last else "foot"


def _headline(blocks: Sequence[Block], around: Sequence[Sequence[str]], title: str) -> int:
    """The block that says the title; else the first h1."""
    wanted = key_of(title)
    best, best_score = -1, 0.0
    for index, block in enumerate(blocks):
        if len(block.text) > 400 or (block.tag not in _TITLES and not _says(block.text, title, wanted)):
            continue
        if "item" in around[index]:
            continue
        score = _likeness(key_of(block.text), wanted)
        score += {"h1": 0.6, "h2": 0.3, "h3": 0.1}.get(block.tag, 0.0) if score or block.tag == "h1" else 0.0
        if "related" in around[index] or "furniture" in around[index]:
            score -= 0.5
        if score > best_score + 0.01:
            best, best_score = index, score
    return best if best_score >= 0.5 else -1


def _says(text: str, title: str, wanted: str) -> bool:
    return abs(len(text) - len(title)) < 20 and key_of(text) == wanted


def _likeness(key: str, wanted: str) -> float:
    if not key or not wanted:
        return 0.0
    if key == wanted:
        return 1.0
    shorter, longer = sorted((key, wanted), key=len)
    return 0.9 * len(shorter) / len(longer) if len(shorter) > 8 and shorter in longer else 0.0


def _name_authors(blocks: Sequence[Block], around: Sequence[Sequence[str]]) -> None:
    """Comments whose markup names no author or time get them from the lines before their text."""
    opened: set[int] = set()
    for block, roles in zip(blocks, around, strict=True):
        comment = block.scope.comment if block.scope is not None and "item" in roles else None
        if comment is None:
            continue
        text = block.text
        if not comment.time and len(text) <= 120:
            comment.time = printed_time(text)
        if id(comment) in opened or comment.author:
            continue
        if len(text) > 60 or is_prose(block):
            opened.add(id(comment))
        elif _could_be_name(block) and "action" not in roles:
            comment.author = text


def _could_be_name(block: Block) -> bool:
    text = block.text
    return (
        text[0].isalnum() and not text[0].isdigit() and block.tag not in _HEADINGS and not printed_time(text)
    )


def _in_comments(block: Block, roles: Sequence[str]) -> Region:
    scope = block.scope
    comment = scope.comment if scope is not None and "item" in roles else None
    text = block.text
    words = text.count(" ") + 1
    inner = roles[: next(i for i, role in enumerate(roles) if role in ("item", "section"))]
    if "form" in inner or "button" in inner:
        return Region("comment_meta" if comment and words <= 4 and "form" not in inner else "furniture")
    if comment is None:
        if is_prose(block):
            return Region("comment")
        return Region("comment_meta" if len(text) <= 90 and printed_time(text) else "furniture")
    return Region("comment_meta" if _is_meta(block, roles[0], comment, words) else "comment", comment)


def _is_meta(block: Block, role: str, comment: Comment, words: int) -> bool:
    text = block.text
    if role in _PARTS:
        own = block.tag == "p" and role.startswith("author") and comment.author not in text
        return len(text) <= 100 and words <= 15 and not own
    if len(text) <= 100 and text in comment.printed:
        return True
    if block.linked and block.linked >= len(text) * 0.8 and words <= 5:
        return True
    if not any(map(str.isalnum, text)):
        return True
    if comment.author and len(text) <= len(comment.author) + 60 and text.startswith(comment.author):
        rest = text[len(comment.author) :]
        return bool(_SAYS.match(rest.lower()) or printed_time(rest))
    return len(text) <= 60 and words <= 9 and bool(printed_time(text))


def _region(block: Block, roles: Sequence[str], claimed: bool, place: str) -> str:
    """Region of a block that is neither headline nor in comments."""
    text = block.text
    words = text.count(" ") + 1
    if "button" in roles or "form" in roles:
        return "appeal" if is_prose(block) and _appeals(text) else "furniture"
    if "related" in roles:
        return "related" if words >= 4 else "furniture"
    if "caption" in roles and place != "top" and _SIDES.isdisjoint(roles):
        return "caption"
    if "appeal" in roles:
        return "appeal" if words >= 4 else "furniture"
    if words >= 4 and (claimed or place in ("within", "foot", "head")) and _appeals(text):
        return ""
    if claimed:
        return _claimed(block, roles, words, place)
    if not _SIDES.isdisjoint(roles):
        return _side(block, words)
    return _unclaimed(block, roles, words, place)


def _linked(block: Block) -> bool:
    return block.linked * 5 >= len(block.text) * 4


def _claimed(block: Block, roles: Sequence[str], words: int, place: str) -> str:
    if "standfirst" in roles and block.tag not in _HEADINGS | {"li"}:
        return "standfirst"
    if block.tag in _HEADINGS:
        return "related" if _linked(block) and words >= 4 else "subhead"
    if "byline" in roles[:1] and len(block.text) < 120 and not is_prose(block):
        return "byline"
    return "related" if _linked(block) and words >= 5 else "body"


def _side(block: Block, words: int) -> str:
    if words < 4 or not _linked(block):
        return "furniture"
    return "appeal" if _appeals(block.text) else "related"


def _unclaimed(block: Block, roles: Sequence[str], words: int, place: str) -> str:
    if place == "anywhere":
        return _side(block, words) if _linked(block) else ""
    if "standfirst" in roles and place in ("head", "within") and words >= 4 and not _linked(block):
        return "standfirst"
    if "byline" in roles and place != "top" and len(block.text) < 160:
        return "byline"
    if _linked(block) and not (place == "head" and block.tag in _HEADINGS):
        return _side(block, words)
    if place == "head":
        return _below_headline(block, words)
    if place == "within":
        if block.tag in _HEADINGS:
            return "subhead"
        return "body" if is_prose(block) else ""
    return "" if place == "foot" and is_prose(block) else "furniture"


def _below_headline(block: Block, words: int) -> str:
    if iso_date(block.text) and words <= 12:
        return "byline"
    return "standfirst" if words >= 7 and len(block.text) >= 40 else "furniture"
