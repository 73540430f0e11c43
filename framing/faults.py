"""What is wrong with a codebook, and at which line of its YAML."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from framing.errors import CodebookError
from framing.records import REGIONS

#: Fields of the labelling screen beside the variables.
RESERVED = ("unsure", "note", "unit", "reason", "answers", "where", "title", "before", "after", "text")

#: Characters of a YAML file, and values in it, aliases written out.
_LARGEST, _MOST_NODES = 1 << 20, 100_000

Path_ = tuple[str | int, ...]


def load(text: str, name: str) -> tuple[Any, dict[Path_, int]]:
    """Read YAML and remember the line of each node."""
    try:
        node, data = plain_yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not readable as YAML"
        raise CodebookError(
            f"{name}:{line}: no YAML: {problem}",
            hint=f"check indentation and quotes there; then: framing codebook check {name}",
        ) from error
    return data, dict(_walk(node, (), set()))


def plain_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """Read YAML as plain data, and as nodes with their places.

    Raises
    ------
    yaml.YAMLError, ValueError, RecursionError
        If it is no YAML, asks for anything but plain data, or is larger than any that people write:
        a few lines of aliases can stand for more than any machine holds.
    """
    if len(text) > _LARGEST:
        raise ValueError(f"{len(text)} characters, expected at most {_LARGEST}")
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None and _size(node, {}) > _MOST_NODES:
        raise yaml.MarkedYAMLError(
            problem=f"its aliases stand for over {_MOST_NODES} values", problem_mark=node.start_mark
        )
    return node, yaml.safe_load(text)


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node holds once every alias in it is written out."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = 1  # in case it holds itself
    inner: Sequence[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        inner = [part for pair in node.value for part in pair]
    elif isinstance(node, yaml.SequenceNode):
        inner = node.value
    known[id(node)] = 1 + sum(_size(part, known) for part in inner)
    return known[id(node)]


def _walk(node: yaml.Node | None, path: Path_, seen: set[int]) -> Iterator[tuple[Path_, int]]:
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, str(key.value), "<key>"), key.start_mark.line + 1
            yield from _walk(value, (*path, str(key.value)), seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*path, index), seen)


def line_of(lines: Mapping[Path_, int], path: Path_) -> int:
    """Find the line of a node, else that of the nearest one around it; from 1."""
    for end in range(len(path), -1, -1):
        for key in ((*path[:end], "<key>"), path[:end]):
            if key in lines:
                return lines[key]
    return 1


def fault(item: Any) -> tuple[Path_, str]:
    """Tell where one of pydantic's errors is, what was found and what was expected."""
    path: Path_ = tuple(part for part in item["loc"] if not str(part).startswith("constrained-"))
    path = tuple(part for part in path if not str(part).startswith("literal["))
    field = ".".join(str(part) for part in path) or "codebook"
    found = item.get("input")
    if item["type"] == "missing":
        return path, f"{field}: missing"
    if item["type"] == "extra_forbidden":
        return path, f"{field}: unknown key"
    expected = _expected(path, item)
    return path, f"{field}: found {short(found)}, expected {expected}"


def hollow(item: Any) -> bool:
    """A list is not too short because its items are faulty: those are named themselves."""
    return item["type"] == "too_short" and bool(item.get("input"))


_VALUE_NAME = "a word of letters, digits, _ and -, or a number (no |, no space)"
_EXPECTED = {
    "name": "a word of letters, digits, _ and - that begins with a letter (no |, no space)",
    "hotkey": "one key, a-z or 0-9",
    "colour": "a colour like '#c62828'",
    "type": "'one' or 'several'",
    "unit": "'sentence', 'paragraph' or 'article'",
    "min_alpha": "a number above -1 and up to 1, for instance 0.667",
    "below": "'refuse', 'flag', or (of a value) 'merge into NAME'",
    "ordered": "true or false",
    "formerly": "a list of names that it had before",
    "regions": f"regions out of {' '.join(REGIONS)}",
    "values": "a list of values, each with name and definition",
    "variables": "a list of variables, each with name and values",
}


