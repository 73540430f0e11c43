"""The codebook: what is measured, by which variables, values and rules.

`Codebook.read` checks a YAML file as a whole and names every fault with its line.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from framing.errors import CodebookError
from framing.faults import fault, hollow, line_of, load, repetitions
from framing.files import text_of
from framing.plural import counted

Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d][\w-]{0,59}$")]
#: Of a value, which may be a number, written as such or in quotes.
ValueName = Annotated[str, StringConstraints(pattern=r"^\w[\w-]{0,59}$"), Field(coerce_numbers_to_str=True)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Hotkey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]$"), Field(coerce_numbers_to_str=True)]
Alpha = Annotated[float, Field(gt=-1, le=1)]
Below = Annotated[str, StringConstraints(pattern=r"^(refuse|flag|merge into \w[\w-]{0,59})$")]
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


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(_Part):
    """One option of a variable ("label").

    Attributes
    ----------
    name : str
        A word of letters, digits, ``_`` and ``-``, or a number; what stands in every table.
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
    formerly : tuple of str
        Names that it had before; answers under these are read as this value.
    """

    name: ValueName
    definition: Line
    use_when: tuple[Line, ...] = ()
    dont_use_when: tuple[Line, ...] = ()
    examples: tuple[Line, ...] = ()
    hotkey: Hotkey | Literal[""] = ""
    colour: Colour | Literal[""] = ""
    regions: tuple[Region, ...] = ()
    min_alpha: Alpha | None = None
    below: Below = "flag"
    formerly: tuple[ValueName, ...] = ()

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
    formerly : tuple of str
        Names that it had before; answers on these are read as answers on this variable.
    """

    name: Name
    type: Literal["one", "several"] = "one"
    question: Line = "What does this unit do?"
    values: tuple[Value, ...] = Field(min_length=1)
    ordered: bool = False
    min_alpha: Alpha | None = None
    below: Literal["refuse", "flag"] = "flag"
    formerly: tuple[Name, ...] = ()

    @property
    def renamed(self) -> dict[str, str]:
        """Today's name of each value by a name that it had before."""
        return {old: value.name for value in self.values for old in value.formerly}

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

    def today(self, answer: str) -> str:
        """Write an answer with today's names; what the codebook does not know stays as it is.

        Examples
        --------
        >>> tone = Variable(name="tone",
        ...     values=(Value(name="calm", definition="Quiet.", formerly=("quiet",)),
        ...             Value(name="loud", definition="Not.")))
        >>> tone.today("quiet"), tone.today("loud"), tone.today("shrill")
        ('calm', 'loud', 'shrill')
        """
        now = self.renamed
        if self.type == "one":
            return now.get(answer, answer)
        renamed = "|".join(now.get(name, name) for name in answer.split("|"))
        known = self.parse(renamed)
        return renamed if known is None else "|".join(known)


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
            text = text_of(path)
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
        data, lines = load(text, name)
        faults = list(repetitions(data))
        book = None
        try:
            book = cls.model_validate(data)
        except ValidationError as error:
            faults += [fault(item) for item in error.errors() if not hollow(item)]
        if book is None or faults:
            told = sorted({(line_of(lines, path), message) for path, message in faults})
            raise CodebookError(
                f"{name}: {counted(len(told), 'fault')} in the codebook",
                hint=f"mend the lines named above; then: framing codebook check {name}",
                faults=[f"{name}:{line}: {message}" for line, message in told],
            )
        return book

    def variable(self, name: str) -> Variable | None:
        """The variable of that name, None if the codebook has none."""
        return next((item for item in self.variables if item.name == name), None)

    @property
    def renamed(self) -> dict[str, str]:
        """Today's name of each variable by a name that it had before."""
        return {old: variable.name for variable in self.variables for old in variable.formerly}

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
_LATER = {"ordered": False, "min_alpha": None, "below": "flag", "formerly": ()}


def _said(data: Any) -> Any:
    if isinstance(data, dict):
        return {k: _said(v) for k, v in data.items() if k not in _LATER or v != _LATER[k]}
    return [_said(item) for item in data] if isinstance(data, list | tuple) else data


def _hash(data: object) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two codebooks.

    Attributes
    ----------
    kind : {"added", "removed", "renamed", "changed"}
    variable, value : str
        Today's names, of what was removed the last ones; empty: it concerns what is around them.
    field : str
        What differs of a variable, value or the codebook, for ``changed``.
    before, after : str
        The names of what was renamed, the contents of what was changed; else empty.
    """

    kind: Literal["added", "removed", "renamed", "changed"]
    variable: str = ""
    value: str = ""
    field: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        place = ".".join(name for name in (self.variable, self.value, self.field) if name)
        if self.kind in ("added", "removed"):
            return f"{place} {self.kind}"
        return f"{place} {self.kind}: {self.before!r} became {self.after!r}"


def differences(old: Codebook, new: Codebook) -> list[Change]:
    """Compare two versions of a codebook; what is renamed says so with `formerly`.

    Examples
    --------
    >>> text = "variables: [{name: tone, values: [{name: calm, definition: d}, {name: loud, definition: d}]}]"
    >>> renamed = text.replace("name: calm", "name: quiet, formerly: [calm]")
    >>> [(c.kind, c.before, c.after) for c in differences(Codebook.parse(text), Codebook.parse(renamed))]
    [('renamed', 'calm', 'quiet')]
    """
    found = list(_fields(old, new, ("title", "unit", "introduction")))
    for change, before, after in _matched(old.variables, new.variables):
        if change:
            name = (after or before).name
            found.append(Change(change, name, **_names(change, before, after)))
        if before and after:
            found += _of_variable(before, after)
    return found


def _of_variable(old: Variable, new: Variable) -> Iterator[Change]:
    yield from _fields(old, new, ("type", "question", "ordered", "min_alpha", "below"), new.name)
    for change, before, after in _matched(old.values, new.values):
        if change:
            name = (after or before).name
            yield Change(change, new.name, name, **_names(change, before, after))
        if before and after:
            wanted = tuple(field for field in Value.model_fields if field not in ("name", "formerly"))
            yield from _fields(before, after, wanted, new.name, after.name)
    now = [new.renamed.get(name, name) for name in old.names]
    kept = [name for name in now if name in new.names]
    if kept != [name for name in new.names if name in now]:
        yield Change(
            "changed", new.name, field="order", before=" ".join(old.names), after=" ".join(new.names)
        )


def _matched(
    old: Sequence[Any], new: Sequence[Any]
) -> Iterator[tuple[Literal["added", "removed", "renamed", ""], Any, Any]]:
    """Pair what has the same name, or had it formerly."""
    left = {item.name: item for item in old}
    for item in new:
        former = [name for name in item.formerly if name in left]
        if item.name in left:
            yield "", left.pop(item.name), item
        elif former:
            yield "renamed", left.pop(former[0]), item
        else:
            yield "added", None, item
    yield from (("removed", item, None) for item in left.values())


def _names(change: str, before: Any, after: Any) -> dict[str, str]:
    return {"before": before.name, "after": after.name} if change == "renamed" else {}


def _fields(
    old: Any, new: Any, names: Sequence[str], variable: str = "", value: str = ""
) -> Iterator[Change]:
    for name in names:
        before, after = _plain(getattr(old, name)), _plain(getattr(new, name))
        if before != after:
            yield Change("changed", variable, value, name, before, after)


def _plain(field: object) -> str:
    if isinstance(field, tuple):
        return " / ".join(map(str, field))
    return "" if field is None else str(field)
