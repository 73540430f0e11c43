"""Articles and units: what flows before the coders have coded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

REGIONS = (
    "headline",
    "standfirst",
    "subhead",
    "byline",
    "body",
    "caption",
    "related",
    "appeal",
    "comment",
    "comment_meta",
    "furniture",
)


#: The name under which disagreements are settled; not a coder.
ADJUDICATOR = "adjudicator"
#: Kinds of coder, see LABELS; people's agreement and gold rest on the first and the last.
HUMAN, MACHINE, IMPORTED = "human", "machine", "imported"
#: `sampling` of units with known values, on which coders learn the codebook.
TRAINING = "training"
_UNIT_HASH = blake2b(digest_size=6)
#: Ids of 0.1.0 that are like numbers, if only one of the sixteen is an `e`. Also one at the end: then the
#: whole id of a unit can be a number, as ``123456789012345e-123456789012``.
_ARTICLE = re.compile(r"[0-9e]{16}")
_UNIT = re.compile(r"[0-9e]{16}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page's markup tells about one line of its text.

    Attributes
    ----------
    line : int
        Number of the line, blank ones counted, from 0.
    region : str
        One of `REGIONS`.
    comment_author, comment_time, reply_depth
        As in `Unit`, of the comment that the line belongs to.
    """

    line: int
    region: str
    comment_author: str = ""
    comment_time: str = ""
    reply_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One page as scraped, with what is known of it.

    Attributes
    ----------
    source : str
        Identity: the record's own id, else its URL, else the file's path relative to the folder
        that was given.
    text : str
        The page, nothing normalised; offsets of units are indices into it.
    title, outlet, author, published, url, story : str
        What is known, as written in the input; empty where unknown.
    encoding : str
        How the bytes were decoded, for example ``utf-8`` or ``cp1252``.
    marks : tuple of Mark
        Lines whose place is known already, as in HTML; it is taken as given.

    Examples
    --------
    >>> Article(source="a.txt", text="Rain.").article_id
    'c90efc5142c899d5'
    """

    source: str
    text: str
    title: str = ""
    outlet: str = ""
    author: str = ""
    published: str = ""
    url: str = ""
    story: str = ""
    encoding: str = "utf-8"
    marks: tuple[Mark, ...] = ()

    @property
    def article_id(self) -> str:
        """See `framing.records.article_id`: it depends on `source` alone."""
        return article_id(self.source)


class Unit(NamedTuple):
    """What gets coded, with its place on the page; the columns of UNITS in their order.

    Attributes
    ----------
    unit_id : str
        ``<article_id>-<hash of the text and its occurrence>``.
    start, end : int
        Indices into the article's text: ``article.text[start:end] == text``.
    region : str
        One of `REGIONS`.
    paragraph, position : int
        Number of the line on the page that the unit stands in, and of the unit on the page, from 0.
    comment_author, comment_time : str
        As far as the page tells; a time is ISO 8601 where the page gives a date, else as printed.
    reply_depth : int or None
        0 for a comment, 1 for a reply to it …; None outside comments.
    """

    unit_id: str
    article_id: str
    source: str
    start: int
    end: int
    text: str
    region: str
    paragraph: int
    position: int
    outlet: str = ""
    title: str = ""
    author: str = ""
    published: str = ""
    url: str = ""
    story: str = ""
    comment_author: str = ""
    comment_time: str = ""
    reply_depth: int | None = None

    def row(self) -> dict[str, Any]:
        """The unit as a plain mapping, columns in their order."""
        return self._asdict()


UNIT_COLUMNS = Unit._fields


@dataclass(frozen=True, slots=True)
class Unusable:
    """An input that can't be used, and why.

    Attributes
    ----------
    where : str
        File, and line or row where there is one.
    reason : str
        What was found and what was expected.
    """

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


def article_id(source: str) -> str:
    """Hash an article's source to sixteen hexadecimal digits, with a letter before what is like a number.

    Spreadsheets and readers of tables take digits, and digits with one ``e``, for a number: of
    ``224e220064038127`` they make infinity. Those of 0.1.0 had no letter; see `todays_article`.

    Examples
    --------
    >>> article_id("a.txt"), article_id("page-1040.html")
    ('c90efc5142c899d5', 'u727863856836e237')
    """
    return todays_article(digest(source, size=8))


def todays_article(given: str) -> str:
    """Put the letter before an article's id that 0.1.0 made without it; any other text stays as it is.

    Examples
    --------
    >>> todays_article("224e220064038127"), todays_article("c90efc5142c899d5"), todays_article("17")
    ('u224e220064038127', 'c90efc5142c899d5', '17')
    """
    return f"u{given}" if _ARTICLE.fullmatch(given) and given.count("e") < 2 else given


def todays_unit(given: str) -> str:
    """Put the letter before a unit's id that 0.1.0 made without it; any other text stays as it is.

    Examples
    --------
    >>> todays_unit("224e220064038127-0123456789ab"), todays_unit("2240220064038127")
    ('u224e220064038127-0123456789ab', '2240220064038127')
    """
    return f"u{given}" if _UNIT.fullmatch(given) and given.count("e", 0, 16) < 2 else given


def former_article(name: str) -> str:
    """Give an article's id as 0.1.0 made it: what is sorted or drawn by ids must not change with a letter.

    Examples
    --------
    >>> former_article("u224e220064038127"), former_article("c90efc5142c899d5"), former_article("u17")
    ('224e220064038127', 'c90efc5142c899d5', 'u17')
    """
    return name[1:] if name[:1] == "u" and todays_article(name[1:]) == name else name


def former_unit(name: str) -> str:
    """Give a unit's id as 0.1.0 made it; see `former_article`.

    Examples
    --------
    >>> former_unit("u224e220064038127-0123456789ab")
    '224e220064038127-0123456789ab'
    """
    return name[1:] if name[:1] == "u" and todays_unit(name[1:]) == name else name


def unit_id(article: str, text: str, occurrence: int) -> str:
    """Name a unit by its article and its text, so that other units' changes leave it alone.

    Parameters
    ----------
    article : str
        The article's id, as `article_id` makes it.
    text : str
        The unit's text.
    occurrence : int
        How often the same text stood on the page before, from 0.

    Examples
    --------
    >>> unit_id("a2b97f4a7f73d32c", "Rain.", 0) == unit_id("a2b97f4a7f73d32c", "Rain.", 1)
    False
    """
    found = _UNIT_HASH.copy()  # takes a third of the time of a new one
    found.update(f"{occurrence}:{text}".encode("utf-8", "surrogatepass"))
    return f"{article}-{found.hexdigest()}"


def digest(text: str, *, size: int) -> str:
    """BLAKE2b of `text` as ``2 * size`` hexadecimal digits, the same on every machine."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def as_text(value: object) -> str:
    """A cell as text: what is missing is empty, everything else as it is written."""
    if value is None or value != value:  # NaN is the one value that differs from itself
        return ""
    return str(value)


def known(row: Mapping[str, object], *names: str) -> dict[str, str]:
    """Take the named fields of a row as text; missing ones are empty."""
    return {name: as_text(row.get(name)) for name in names}
