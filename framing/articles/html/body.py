"""Which blocks are the article: trafilatura's answer, or the densest part of the page."""

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from framing.articles.html.blocks import Block

#: Trafilatura copies trees recursively; deeper or larger ones are left to `densest`.
DEEPEST = 200
MOST_ELEMENTS = 60_000
_NO_LETTER = re.compile(r"\W+")
_EXACT = 25
_RUNS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "figcaption", "dd", "dt")
_NOT_HERE = frozenset(
    "caption appeal related furniture aside button form hidden section item header author author! time "
    "action".split()
)


def key_of(text: str) -> str:
    """A text without case, spaces and signs, to compare it by.

    Examples
    --------
    >>> key_of("It’s “late”.")
    'itslate'
    """
    return _NO_LETTER.sub("", text.casefold())


def by_trafilatura(markup: str, blocks: Sequence[Block]) -> set[int]:
    """Indices of the blocks that trafilatura takes for the article; empty if it finds none."""
    from lxml import etree, html
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True
    )
    tree = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    found: Any = bare_extraction(tree, include_comments=False, with_metadata=False)
    if found is None or found.body is None:
        return set()
    keys = [
        key_of("".join(element.itertext()))
        for element in found.body.iter("p", "head", "item", "quote", "cell", "ab")
    ]
    single, joined = set(keys), "\n".join(keys)
    return {
        index
        for index, block in enumerate(blocks)
        if (key := key_of(block.text)) in single or (len(key) >= _EXACT and key in joined)
    }


def densest(blocks: Sequence[Block]) -> set[int]:
    """Indices of the running text in that part of the page which holds most of it.

    Each paragraph counts for the element around it, and half for the one around that.
    """
    scores: dict[int, float] = defaultdict(float)
    prose = [index for index, block in enumerate(blocks) if is_prose(block) and not _elsewhere(block)]
    for index in prose:
        near, far = _around(blocks[index])
        scores[near] += len(blocks[index].text)
        scores[far] += len(blocks[index].text) / 2
    if not scores:
        return set()
    best = max(scores, key=lambda number: (scores[number], -number))
    inside = [index for index in prose if best in _around(blocks[index])]
    return {index for index in prose if inside[0] <= index <= inside[-1]}


def is_prose(block: Block) -> bool:
    """Running text: of some length, closed by a stop or long, and not mostly links."""
    text = block.text
    if len(text) < 45 or block.linked * 2 > len(text):
        return False
    return len(text) >= 140 or text[-1] in ".!?…\"'”’»:"


def _around(block: Block) -> tuple[int, int]:
    outer, near, own = block.holders
    return (near, outer) if block.tag in _RUNS else (own, near)


def _elsewhere(block: Block) -> bool:
    scope = block.scope
    while scope is not None:
        if scope.role in _NOT_HERE and not scope.void:
            return True
        scope = scope.parent
    return False
