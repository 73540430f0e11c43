"""What an element is for, as its tag and the words of its class and id say."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=\d{2})")
_SIGNS = re.compile(r"[^0-9a-zA-Z]+")
#: Attribute values of more than this are no names.
_LONGEST = 400

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_COMMENT_TYPES = ("/Comment", "/UserComments", "/UserComment")
#: Elements that hold no whole comment section, or no whole comment.
_NO_SECTION = frozenset("html body main a span h1 h2 h3 h4 img".split())
_NO_ITEM = frozenset("p input label i em".split())
_BY_TAG = {
    "figcaption": "caption",
    "nav": "furniture",
    "footer": "furniture",
    "form": "furniture",
    "aside": "aside",
    "button": "button",
    "select": "button",
    "label": "button",
    "time": "byline",
    "address": "byline",
    "caption": "caption",
}
_COMMENT = r"comments?|kommentare?n?|leserkommentare?|comentarios?|commentaires?|commenti|commento|reacties?"
_PLACE = (
    "area|section|list|container|wrap|wrapper|box|block|holder|content|contents|inner|thread|threads|feed|items|"
    "module|modul|main|tab|stream|chrome|body|outer|region|panel|view|widget|system|app|root|embed"
)
#: A whole comment section: ``comments``, ``comment-list``, ``allCommentsArea``, ``mh-comments-wrap``.
_SECTION = re.compile(
    r"(?:[a-z]+-){0,3}(?:comments|kommentare|leserkommentare|comentarios|commentaires|commenti|reacties|"
    rf"commentlist|commentslist|commentsbox|commentary|discussion)(?:-(?:{_PLACE}))*(?:-\d+)?"
    rf"|(?:[a-z]+-){{0,3}}(?:{_COMMENT})(?:-(?:list|section|area|thread|threads|holder|items|stream|feed|tab|modul|module|"
    r"wrapper|container|commentlink|commentlinks))+(?:-\d+)?"
    r"|disqus-thread|fb-comments|wpdiscuz|livefyre|leserbriefe|lesermeinungen|talk-community|sect-commentlinks"
)
#: One comment: ``comment``, ``comment-item``, ``li-comment-75``, ``xenforo-comment``, ``commentsCon``.
_ITEM = re.compile(
    r"(?:[a-z]+-){0,5}(?:comment|kommentar|comentario|commentaire|commento|reactie|leserkommentar)"
    r"(?:-(?:item|entry|box|card|node|post|single|outer|inner|parent|row|wrapper|container|main-level|element|reply|\d+))*"
    r"|comments-con|comments-(?:item|entry|row)|(?:bb-)?message-\d+|post-reply|userreview|usercomment|discussion-item"
)
_BUTTONS = (
    "form|respond|respon|count|counter|counts|link|links|number|numbers|button|buttons|btn|toggle|open|opened|closed|enabled|disabled|"
    "off|on|has|no|add|write|new|policy|reply-link|title|header|headline|heading|icon|notes|rules|login|hint|info-text|"
    "avatar|image|navigation|nav|pagination|pager|sort|order|subscription|feed-link|feedback-form|metabar"
)
_NO_COMMENT = re.compile(
    rf"(?:[a-z0-9]+-)*(?:{_COMMENT}|commentform|commentlink)(?:-[a-z0-9]+)*?-(?:{_BUTTONS})(?:-[a-z0-9]+)*"
    rf"|(?:{_BUTTONS}|leave|post-a|your|disable)-(?:[a-z]+-)*(?:{_COMMENT})(?:-[a-z]+)*"
    r"|commentform|respond|comment-respond|reply-title|commentlink"
)
_DEPTH = re.compile(r"(?:depth|level|comment-level|indent|reply-level)-(\d{1,2})")
_AUTHOR_STRONG = frozenset("fn username user-name nickname nick screenname display-name displayname".split())
_AUTHOR = frozenset(
    "author comment-author commentauthor commenter commentator user autor verfasser poster name "
    "comment-user comment-username comment-name kommentar-autor byline member-name auteur autore "
    "creator".split()
)
_TIME = frozenset(
    "date time datetime timestamp datum zeit published created comment-date comment-time commentdate "
    "commenttime comment-timestamp posted-on ago permalink commentmetadata comment-metadata datecreated "
    "datepublished comment-meta submitted pubdate posted kommentar-datum fecha data-ora".split()
)
_ACTIONS = frozenset(
    "reply comment-reply comment-reply-link replylink actions comment-actions comment-footer votes vote "
    "voting likes like rating report flag buttons toolbar share antworten antwort melden edit-link badge "
    "avatar comment-edit-link controls item-control options reactions karma".split()
)


@cache
def _vocabulary() -> dict[str, str]:
    found: dict[str, str] = {}
    lines = files("framing.articles.html").joinpath("roles.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        role, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            for word in words.split(","):
                found.setdefault(word.strip(), role)
    return found


_ORDER = ("caption", "appeal", "related", "standfirst", "furniture", "byline")


class Traits(NamedTuple):
    """All that an element's tag and attributes tell, looked up once for each combination."""

    role: str
    of_comments: str
    part: str
    depth: int | None
    hidden: bool


