"""The codebook: what is measured, by which variables, values and rules.

`Codebook.read` checks a YAML file as a whole and names every fault with its line.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from framing.errors import CodebookError
from framing.records import REGIONS

Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d][\w-]{0,59}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Hotkey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]$")]
Alpha = Annotated[float, Field(gt=-1, le=1)]
Below = Annotated[str, StringConstraints(pattern=r"^(refuse|flag|merge into [^\W\d][\w-]{0,59})$")]
Region = Literal[
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
]

#: Fields of the labelling screen beside the variables.
RESERVED = ("unsure", "note", "unit", "reason", "answers", "where", "title", "before", "after", "text")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Part):
    """One option of a variable ("label").

    Attributes
    ----------
    name : str
        A word of letters, digits, ``_`` and ``-``; what stands in every table.
    definition : str
        What the value means, in a sentence or two.
    use_when, dont_use_when, examples : tuple of str
        Rules and examples for coders.
    hotkey : str
        The key that codes it in Label Studio; empty: none.
    colour : str
        ``#rrggbb``; empty: chosen by the screen.
    regions : tuple of str
        Where on a page the value can occur; empty: anywhere.
    min_alpha : float or None
        How far coders must agree on the value against the rest before gold uses it.
    below : str
        What happens to it otherwise: ``refuse`` (its units stay unresolved), ``flag`` (used, and said
        so), or ``merge into NAME`` (counted as that value).
    """

    name: Name
    definition: Line
    use_when: tuple[Line, ...] = ()
    dont_use_when: tuple[Line, ...] = ()
    examples: tuple[Line, ...] = ()
    hotkey: Hotkey | Literal[""] = ""
    colour: Colour | Literal[""] = ""
    regions: tuple[Region, ...] = ()
    min_alpha: Alpha | None = None
    below: Below = "flag"

    def can_occur_in(self, region: str) -> bool:
        """Whether a unit of this region counts as eligible for the value."""
        return not self.regions or region in self.regions


class Variable(_Part):
    """One question that is asked of each unit.

    Attributes
    ----------
    name : str
        A word of letters, digits, ``_`` and ``-``.
    type : {"one", "several"}
        Exactly one value a unit, or any number of them.
    question : str
        What coders read above the values.
    values : tuple of Value
        Two or more for ``one``, one or more for ``several``.
    ordered : bool
        Whether the values stand in their order, least first: alpha is then ordinal.
    min_alpha : float or None
        How far coders must agree on the variable before gold uses it.
    below : {"refuse", "flag"}
        What happens otherwise.
    """

    name: Name
    type: Literal["one", "several"] = "one"
    question: Line = "What does this unit do?"
    values: tuple[Value, ...] = Field(min_length=1)
    ordered: bool = False
    min_alpha: Alpha | None = None
    below: Literal["refuse", "flag"] = "flag"

    @property
    def names(self) -> tuple[str, ...]:
        """The values' names in codebook order."""
        return tuple(value.name for value in self.values)

    @property
    def gated(self) -> bool:
        """Whether gold asks for any agreement."""
        return self.min_alpha is not None or any(value.min_alpha is not None for value in self.values)

    def parse(self, answer: str) -> tuple[str, ...] | None:
        """Split an answer as it stands in a LABELS table into its values.

        Parameters
        ----------
        answer : str
            A value's name; for ``several``, names joined by ``|``, empty for none of them.

        Returns
        -------
        tuple of str or None
            None if the answer is not legal by this codebook.

        Examples
        --------
        >>> tone = Variable(name="tone", type="several",
        ...     values=(Value(name="calm", definition="Quiet."), Value(name="loud", definition="Not.")))
        >>> tone.parse("loud|calm"), tone.parse(""), tone.parse("shrill")
        (('calm', 'loud'), (), None)
        """
        if self.type == "one":
            return (answer,) if answer in self.names else None
        chosen = set(answer.split("|")) if answer else set()
        if not chosen <= set(self.names):
            return None
        return tuple(name for name in self.names if name in chosen)


class Codebook(_Part):
    """Variables with their values and rules.

    Attributes
    ----------
    title : str
        How the codebook is called in the coders' instructions.
    unit : {"sentence", "paragraph", "article"}
        What gets coded.
    introduction : str
        What coders read first.
    variables : tuple of Variable
        At least one.

    Examples
    --------
    >>> from framing.resources import packaged
    >>> book = Codebook.read(packaged("config") / "codebook.yaml")
    >>> [variable.name for variable in book.variables]
    ['frame']
    """

    title: Line = "Codebook"
    unit: Literal["sentence", "paragraph", "article"] = "sentence"
    introduction: str = ""
    variables: tuple[Variable, ...] = Field(min_length=1)

    @classmethod
    def read(cls, path: Path) -> "Codebook":
        """Read a codebook and check it as a whole.

        Raises
        ------
        CodebookError
            If the file is missing, is no YAML, or breaks a rule; `faults` names each with its line.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise CodebookError(
                f"{path}: no such codebook", hint="make a workspace with: framing init DIR"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CodebookError(
                f"{path}: can't be read as UTF-8 text: {error}", hint="save it as UTF-8"
            ) from error
        return cls.parse(text, name=str(path))

    @classmethod
    def parse(cls, text: str, *, name: str = "codebook") -> "Codebook":
        """Check a codebook given as YAML text; see `read`."""
        data, lines = _load(text, name)
        faults = list(_repetitions(data))
        book = None
        try:
            book = cls.model_validate(data)
        except ValidationError as error:
            faults += [_fault(item) for item in error.errors() if not _hollow(item)]
        if book is None or faults:
            told = sorted({(_line(lines, path), message) for path, message in faults})
            raise CodebookError(
                f"{name}: {len(told)} fault{'s' if len(told) > 1 else ''} in the codebook",
                hint="mend the lines named above; then: framing codebook check",
                faults=[f"{name}:{line}: {message}" for line, message in told],
            )
        return book

    def variable(self, name: str) -> Variable | None:
        """The variable of that name, None if the codebook has none."""
        return next((item for item in self.variables if item.name == name), None)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the whole codebook; changes with every word."""
        return _hash(_said(self.model_dump()))

    @cached_property
    def values_fingerprint(self) -> str:
        """Hash of unit, variables, types and value names; what labels and models must share."""
        return _hash({"unit": self.unit, "variables": [values_of(variable) for variable in self.variables]})


