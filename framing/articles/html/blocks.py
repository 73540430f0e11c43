"""An HTML tree to the blocks that a reader sees, in one pass."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from framing.articles.html.roles import Traits, traits
from framing.articles.streams import UnreadableError

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
#: Elements that only style the text in them.
_BARE = frozenset("u img br input wbr sup sub".split())
_NAMELESS = ("", "", "", "")
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


def tree_of(markup: str, *, plain: bool = False) -> Any:
    """Parse a page.

    Parameters
    ----------
    markup : str
    plain : bool
        Whether lxml's plain elements will do, which are cheaper than its HTML elements.

    Raises
    ------
    UnreadableError
        If there is no markup in it.
    """
    kind = etree.HTMLParser if plain else lxml_html.HTMLParser
    parser = kind(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableError(f"no HTML: {' '.join(str(error).split())[:120]}") from error
    last = parser.error_log.last_error  # a fatal error ends the parsing
    if last is not None and last.level_name == "FATAL":
        raise UnreadableError("HTML nested too deep to be a page, expected at most 2,048 levels")
    if root is None:
        raise UnreadableError("an HTML page without visible text")
    return root


@dataclass(slots=True)
class Walk:
    """Goes through a tree and collects its blocks.

    Attributes
    ----------
    blocks : list of Block
    deepest : int
        Greatest depth of elements.
    elements : int
        How many there are.
    """

    blocks: list[Block] = field(default_factory=list)
    deepest: int = 0
    elements: int = 0
    _pieces: list[str] = field(default_factory=list)
    _linked: int = 0
    _scope: Scope | None = None
    _tags: list[str] = field(default_factory=lambda: ["body"])
    _holders: list[int] = field(default_factory=lambda: [0, 0, 0])
    _links: int = 0
    _captures: list[tuple[Any, str, int, int]] = field(default_factory=list)
    _opened: list[tuple[Any, Scope | None]] = field(default_factory=list)
    _titled: bool = False

    def run(self, root: Any) -> list[Block]:
        """Collect the blocks under `root`."""
        depth = 0
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                depth += 1
                self.elements += 1
                if depth > self.deepest:
                    self.deepest = depth
                if tag in _UNSEEN:
                    walk.skip_subtree()
                else:
                    self._start(element, tag)
            else:
                depth -= 1
                if tag not in _UNSEEN:
                    self._end(element, tag)
                tail = element.tail
                if tail and (self._pieces or not tail.isspace()):
                    self._add(tail)
        self._flush()
        return self.blocks

    def _start(self, element: Any, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
            self._tags.append(tag)
            self._holders.append(self.elements)
        elif tag == "br":
            self._flush()
            return
        elif tag == "a":
            self._links += 1
            self._apart()
        elif tag in ("span", "time"):
            self._apart()
        elif tag in _BARE:
            if element.text:
                self._add(element.text)
            return
        self._open(element, tag)
        text = element.text
        if text and (self._pieces or not text.isspace()):
            self._add(text)

    def _open(self, element: Any, tag: str) -> None:
        """Open a scope if the element has a role."""
        scope = self._scope_of(element, tag)
        if scope is not None:
            if scope.comment is not None and scope.role in ("author", "author!", "time"):
                self._captures.append((element, scope.role, len(self.blocks), len(self._pieces)))
            self._scope = scope
        if tag == "h1" and not self._titled:
            self._titled = True
            above = self._scope
            while above is not None:
                above.titled = True
                above = above.parent

    def _end(self, element: Any, tag: str) -> None:
        block = tag in _BLOCKS
        if block:
            self._flush()
            self._tags.pop()
            self._holders.pop()
        elif tag == "a":
            self._links -= 1
        if self._captures and self._captures[-1][0] is element:
            self._capture()
        if self._opened and self._opened[-1][0] is element:
            self._scope = self._opened.pop()[1]

    def _scope_of(self, element: Any, tag: str) -> Scope | None:
        """The scope that this element opens, if it has a role."""
        here = self._scope
        get = element.get
        style, unseen = get("style", ""), get("hidden") is not None
        names = (get("class", ""), get("id", ""), get("itemprop", ""), get("role", ""))
        if unseen or style or any(names):
            told = traits(tag, names, get("itemtype", ""), style)
        elif tag in _STRUCTURE or (tag == "li" and here is not None):
            told = traits(tag, _NAMELESS, "", "")
        else:
            return None
        if here is not None and here.depth >= _DEEPEST:
            return None
        comment = here.comment if here is not None else None
        role = "hidden" if unseen or (told and told.hidden) else ""
        if not role:
            role, comment = self._role(tag, told or _NOTHING, comment)
        if not role:
            return None
        self._opened.append((element, here))
        return Scope(role, here, here.depth + 1 if here else 1, comment)

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
        element, role, block, piece = self._captures.pop()
        scope = self._scope
        comment = scope.comment if scope is not None else None
        if comment is None:
            return
        inline = len(self.blocks) == block
        text = " ".join(("".join(self._pieces[piece:]) if inline else self.blocks[block].text).split())
        comment.printed.append(text)
        if role == "time":
            stamp = element.get("datetime") or element.get("title") or ""
            printed = stamp if any(map(str.isdigit, stamp)) else text[:80]
            if not comment.time and any(map(str.isdigit, printed)):
                comment.time = printed
        elif text and len(text) <= 80 and (not comment.author or (role == "author!" and not comment.sure)):
            comment.author, comment.sure = text, role == "author!"

    def _apart(self) -> None:
        """Elements that only style sheets keep apart get a blank."""
        if self._pieces and self._tags[-1] not in _RUNS and not self._pieces[-1][-1:].isspace():
            self._pieces.append(" ")

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        if self._links:
            self._linked += len(text.strip())

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
