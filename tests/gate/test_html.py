"""Quality floors of reading comments from HTML, with the hash of the pages they were measured on.

45 real pages with readers' comments, of which some strings are known. They run where
`FRAMING_GATE_DATA` names a folder with `data/html_comments`.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from framing.articles import read_articles
from framing.pages import split_article
from framing.records import Article, Unit

PAGES_SHA256 = "36c79f17edb9bd9619c671c4df5b85fddb4465a0f80185a307c227847a79ecd2"


@dataclass
class Talk:
    """Known strings of comments, and where they came out.

    Attributes
    ----------
    gold : int
        Strings.
    found, leaked : int
        Of these in units of the region comment; in units of the regions body or subhead.
    told : int
        Of those found, in a comment with author or time.
    """

    gold: int = 0
    found: int = 0
    leaked: int = 0
    told: int = 0

    def note(self, units: list[Unit], strings: list[str]) -> None:
        """Look for a page's strings among its units."""
        body = _plain(" ".join(unit.text for unit in units if unit.region in ("body", "subhead")))
        comments: dict[tuple[str, str, int], list[Unit]] = {}
        # A comment's units follow one another and share author, time and depth.
        number = 0
        for before, unit in zip([None, *units], units, strict=False):
            if unit.region != "comment":
                continue
            if before is None or before.region != "comment" or _said(before) != _said(unit):
                number += 1
            comments.setdefault((*_said(unit)[:2], number), []).append(unit)
        texts = {key: _plain(" ".join(unit.text for unit in held)) for key, held in comments.items()}
        for string in map(_plain, strings):
            holders = [key for key, text in texts.items() if string in text]
            self.gold += 1
            self.found += bool(holders)
            self.leaked += string in body
            self.told += any(author or time for author, time, _ in holders)


def _said(unit: Unit) -> tuple[str, str, int | None]:
    return unit.comment_author, unit.comment_time, unit.reply_depth


def _plain(text: str) -> str:
    """Letters and digits: how blanks and quotes are written says nothing."""
    return "".join(char for char in text.casefold() if char.isalnum())


@pytest.fixture(scope="module")
def pages() -> list[tuple[Path, list[str]]]:
    folder = os.environ.get("FRAMING_GATE_DATA", "")
    if not folder:
        pytest.skip("FRAMING_GATE_DATA names no folder with data/html_comments: floor not run")
    data = Path(folder) / "data" / "html_comments"
    digest = hashlib.sha256((data / "gold.json").read_bytes())
    for path in sorted((data / "pages").glob("*.html")):
        digest.update(path.read_bytes())
    assert digest.hexdigest() == PAGES_SHA256
    gold = json.loads((data / "gold.json").read_text(encoding="utf-8"))
    return [(data / "pages" / row["file"], row["comments"]) for _, row in sorted(gold.items())]


def talk_on(pages: list[tuple[Path, list[str]]], *, fast: bool = False) -> Talk:
    talk = Talk()
    for path, strings in pages:
        (article,) = read_articles([path], fast=fast)
        assert isinstance(article, Article)
        talk.note(list(split_article(article)), strings)
    return talk


@pytest.mark.parametrize(("fast", "found", "leaked"), [(False, 0.73, 0.03), (True, 0.73, 0.02)])
def test_comments_of_real_pages(
    pages: list[tuple[Path, list[str]]], fast: bool, found: float, leaked: float
) -> None:
    talk = talk_on(pages, fast=fast)
    assert talk.found / talk.gold >= found
    assert talk.leaked / talk.gold <= leaked
    assert talk.told / talk.found >= 0.8