@lru_cache(maxsize=1 << 15)
def traits(tag: str, names: tuple[str, str, str, str], itemtype: str, style: str) -> Traits | None:
    """Look an element up; None if nothing tells.

    Parameters
    ----------
    tag : str
    names : tuple of str
        Its class, id, itemprop and role.
    itemtype, style : str
        These attributes.
    """
    found = names_of(" ".join(names))
    of_comments = "item" if itemtype.endswith(_COMMENT_TYPES) else comment_role(found)
    if tag in _NO_SECTION or (of_comments == "item" and tag in _NO_ITEM):
        of_comments = ""
    role = role_of(tag, found) or (
        "article" if tag == "main" else tag if tag in ("article", "header") else ""
    )
    told = Traits(role, of_comments, part_role(tag, found), told_depth(found), bool(_HIDDEN.search(style)))
    return told if any(told[:3]) or told.hidden else None


@lru_cache(maxsize=1 << 14)
def names_of(value: str) -> tuple[str, ...]:
    """The names in a class or id, in small letters with hyphens.

    Examples
    --------
    >>> names_of("allCommentsArea js_main")
    ('all-comments-area', 'js-main')
    """
    if len(value) > _LONGEST:
        value = value[:_LONGEST]
    parts = (_SIGNS.sub("-", _HUMP.sub("-", part)).strip("-").lower() for part in value.split())
    return tuple(part for part in parts if part)


@lru_cache(maxsize=1 << 14)
def role_of(tag: str, names: tuple[str, ...]) -> str:
    """The role of an element outside comments; empty if nothing tells.

    Examples
    --------
    >>> role_of("div", ("article-related",)), role_of("p", ("story",))
    ('related', '')
    """
    lookup = _vocabulary().get
    found = set()
    for name in names:
        words = name.split("-")[:8]
        found.add(lookup(name))
        found.update(lookup(word) for word in words)
        found.update(lookup(f"{a}-{b}") for a, b in pairwise(words))
    told = next((role for role in _ORDER if role in found), "")
    if tag == "time" or (told in ("", "byline") and tag in _BY_TAG):
        return _BY_TAG[tag]
    return told


@lru_cache(maxsize=1 << 14)
def comment_role(names: tuple[str, ...]) -> str:
    """``section``, ``item``, ``form`` (whatever serves writing and counting), or empty.

    Examples
    --------
    >>> [comment_role((name,)) for name in ("mh-comments-wrap", "comment-75", "comments-open")]
    ['section', 'item', 'form']
    """
    if any(_NO_COMMENT.fullmatch(name) for name in names):
        form = not any(_ITEM.fullmatch(name) or _SECTION.fullmatch(name) for name in names)
        if form:
            return "form"
    usable = [name for name in names if not _NO_COMMENT.fullmatch(name)]
    if any(_SECTION.fullmatch(name) for name in usable):
        return "section"
    if any(_ITEM.fullmatch(name) for name in usable):
        return "item"
    return ""


@lru_cache(maxsize=1 << 14)
def part_role(tag: str, names: tuple[str, ...]) -> str:
    """Within a comment: ``author!`` (surely), ``author``, ``time``, ``action``, or empty."""
    found = set(names)
    found |= {name.rpartition("-")[2] for name in names}
    if found & _AUTHOR_STRONG:
        return "author!"
    if tag == "time":
        return "time"
    if found & _ACTIONS or tag == "button":
        return "action"
    if found & _TIME:
        return "time"
    return "author" if found & _AUTHOR or tag == "cite" else ""


@lru_cache(maxsize=1 << 12)
def told_depth(names: tuple[str, ...]) -> int | None:
    """The depth of a reply as its class tells (``depth-2`` is 1), None if it does not."""
    for name in names:
        match = _DEPTH.fullmatch(name)
        if match:
            return max(0, int(match[1]) - 1)
    return None
