"""What a page says of itself: JSON-LD, then meta tags, then the visible page."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from framing.articles.html.blocks import Block
from framing.articles.html.body import key_of
from framing.articles.html.dates import iso_date
from framing.articles.html.notes import Notes

FACTS = ("title", "outlet", "author", "published", "url")
_ARTICLES = re.compile(
    r"(?:News|Blog|Tech|Report|Analysis|Opinion|Review|Scholarly|Live|Satirical)?\w*Article|"
    r"\w*Posting|Report|Recipe|Review|WebPage|Question|HowTo|CreativeWork"
)
_NAMES = {
    "title": (
        "og:title",
        "twitter:title",
        "dc.title",
        "dcterms.title",
        "sailthru.title",
        "parsely-title",
        "headline",
    ),
    "outlet": (
        "og:site_name",
        "application-name",
        "dc.publisher",
        "publisher",
        "twitter:site",
        "apple-mobile-web-app-title",
    ),
    "author": (
        "author",
        "article:author_name",
        "dc.creator",
        "dcterms.creator",
        "sailthru.author",
        "parsely-author",
        "byl",
        "article:author",
        "og:article:author",
        "twitter:creator",
    ),
    "published": (
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "dc.date",
        "dcterms.created",
        "dc.date.issued",
        "dcterms.issued",
        "dcterms.date",
        "sailthru.date",
        "parsely-pub-date",
        "pubdate",
        "publishdate",
        "publish-date",
        "article.published",
        "publication_date",
        "article:modified_time",
        "last-modified",
    ),
    "url": ("og:url", "twitter:url"),
}
_SITE = re.compile(r"\s+[|·•»«:–—-]\s+")
_NO_NAME = re.compile(r"https?:|@|^\W*$|\b(?:admin|administrator|redaktion|webmaster)\b", re.IGNORECASE)
_BY = re.compile(
    r"^(?:by|von|par|por|di|door|written by|posted by|geschrieben von|text:?)[:\s]+", re.IGNORECASE
)
_AFTER_NAME = re.compile(r"\s[|·•–—-]\s|,|\s(?:am|on|at|um)\s|\s\d")
_JSON_LIMIT = 1 << 20
_NODES = 2000


def facts_of(notes: Notes, blocks: Sequence[Block]) -> dict[str, str]:
    """Read title, outlet, author, date (ISO 8601) and URL; what is unknown is missing.

    Examples
    --------
    >>> from framing.articles.html.blocks import walk_of
    >>> walk = walk_of('<meta property="og:title" content="Rain ahead"><p>Rain.')
    >>> facts_of(walk.notes, walk.blocks)
    {'title': 'Rain ahead'}
    """
    linked = _linked(notes)
    meta = _meta(notes)
    found = {}
    for name in FACTS:
        value = linked.get(name, "") or next(
            (meta[key] for key in _NAMES[name] if _fits(name, meta.get(key, ""))), ""
        )
        found[name] = value
    found["url"] = _canonical(notes) or found["url"]
    found["title"] = _title(notes, found["title"], found["outlet"], blocks)
    found["author"] = _author(notes, found["author"], blocks)
    found["published"] = iso_date(found["published"]) or _visible_date(notes, blocks)
    return {name: value for name, value in found.items() if value}


def _fits(name: str, value: str) -> bool:
    if name == "published":
        return bool(iso_date(value))
    return bool(value) and not (name == "author" and _NO_NAME.search(value))


def _meta(notes: Notes) -> dict[str, str]:
    found: dict[str, str] = {}
    for attributes in notes.metas:
        get = attributes.get
        name = (get("property") or get("name") or get("itemprop") or "").lower()
        content = " ".join(get("content", "").split())
        if name and content:
            found.setdefault(name, content[:1000])
    return found


def _linked(notes: Notes) -> dict[str, str]:
    """Facts of the first JSON-LD object that is an article."""
    found: dict[str, str] = {}
    for script in notes.scripts:
        text = "".join(script)
        if len(text) > _JSON_LIMIT:
            continue
        try:
            data = json.loads(text.strip().strip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            for name, value in _of_node(node).items():
                if value:
                    found.setdefault(name, value)
    return found


def _nodes(data: Any) -> Iterator[Mapping[str, Any]]:
    """Objects of an article's type, wherever they lie in lists and graphs."""
    queue, taken = [data], 0
    while queue and taken < _NODES:
        node = queue.pop(0)
        taken += 1
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            kinds = node.get("@type", "")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _ARTICLES.fullmatch(kind) for kind in kinds):
                yield node
            queue.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)


