"""Answers of a file to rows of a LABELS table, checked against the codebook."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from framing.codebook import Codebook, Variable
from framing.columns import CellError, read_id
from framing.errors import TableError
from framing.labels.imports.records import Record, records
from framing.labels.imports.shapes import Answered, Screen, answers_in, controls_in, pseudonym
from framing.labels.read import GIVEN
from framing.records import (
    IMPORTED,
    Unusable,
    article_id,
    as_text,
    digest,
    todays_article,
    todays_unit,
    unit_id,
)
from framing.tables import LABELS, are_strangers

_UNIT_ID = re.compile(r"(u?[0-9a-f]{16})-[0-9a-f]{12}")
_NAME = re.compile(r"[^\W\d][\w-]{0,59}")
_ROUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True)
class Order:
    """How to read a file of labels.

    Attributes
    ----------
    round : str
        For rows that name none, or `all_to_round`.
    all_to_round : bool
        Whether the rounds that rows name are overruled.
    coder : str
        Who all labels are from; empty: whom the file names.
    variable : str
        What labels without a variable answer; empty: the codebook's only one.
    columns : mapping of str to str
        ``{"label": "code"}`` takes `label` from `code`.
    coders : mapping of int to str
        Pseudonyms by Label Studio user id.
    """

    round: str
    all_to_round: bool = False
    coder: str = ""
    variable: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    coders: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave.

    Attributes
    ----------
    rows : list of dict
        LABELS rows, `current` not yet decided.
    unusable : list of Unusable
        Rows that can't be used, with the reason.
    """

    rows: list[dict[str, Any]]
    unusable: list[Unusable]


def imported(text: str, name: str, codebook: Codebook, order: Order) -> Imported:
    """Read labels of CSV, JSONL, Label Studio, doccano or Prodigy.

    Parameters
    ----------
    text : str
        The file.
    name : str
        Its name: part of the identity of texts that have no id.
    codebook : Codebook
        What answers must be legal by; a variable that it does not have brings its own values.
    order : Order

    Returns
    -------
    Imported

    Raises
    ------
    TableError
        If it is neither JSON nor a table, or it is not said which variable its labels answer.

    Examples
    --------
    >>> book = Codebook.parse(
    ...     "variables: [{name: tone, values: [{name: calm, definition: d}, {name: loud, definition: d}]}]")
    >>> found = imported("text,label\\nRain.,calm\\nHail.,shrill\\n", "a.csv", book, Order("main"))
    >>> [(row["text"], row["value"]) for row in found.rows], [str(item) for item in found.unusable]
    ([('Rain.', 'calm')], ["a.csv:3: tone: found 'shrill', expected calm loud"])
    """
    listed = list(records(text, name, order.columns))
    names = [item for known in codebook.variables for item in (known.name, *known.formerly)]
    variables = tuple(dict.fromkeys([*names, *([order.variable] if order.variable else [])]))
    renamed = {old: new for new, old in order.columns.items()}
    screen = Screen(variables, controls_in(listed, variables, renamed), renamed, order.coders)
    made = _Rows(name, codebook, order)
    for item in listed:
        for found in answers_in(item, screen) if isinstance(item, Record) else [item]:
            made.take(found)
    return Imported(list(made.rows.values()), made.unusable)


