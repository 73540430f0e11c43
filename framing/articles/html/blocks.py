"""A page to the blocks that a reader sees, in one pass: the parser tells, no tree is made."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from framing.articles.html.notes import NOTED, Attributes, Notes
from framing.articles.html.roles import Traits, traits
from framing.articles.streams import UnreadableError

#: Levels of a page; those who make trees of it take no more either.
_MOST_LEVELS = 2_048
#: Elements within one another whose text is listened to.
_MOST_EARS = 8
#: Deeper scopes tell nothing more; the chain of a hostile page stays short.
_DEEPEST = 40
_UNSEEN = frozenset(
    "script style template noscript head title meta link svg math iframe object embed audio video canvas map "
    "textarea datalist source track param base applet frameset".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option "
    "optgroup p pre section select summary table tbody td tfoot th thead tr ul button label".split()
)
_STRUCTURE = frozenset(
    "figcaption nav footer form aside button select label time address caption article main header "
    "cite".split()
)
#: The parser compares each attribute of a tag with all others: 100,000 of them take it minutes.
_MOST_ATTRIBUTES = 5_000
_LONG = 20_000
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_LONG},}}")
_ATTRIBUTE = re.compile(r"[\s/]+[^\s<>=/]+")
#: Elements that only style the text in them.
_BARE = frozenset("u img input wbr sup sub".split())
_INLINE = frozenset("a span time".split())
#: What of an element can tell its role.
_TELLING = frozenset("class id itemprop role itemtype style hidden".split())
_NOTHING = Traits("", "", "", None, False)
_RUNS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre figcaption dd dt".split())


@dataclass(slots=True)
class Comment:
    """One comment as its markup tells.

    Attributes
    ----------
    parent : Comment or None
    told : int or None
        Depth as a class tells.
    author, time : str
        As printed, or ISO 8601 where the markup gives it.
    printed : list of str
        What the elements of author and time hold.
    spoken : bool
        Whether a line of its own text was met.
    """

    parent: "Comment | None" = None
    told: int | None = None
    author: str = ""
    sure: bool = False
    time: str = ""
    printed: list[str] = field(default_factory=list)
    spoken: bool = False

    @property
    def depth(self) -> int:
        """0 for a comment, 1 for a reply to it."""
        if self.told is not None:
            return self.told
        depth, above = 0, self.parent
        while above is not None and depth < _DEEPEST:
            depth, above = depth + 1, above.parent
        return depth


@dataclass(slots=True, eq=False)
class Scope:
    """An element that has a role, and those around it.

    Attributes
    ----------
    role : str
        See `role_of`; ``section item form`` of comments, ``author author! time action`` within
        one, ``hidden``, ``article``, ``header``.
    prose : int
        Characters of running text within.
    titled : bool
        Whether the page's first h1 stands within.
    void : bool
        Whether the role was found not to hold.
    """

    role: str
    parent: "Scope | None"
    depth: int
    comment: Comment | None
    prose: int = 0
    titled: bool = False
    void: bool = False


@dataclass(slots=True)
class Block:
    """One block of visible text.

    Attributes
    ----------
    text : str
        White space squeezed; never empty.
    tag : str
        The innermost block element.
    scope : Scope or None
        The innermost element with a role.
    linked : int
        Characters inside links.
    holders : tuple of int
        Numbers of the three innermost block elements around the text, from outside in.
    """

    text: str
    tag: str
    scope: Scope | None
    linked: int
    holders: tuple[int, ...]


def walk_of(markup: str) -> "Walk":
    """Go through a page.

    Raises
    ------
    UnreadableError
        If there is no visible text in it, or more than a parser should be given.
    """
    # Where no tag can be long, looking at each would take a quarter as long as the parser.
    if max(map(len, markup.split("<"))) > _LONG:
        _check_tags(markup)
    walk = Walk()
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, target=walk)
    try:
        etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except UnreadableError:
        raise
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableError(f"no HTML: {' '.join(str(error).split())[:120]}") from error
    if not walk.blocks:
        raise UnreadableError("an HTML page without visible text")
    return walk


def _check_tags(markup: str) -> None:
    for tag in _LONG_TAG.finditer(markup):
        if sum(1 for _ in _ATTRIBUTE.finditer(tag[0])) > _MOST_ATTRIBUTES:
            raise UnreadableError(f"an HTML tag with more than {_MOST_ATTRIBUTES:,} attributes")


@dataclass(slots=True)
class Walk:
    """Takes what a parser meets in a page, and collects its blocks.

    Attributes
    ----------
    blocks : list of Block
    notes : Notes
    deepest : int
        Greatest depth of elements.
    elements : int
        How many there are.
    data : callable
        Takes a piece of text, which may end at any character.
    """

    blocks: list[Block] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    deepest: int = 0
    elements: int = 0
    data: Callable[[str], None] = field(init=False)
    _text: list[str] = field(default_factory=list)
    _around: list[Attributes] = field(default_factory=list)
    _ears: list[tuple[int, bool, list[str]]] = field(default_factory=list)
    _unseen: int = 0
    _pieces: list[str] = field(default_factory=list)
    _linked: int = 0
    _scope: Scope | None = None
    _tags: list[str] = field(default_factory=lambda: ["body"])
    _holders: list[int] = field(default_factory=lambda: [0, 0, 0])
    _links: int = 0
    _captures: list[tuple[Attributes, str, int, int]] = field(default_factory=list)
    _opened: list[tuple[int, Scope | None, bool]] = field(default_factory=list)
    _titled: bool = False

    def __post_init__(self) -> None:
        self.data = self._text.append  # a method of its own would take as long as the parser

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins.

        Raises
        ------
        UnreadableError
            If it lies too deep.
        """
        if self._text:
            self._settle()
        if self._ears and not self._ears[-1][1]:
            self._ears.pop()
        if tag in NOTED or "itemprop" in attributes or "rel" in attributes:
            self._note(tag, attributes)
        self._around.append(attributes)
        self.elements += 1
        if len(self._around) > self.deepest:
            self._deeper()
        if self._unseen or tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._flush()
        elif tag not in _BARE:
            self._begin(tag, attributes)

    def _begin(self, tag: str, attributes: Attributes) -> None:
        if tag in _BLOCKS:
            if self._pieces:
                self._flush()
            self._tags.append(tag)
            self._holders.append(self.elements)
        elif tag in _INLINE:
            self._links += tag == "a"
            if self._pieces:
                self._apart()
        if not _TELLING.isdisjoint(attributes) or tag in _STRUCTURE or (tag == "li" and self._scope):
            self._open(tag, attributes)
        if tag == "h1" and not self._titled:
            self._title()

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._text:
            self._settle()
        depth = len(self._around)
        self._around.pop()
        if self._ears and self._ears[-1][0] == depth:
            self._ears.pop()
        if self._unseen:
            self._unseen -= 1
            return
        if tag in _BLOCKS:
            if self._pieces:
                self._flush()
            self._tags.pop()
            self._holders.pop()
        elif tag == "a":
            self._links -= 1
        if self._opened and self._opened[-1][0] == depth:
            self._close()

    def close(self) -> None:
        """The page ends."""
        if self._text:
            self._settle()
        self._flush()

    def _settle(self) -> None:
        """Take the text between two elements as one."""
        text = "".join(self._text)
        self._text.clear()
        for _, _, heard in self._ears:
            heard.append(text)
        if not self._unseen and (self._pieces or not text.isspace()):
            self._pieces.append(text)
            if self._links:
                self._linked += len(text.strip())

    def _note(self, tag: str, attributes: Attributes) -> None:
        """Note an element for the page's facts, and listen to its text if that may tell one."""
        told = self.notes.take(tag, attributes, self._around)
        if told is not None and len(self._ears) < _MOST_EARS:
            heard, all_of_it = told
            self._ears.append((len(self._around) + 1, all_of_it, heard))

    def _deeper(self) -> None:
        self.deepest = len(self._around)
        if self.deepest > _MOST_LEVELS:
            raise UnreadableError(
                f"HTML nested too deep to be a page, expected at most {_MOST_LEVELS:,} levels"
            )

    def _open(self, tag: str, attributes: Attributes) -> None:
        """Open a scope if the element has a role."""
        scope = self._scope_of(tag, attributes)
        if scope is None:
            return
        captured = scope.comment is not None and scope.role in ("author", "author!", "time")
        if captured:
            self._captures.append((attributes, scope.role, len(self.blocks), len(self._pieces)))
        self._opened.append((len(self._around), self._scope, captured))
        self._scope = scope

    def _title(self) -> None:
        """Note around the first h1 that it stands within."""
        self._titled = True
        above = self._scope
        while above is not None:
            above.titled = True
            above = above.parent

    def _close(self) -> None:
        _, before, captured = self._opened.pop()
        if captured:
            self._capture()
        self._scope = before

    def _scope_of(self, tag: str, attributes: Attributes) -> Scope | None:
        """The scope that an element opens, if it has a role."""
        here, get = self._scope, attributes.get
        names = (get("class", ""), get("id", ""), get("itemprop", ""), get("role", ""))
        told = traits(tag, names, get("itemtype", ""), get("style", ""))
        unseen = "hidden" in attributes
        if told is None and not unseen and tag != "li":
            return None
        if here is not None and here.depth >= _DEEPEST:
            return None
        comment = here.comment if here is not None else None
        role = "hidden" if unseen or (told and told.hidden) else ""
        if not role:
            role, comment = self._role(tag, told or _NOTHING, comment)
        return Scope(role, here, here.depth + 1 if here else 1, comment) if role else None

    def _role(self, tag: str, told: Traits, comment: Comment | None) -> tuple[str, Comment | None]:
        """The role of an element where it stands, and the comment that it belongs to."""
        if told.of_comments == "item":
            if comment is None or comment.spoken:
                return "item", Comment(parent=comment, told=told.depth)
            if comment.told is None:
                comment.told = told.depth
            return "", comment
        if told.of_comments:
            return told.of_comments, comment
        if comment is not None:
            return told.part or told.role, comment
        if tag == "li" and self._scope is not None and self._scope.role == "section":
            return "item", Comment()
        return told.role, comment

    def _capture(self) -> None:
        attributes, role, block, piece = self._captures.pop()
        scope = self._scope
        comment = scope.comment if scope is not None else None
        if comment is None:
            return
        inline = len(self.blocks) == block
        text = " ".join(("".join(self._pieces[piece:]) if inline else self.blocks[block].text).split())
        comment.printed.append(text)
        if role == "time":
            stamp = attributes.get("datetime") or attributes.get("title") or ""
            printed = stamp if any(map(str.isdigit, stamp)) else text[:80]
            if not comment.time and any(map(str.isdigit, printed)):
                comment.time = printed
        elif text and len(text) <= 80 and (not comment.author or (role == "author!" and not comment.sure)):
            comment.author, comment.sure = text, role == "author!"

    def _apart(self) -> None:
        """Elements that only style sheets keep apart get a blank."""
        if self._tags[-1] not in _RUNS and not self._pieces[-1][-1:].isspace():
            self._pieces.append(" ")

    def _flush(self) -> None:
        pieces = self._pieces
        if not pieces:
            return
        text = " ".join("".join(pieces).split())
        linked, self._linked = self._linked, 0
        pieces.clear()
        if not text:
            return
        scope, tag = self._scope, self._tags[-1]
        self.blocks.append(Block(text, tag, scope, linked, tuple(self._holders[-3:])))
        if scope is not None:
            self._charge(scope, text, linked)

    def _charge(self, scope: Scope, text: str, linked: int) -> None:
        comment = scope.comment
        if comment is not None and not comment.spoken:
            comment.spoken = scope.role not in ("author", "author!", "time", "action") and len(text) > 1
        if len(text) >= 80 and linked * 2 < len(text):
            above: Scope | None = scope
            while above is not None:
                above.prose += len(text)
                above = above.parent