def values_of(variable: Variable) -> dict[str, Any]:
    """Give what a model must share with a codebook: name, type and values of a variable."""
    return {"name": variable.name, "type": variable.type, "values": list(variable.names)}


#: Keys that came later: unset, they leave the hash of an older codebook as it was.
_LATER = {"ordered": False, "min_alpha": None, "below": "flag"}


def _said(data: Any) -> Any:
    if isinstance(data, dict):
        return {k: _said(v) for k, v in data.items() if k not in _LATER or v != _LATER[k]}
    return [_said(item) for item in data] if isinstance(data, list | tuple) else data


def _hash(data: object) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


Path_ = tuple[str | int, ...]


def _load(text: str, name: str) -> tuple[Any, dict[Path_, int]]:
    """Read YAML and remember the line of each node."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not readable as YAML"
        raise CodebookError(
            f"{name}:{line}: no YAML: {problem}",
            hint="check indentation and quotes there; then: framing codebook check",
        ) from error
    return data, dict(_walk(node, (), set()))


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


def _line(lines: Mapping[Path_, int], path: Path_) -> int:
    for end in range(len(path), -1, -1):
        for key in ((*path[:end], "<key>"), path[:end]):
            if key in lines:
                return lines[key]
    return 1


def _fault(item: Any) -> tuple[Path_, str]:
    path: Path_ = tuple(part for part in item["loc"] if not str(part).startswith("constrained-"))
    path = tuple(part for part in path if not str(part).startswith("literal["))
    field = ".".join(str(part) for part in path) or "codebook"
    found = item.get("input")
    if item["type"] == "missing":
        return path, f"{field}: missing"
    if item["type"] == "extra_forbidden":
        return path, f"{field}: unknown key"
    expected = _expected(path, item)
    return path, f"{field}: found {_short(found)}, expected {expected}"


def _hollow(item: Any) -> bool:
    """A list is not too short because its items are faulty: those are named themselves."""
    return item["type"] == "too_short" and bool(item.get("input"))


_EXPECTED = {
    "name": "a word of letters, digits, _ and - that begins with a letter (no |, no space)",
    "hotkey": "one key, a-z or 0-9",
    "colour": "a colour like '#c62828'",
    "type": "'one' or 'several'",
    "unit": "'sentence', 'paragraph' or 'article'",
    "min_alpha": "a number above -1 and up to 1, for instance 0.667",
    "below": "'refuse', 'flag', or (of a value) 'merge into NAME'",
    "ordered": "true or false",
    "regions": f"regions out of {' '.join(REGIONS)}",
    "values": "a list of values, each with name and definition",
    "variables": "a list of variables, each with name and values",
}


def _expected(path: Path_, item: Any) -> str:
    field = next((part for part in reversed(path) if isinstance(part, str)), "")
    if field in ("values", "variables") and path and isinstance(path[-1], int):
        return "a mapping with name and " + ("definition" if field == "values" else "values")
    if field in _EXPECTED:
        return _EXPECTED[field]
    if not path:
        return "a mapping with title, introduction, unit and variables"
    return str(item["msg"]).removeprefix("Input should be ")


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _repetitions(data: object) -> Iterator[tuple[Path_, str]]:
    """Find names and hotkeys that stand twice, whatever else is wrong with the codebook."""
    variables = list(_items(data, "variables"))
    yield from _twice("variable", [(("variables", i, "name"), v.get("name")) for i, v in variables])
    for i, variable in variables:
        if variable.get("name") in RESERVED:
            told = f"{variable['name']!r} is a name that the labelling screen uses, expected another"
            yield ("variables", i, "name"), f"variables.{i}.name: {told}"
    keys = []
    for i, variable in variables:
        values = list(_items(variable, "values"))
        at: Path_ = ("variables", i, "values")
        yield from _twice("value", [((*at, j, "name"), v.get("name")) for j, v in values])
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


def _twice(what: str, named: Sequence[tuple[Path_, object]]) -> Iterator[tuple[Path_, str]]:
    seen: set[str] = set()
    for path, name in named:
        if not isinstance(name, str) or not name:
            continue
        if name in seen:
            yield path, f"{'.'.join(map(str, path))}: {what} {name!r} stands twice, expected once"
        seen.add(name)