class _Rows:
    """Makes rows out of answers, one after the other."""

    def __init__(self, name: str, codebook: Codebook, order: Order) -> None:
        self.name, self.codebook, self.order = name, codebook, order
        self.rows: dict[tuple[object, ...], dict[str, Any]] = {}
        self.unusable: list[Unusable] = []
        self._seen: dict[tuple[str, str], list[str]] = {}

    def take(self, found: Answered | Unusable) -> None:
        if isinstance(found, Unusable):
            self.unusable.append(found)
            return
        try:
            row = self._row(found)
        except _UnfitError as error:
            self.unusable.append(Unusable(found.where, str(error)))
            return
        known = self.codebook.variable(self.codebook.renamed.get(row["variable"], row["variable"]))
        place = (row["unit_id"], row["coder"], row["variable"])
        if found.part and known is not None and known.type == "several":
            before = self.rows.get(place)
            values = [*(before["value"].split("|") if before else []), row["value"]]
            self.rows[place] = row | {"value": _ordered(values, known)}
        else:
            self.rows[(*place, len(self.rows))] = row

    def _row(self, found: Answered) -> dict[str, Any]:
        variable = found.variable or self._asked()
        if not _NAME.fullmatch(variable):
            raise _UnfitError(f"variable: found {variable!r}, expected a word of letters, digits, _ and -")
        typed = {name: _typed(name, value) for name, value in found.columns.items()}
        _check_place(typed)
        row = dict.fromkeys(LABELS.columns, "") | typed
        row["coder"] = self._coder(as_text(row["coder"]))
        row["kind"] = row["kind"] or IMPORTED
        row |= self._identity(row, found.unit)
        row |= {"variable": variable, "value": self._value(found, variable), "skipped": found.skipped}
        row |= {name: bool(row[name]) for name in ("unsure", "saw_suggestion")}
        row["round"] = self._round(as_text(row["round"]))
        return row

    def _asked(self) -> str:
        if self.order.variable:
            return self.order.variable
        if len(self.codebook.variables) == 1:
            return self.codebook.variables[0].name
        names = [known.name for known in self.codebook.variables]
        raise TableError(
            f"{self.name}: does not say which variable its labels answer, expected one of {' '.join(names)}",
            hint=f"say it: framing labels import {self.name} --variable {names[0]}",
        )

    def _coder(self, told: str) -> str:
        if self.order.coder:
            return self.order.coder
        return pseudonym(told) if "@" in told else told or GIVEN

    def _round(self, told: str) -> str:
        name = self.order.round if self.order.all_to_round or not told else told
        if not _ROUND.fullmatch(name):
            raise _UnfitError(f"round: found {name!r}, expected a name of letters, digits, '.', '_' and '-'")
        return name

    def _identity(self, row: Mapping[str, Any], unit: str) -> dict[str, str]:
        """Name the unit; a text that has no id stands for itself, as wherever texts are read."""
        text, source = as_text(row["text"]), as_text(row["source"])
        article, given = todays_article(as_text(row["article_id"])), todays_unit(as_text(row["unit_id"]))
        if given:
            known = _UNIT_ID.fullmatch(given)
            if not article:
                article = known.group(1) if known else article_id(source or given)
            return {"unit_id": given, "article_id": article}
        if not text.strip():
            raise _UnfitError("no unit: found neither unit_id nor text")
        source = source or f"{self.name}#{digest(text, size=8)}"
        article = article or article_id(source)
        same = self._seen.setdefault((f"{article}:{text}", row["coder"]), [])
        if unit not in same:
            same.append(unit)
        return {
            "unit_id": unit_id(article, text, same.index(unit)),
            "article_id": article,
            "source": source,
        }

    def _value(self, found: Answered, variable: str) -> str:
        if found.skipped:
            return ""
        known = self.codebook.variable(self.codebook.renamed.get(variable, variable))
        values = list(dict.fromkeys(_typed("value", value) for value in found.values))
        if known is None:
            if not values:
                raise _UnfitError(f"{variable}: no value")
            return "|".join(values)
        if not values and (found.none or known.type == "one"):
            raise _UnfitError(f"{variable}: {found.none or 'no value, expected one'}")
        if known.type == "one" and len(values) > 1:
            raise _UnfitError(f"{variable}: found {len(values)} values, {' '.join(values)}, expected one")
        answer = "|".join(values)
        if known.parse(known.today(answer)) is None:
            raise _UnfitError(f"{variable}: found {answer!r}, expected {' '.join(known.names)}")
        return _ordered(values, known)


class _UnfitError(ValueError):
    """Why an answer can't be a row."""


def _ordered(values: list[str], known: Variable) -> str:
    """Join values in codebook order, under the names with which they were answered."""
    place = {name: index for index, name in enumerate(known.names)}
    return "|".join(sorted(dict.fromkeys(values), key=lambda name: place[known.today(name)]))


def _check_place(row: Mapping[str, Any]) -> None:
    start, end = row.get("start", ""), row.get("end", "")
    if "" not in (start, end) and start > end:
        raise _UnfitError(f"end: found {end}, expected {start} (start) or more")
    unit, article = row.get("unit_id", ""), row.get("article_id", "")
    if are_strangers(unit, article):
        raise _UnfitError(
            f"article_id: found {article!r}, expected {unit.rpartition('-')[0]!r} as in unit_id"
        )


def _typed(name: str, value: Any) -> Any:
    """Give a cell the type of its column; empty where nothing is known."""
    reader = LABELS.reader(name)
    text = as_text(value)
    if reader is None or not text.strip():
        return text.strip() if reader else text
    try:
        return reader(text.strip() if reader is read_id else text)
    except CellError as error:
        raise _UnfitError(f"{name}: found {text!r}, expected {error.expected}") from None


def without_known(rows: list[dict[str, Any]], known: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Leave out Label Studio answers that are there already with the project that an export does not name.

    Parameters
    ----------
    rows : list of dict
        LABELS rows of a file.
    known : iterable of mapping
        LABELS rows that are there, cells as text.
    """
    there = {_answer(row) for row in known if row["annotation"] and row["project"]}
    return [row for row in rows if row["project"] != "" or _answer(row) not in there]


def _answer(row: Mapping[Any, Any]) -> tuple[str, ...]:
    named = ("unit_id", "variable", "coder", "task", "annotation", "value")
    return tuple(as_text(row[name]) for name in named)