def _expected(path: Path_, item: Any) -> str:
    field = next((part for part in reversed(path) if isinstance(part, str)), "")
    if field in ("values", "variables") and path and isinstance(path[-1], int):
        return "a mapping with name and " + ("definition" if field == "values" else "values")
    if isinstance(item.get("input"), bool) and field in ("name", "hotkey"):
        return "it in quotes: YAML reads yes, no, on and off as true and false"
    if field == "name" and "values" in path:
        return _VALUE_NAME
    if field in _EXPECTED:
        return _EXPECTED[field]
    if not path:
        return "a mapping with title, introduction, unit and variables"
    return str(item["msg"]).removeprefix("Input should be ")


def short(value: object) -> str:
    """A value as it is written, cut to sixty characters."""
    try:
        shown = repr(value)
    except ValueError:  # Python writes out no number of over 4,300 digits
        shown = "a number of thousands of digits"
    return shown if len(shown) <= 60 else shown[:57] + "…"


def repetitions(data: object) -> Iterator[tuple[Path_, str]]:
    """Find names and hotkeys that stand twice, whatever else is wrong with the codebook."""
    variables = list(_items(data, "variables"))
    yield from _twice("variable", _named(variables, ("variables",)))
    for i, variable in variables:
        if variable.get("name") in RESERVED:
            told = f"{variable['name']!r} is a name that the labelling screen uses, expected another"
            yield ("variables", i, "name"), f"variables.{i}.name: {told}"
    keys = []
    for i, variable in variables:
        values = list(_items(variable, "values"))
        at: Path_ = ("variables", i, "values")
        yield from _twice("value", _named(values, at))
        keys += [((*at, j, "hotkey"), v.get("hotkey")) for j, v in values]
        listed = variable.get("values")
        if variable.get("type", "one") == "one" and isinstance(listed, list) and len(listed) == 1:
            yield at, f"variables.{i}.values: found one value, expected two or more to choose from"
        yield from _gates(variable, values, at)
    yield from _twice("hotkey", keys)


def _gates(
    variable: dict[str, Any], values: Sequence[tuple[int, dict[str, Any]]], at: Path_
) -> Iterator[tuple[Path_, str]]:
    """Check what `below` refers to, and that only single values are ordered."""
    names = {str(value.get("name")): str(value.get("below", "")) for _, value in values}
    merged = {name for name, below in names.items() if below.startswith("merge into ")}
    for j, value in values:
        where: Path_ = (*at, j, "below")
        field, target = ".".join(map(str, where)), str(value.get("below", ""))[11:]
        if str(value.get("name")) in merged and (target not in names or target in merged):
            told = f"found {value['below']!r}, expected another value that is not merged itself"
            yield where, f"{field}: {told}"
        if "below" in value and value.get("min_alpha") is None:
            yield where, f"{field}: found no min_alpha beside it, expected one"
    if variable.get("ordered") and variable.get("type", "one") == "several":
        yield (*at[:-1], "ordered"), f"variables.{at[1]}.ordered: found several values a unit, expected one"


def _items(data: object, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    found = data.get(key) if isinstance(data, dict) else None
    for index, item in enumerate(found if isinstance(found, list) else []):
        if isinstance(item, dict):
            yield index, item


def _named(items: Sequence[tuple[int, dict[str, Any]]], at: Path_) -> list[tuple[Path_, object]]:
    """All names with their place, today's before those of earlier times."""
    found: list[tuple[Path_, object]] = [((*at, i, "name"), item.get("name")) for i, item in items]
    for i, item in items:
        former = item.get("formerly")
        listed = former if isinstance(former, list) else []
        found += [((*at, i, "formerly", k), name) for k, name in enumerate(listed)]
    return found


def _twice(what: str, named: Sequence[tuple[Path_, object]]) -> Iterator[tuple[Path_, str]]:
    seen: set[str] = set()
    for path, given in named:
        name = str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
        if not name:
            continue
        if name in seen:
            yield path, f"{'.'.join(map(str, path))}: {what} {name!r} stands twice, expected once"
        seen.add(name)
