"""Word lists as data: one file a list, ``#`` begins a comment."""

from functools import cache
from importlib.resources import files


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of a list, one a line.

    Parameters
    ----------
    name : str
        Name of a file beside this one, without its ending.

    Examples
    --------
    >>> "# " in " ".join(lines("starters"))
    False
    """
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for raw in text.splitlines() if (line := raw.strip()) and line[0] != "#")


@cache
def words(name: str) -> frozenset[str]:
    """All words of a list.

    Examples
    --------
    >>> "asked" in words("saying")
    True
    """
    return frozenset(word for line in lines(name) for word in line.split())


@cache
def kinds(name: str) -> dict[str, str]:
    """Each word of a list whose lines begin with their kind, and that kind.

    Examples
    --------
    >>> kinds("abbreviations")["Mr"]
    'never'
    """
    found: dict[str, str] = {}
    for line in lines(name):
        kind, *members = line.split()
        found.update(dict.fromkeys(members, kind))
    return found
