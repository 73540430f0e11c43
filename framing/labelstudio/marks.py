"""The tool's own lines in a project: in its description, and once more where a click does not reach them.

Whoever edits a project's description in Label Studio takes the lines away, and with them the study that
the project belongs to. A comment in the labelling screen's XML keeps a second copy.
"""

import json
import re
from collections.abc import Iterable, Sequence

_OWN = "framing-"
#: What changes with every push stands in the description alone: the screen is not written for it.
_FLEETING = "framing-tasks: "
#: Too long for a description: the codebook that coders see.
BOOK = "framing-book: "
_COMMENT = re.compile(r"<!-- framing (\[.*?\]) -->", re.DOTALL)


def own_lines(text: str) -> list[str]:
    """The tool's lines of a project's description."""
    return [line for line in text.splitlines() if line.startswith(_OWN)]


def lasting(lines: Iterable[str]) -> list[str]:
    """The lines that the screen keeps, too."""
    return [line for line in lines if not line.startswith(_FLEETING)]


def with_lines(screen: str, lines: Sequence[str]) -> str:
    """Put lines into a screen's XML as a comment; one that is there is replaced.

    Examples
    --------
    >>> kept = with_lines("<View> </View>", ["framing-study: a--b / main"])
    >>> split_screen(kept)
    ('<View> </View>', ['framing-study: a--b / main'])
    """
    bare, _ = split_screen(screen)
    packed = json.dumps(lasting(lines)).replace("--", "-\\u002d")  # "--" would end the comment
    head, end, tail = bare.rpartition("</")
    return f"{head}<!-- framing {packed} -->{end}{tail}" if head else bare


def split_screen(screen: str) -> tuple[str, list[str]]:
    """Part a screen's XML from the lines that it keeps; none if it keeps none that can be read."""
    found = _COMMENT.search(screen)
    if found is None:
        return screen, []
    bare = screen[: found.start()] + screen[found.end() :]
    try:
        lines = json.loads(found[1])
    except ValueError:
        return bare, []
    return bare, [line for line in lines if isinstance(line, str) and line.startswith(_OWN)]


def restored(description: str, kept: Sequence[str]) -> str:
    """A description with the lines that it has lost.

    Examples
    --------
    >>> restored("Coders: read this.", ["framing-study: a / main"])
    'Coders: read this.\\nframing-study: a / main'
    """
    starts = {_start(line) for line in own_lines(description)} | {_start(BOOK)}
    missing = [line for line in kept if _start(line) not in starts]
    return "\n".join([*description.splitlines(), *missing]) if missing else description


def hidden(kept: Iterable[str]) -> list[str]:
    """Of the lines that a screen keeps, those that stand nowhere else."""
    return [line for line in kept if line.startswith(BOOK)]


def with_line(description: str, start: str, line: str) -> str:
    """Put a line into a description in place of the one that starts the same."""
    others = [other for other in description.splitlines() if not other.startswith(start)]
    return "\n".join([*others, line])


def _start(line: str) -> str:
    return line.partition(": ")[0]
