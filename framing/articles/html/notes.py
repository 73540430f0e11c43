"""What is noted on the way through a page, for the facts that it tells of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Attributes = Mapping[str, str]

#: Elements that are looked at whatever their attributes; others with `rel` or `itemprop` are too.
NOTED = frozenset("title script meta link time abbr span".split())
_DATED = frozenset("time abbr span meta".split())
_NAMING = frozenset("a span div p address".split())
#: Levels above an element within which comments are looked for.
_FAR = 100


@dataclass(slots=True)
class Notes:
    """Elements that may tell facts, each kind in the order of the page.

    Attributes
    ----------
    metas : list of mapping of str to str
        Attributes of meta elements.
    canonical : list of str
        Addresses that links of that kind name.
    titles, scripts : list of list of str
        The text of title elements, and of scripts that hold JSON-LD, in pieces.
    authors : list of list of str
        All text of elements that name an author, comments' left out.
    dates : list of (str, list of str)
        Of elements that tell when the page was published: what an attribute tells, and the text.
    """

    metas: list[Attributes] = field(default_factory=list)
    canonical: list[str] = field(default_factory=list)
    titles: list[list[str]] = field(default_factory=list)
    scripts: list[list[str]] = field(default_factory=list)
    authors: list[list[str]] = field(default_factory=list)
    dates: list[tuple[str, list[str]]] = field(default_factory=list)

    def take(
        self, tag: str, attributes: Attributes, around: Sequence[Attributes]
    ) -> tuple[list[str], bool] | None:
        """Note an element.

        Parameters
        ----------
        tag, attributes
        around : sequence of mapping
            The attributes of the elements around it.

        Returns
        -------
        (list of str, bool) or None
            What is to be given the pieces of its text, and whether of all of it or only of what
            stands before its first child.
        """
        heard: list[str] = []
        if tag == "title":
            self.titles.append(heard)
        elif tag == "script":
            if "ld+json" not in attributes.get("type", ""):
                return None
            self.scripts.append(heard)
        elif tag == "link":
            if attributes.get("rel", "").lower() == "canonical":
                self.canonical.append(attributes.get("href", ""))
            return None
        else:
            return self._person_or_date(tag, attributes, around, heard)
        return heard, False

    def _person_or_date(
        self, tag: str, attributes: Attributes, around: Sequence[Attributes], heard: list[str]
    ) -> tuple[list[str], bool] | None:
        get = attributes.get
        if tag == "meta":
            self.metas.append(attributes)
        names = tag in _NAMING and (get("rel") == "author" or get("itemprop") == "author")
        dated = tag in _DATED and (
            tag == "time" or get("itemprop") == "datePublished" or "published" in get("class", "")
        )
        if not (names or dated) or _commented(around):
            return None
        if dated:
            self.dates.append((get("datetime") or get("content") or get("title") or "", heard))
        if names:
            self.authors.append(heard)
        return heard, names


def _commented(around: Sequence[Attributes]) -> bool:
    near = reversed(around[-_FAR:])
    return any("comment" in (above.get("class", "") + above.get("id", "")) for above in near)
