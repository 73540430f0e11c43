"""Two versions of a round's file, as two researchers pulled it, into one: by answers, not by lines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.labels.latest import mark_current
from framing.labels.merge import as_written, place_of, place_order, records, version_of

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
Key = tuple[str, ...]

#: What says which answer a row is; of two rows with the same, one can't say another thing than the other.
_MOMENT = (
    "kind", "server", "project", "task", "annotation", "unit_id", "variable", "coder", "coder_version",
    "prompt", "run", "made_at",
)  # fmt: skip
_SAYS = ("value", "skipped", "note", "unsure")


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of three versions.

    Attributes
    ----------
    rows : list of dict
        LABELS rows in their order, as they are written.
    columns : list of str
        Those of LABELS, then any others of the two.
    conflicts : list of str
        Answers that the two versions tell in contradiction; with any, `rows` are of no use.
    dropped : int
        Rows that one side had taken out and the other had left as they were.
    """

    rows: list[Row]
    columns: list[str]
    conflicts: list[str]
    dropped: int


def three_way(base: "pd.DataFrame", ours: "pd.DataFrame", theirs: "pd.DataFrame") -> Merged:
    """Join two versions of a file that come from a common one; which of them is ours does not matter.

    Parameters
    ----------
    base, ours, theirs : DataFrame
        LABELS.

    Notes
    -----
    An answer that either side has is kept, unless the other took it out by hand and this one did not touch
    it. Where both changed a cell the row with the later `made_at` has it. A coder who has another name on
    one side has it in the rows that the other side added.
    """
    before, own, other = (_by_version(records(table)) for table in (base, ours, theirs))
    _rename(before, own, other)
    _rename(before, other, own)
    own, other = ({_key(row): row for row in side.values()} for side in (own, other))
    before = {_key(row): row for row in before.values()}
    conflicts = sorted(_contradictions(before, own, other))
    rows, dropped = [], 0
    for key in own.keys() | other.keys():
        sides = [side[key] for side in (own, other) if key in side]
        if len(sides) == 1 and _same(before.get(key), sides[0]):
            dropped += 1
            continue
        rows.append(_joined(before.get(key, {}), sides))
    rows.sort(key=place_order)
    mark_current(rows, {})
    columns = list(dict.fromkeys([*ours.columns, *sorted(set(theirs.columns) - set(ours.columns))]))
    return Merged([as_written(row) for row in rows], columns, conflicts, dropped)


def _key(row: Mapping[str, Any]) -> Key:
    """Which version of which answer; a deleted answer's number may name another one, made later."""
    return (*version_of(row), str(bool(row.get("withdrawn"))) if row.get("annotation") else "")


def _answer(row: Mapping[str, Any]) -> Key:
    return (str(row.get("server", "")), *place_of(row))


def _by_version(rows: Iterable[Row]) -> dict[Key, Row]:
    return {(*_key(row), str(row.get("made_at", ""))): row for row in rows}


def _rename(before: Mapping[Key, Row], renamed: Mapping[Key, Row], side: Mapping[Key, Row]) -> None:
    """Give the names that one side changed to the rows of the other."""
    was = {_answer(row): str(row["coder"]) for row in before.values() if row.get("annotation")}
    now: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in renamed.values():
        old = was.get(_answer(row)) if row.get("annotation") else None
        if old is not None:
            now[str(row["server"]), old].add(str(row["coder"]))
    for row in side.values():
        names = now.get((str(row["server"]), str(row["coder"])), set())
        if row.get("annotation") and len(names) == 1:
            row["coder"] = next(iter(names))


def _contradictions(
    before: Mapping[Key, Row], own: Mapping[Key, Row], other: Mapping[Key, Row]
) -> Iterator[str]:
    """Answers of one moment that say one thing here and another there."""
    here, there, then = (_moments(side.values()) for side in (own, other, before))
    for moment in here.keys() & there.keys():
        only_here = here[moment] - there[moment] - then.get(moment, set())
        only_there = there[moment] - here[moment] - then.get(moment, set())
        if only_here and only_there:
            named = dict(zip(_MOMENT, moment, strict=True))
            told = " and ".join(repr(value) for value, *_ in sorted(only_here | only_there))
            yield f"unit {named['unit_id']}, {named['variable']}, {named['coder']}: {told}"


def _moments(rows: Iterable[Row]) -> dict[Key, set[Key]]:
    found: defaultdict[Key, set[Key]] = defaultdict(set)
    for row in rows:
        found[tuple(str(row.get(name, "")) for name in _MOMENT)].add(
            tuple(str(row.get(name, "")) for name in _SAYS)
        )
    return found


def _same(before: Row | None, row: Row) -> bool:
    return before is not None and all(
        before.get(name) == row.get(name) for name in before.keys() | row.keys()
    )


def _joined(before: Mapping[str, Any], sides: Sequence[Row]) -> Row:
    if len(sides) == 1:
        return dict(sides[0])
    # The order does not depend on which side is ours.
    first, second = sorted(sides, key=_later)
    joined = {**first, **second}
    for name in joined:
        old, one, two = before.get(name), first.get(name), second.get(name)
        joined[name] = one if two == old and name in first else two if name in second else one
    return joined


def _later(row: Row) -> tuple[str, list[str]]:
    return str(row.get("made_at", "")), sorted(map(str, row.items()))