def _of_node(node: Mapping[str, Any]) -> dict[str, str]:
    page = "WebPage" in str(node.get("@type", ""))
    address = node.get("url") or node.get("mainEntityOfPage")
    return {
        "title": "" if page else _text(node.get("headline") or node.get("name")),
        "author": _people(node.get("author") or node.get("creator")),
        "published": _text(node.get("datePublished") or node.get("dateCreated")),
        "outlet": _text(node.get("publisher")),
        "url": _text(
            address
            if isinstance(address, str)
            else (address or {}).get("@id")
            if isinstance(address, dict)
            else ""
        ),
    }


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name", "")
    if isinstance(value, list):
        value = value[0] if value else ""
        return _text(value) if not isinstance(value, list) else ""
    return " ".join(value.split())[:1000] if isinstance(value, str) else ""


def _people(value: Any) -> str:
    people = value if isinstance(value, list) else [value]
    names = [name for name in map(_text, people) if name and not _NO_NAME.search(name)]
    return "; ".join(dict.fromkeys(names))


def _canonical(notes: Notes) -> str:
    address = notes.canonical[0].strip() if notes.canonical else ""
    return address if address.startswith("http") else ""


def _title(notes: Notes, told: str, outlet: str, blocks: Sequence[Block]) -> str:
    """The told title, or the title tag's, without the outlet's name at its end."""
    title = told or " ".join("".join(notes.titles[0]).split() if notes.titles else [])
    whole = key_of(title)
    headings = [block.text for block in blocks if block.tag in ("h1", "h2")][:12]
    inside = [text for text in headings if len(text) > 8 and key_of(text) in whole]
    best = max(inside, key=len, default="")
    if len(best) * 2 >= len(title) > 0:
        return best
    parts = _SITE.split(title)
    if len(parts) > 1 and (key_of(parts[-1]) == key_of(outlet) or len(parts[-1]) < len(title) / 3):
        title = title[: title.rfind(parts[-1])].rstrip(" |·•»«:–—-")
    return title or next((block.text for block in blocks if block.tag == "h1"), "")


def _author(notes: Notes, told: str, blocks: Sequence[Block]) -> str:
    if told:
        return _name(told)
    for heard in notes.authors:
        name = " ".join("".join(heard).split())
        if 2 < len(name) < 60 and not _NO_NAME.search(name):
            return _name(name)
    for block in blocks:
        scope = block.scope
        if (
            scope is not None
            and scope.role == "byline"
            and scope.comment is None
            and _BY.match(block.text)
            and len(block.text) < 60
        ):
            return _name(block.text)
    return ""


def _name(text: str) -> str:
    """A name without what a byline puts around it: “By Jo Holt, 3 May 2021”."""
    return _AFTER_NAME.split(_BY.sub("", text))[0].strip()[:200]


def _visible_date(notes: Notes, blocks: Sequence[Block]) -> str:
    for told, heard in notes.dates:
        found = iso_date(told or "".join(heard))
        if found:
            return found
    for block in blocks:
        scope = block.scope
        if scope is not None and scope.comment is None and scope.role == "byline" and len(block.text) < 120:
            found = iso_date(block.text)
            if found:
                return found
    return ""
