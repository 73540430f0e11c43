"""Which of a coder's answers on a variable of a unit counts: the latest one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from framing.times import moment

Row = dict[str, Any]
_NEVER = datetime.min.replace(tzinfo=UTC)
_GROUP = ("round", "unit_id", "variable", "coder")


def mark_current(rows: Sequence[Row], live: Mapping[int, bool]) -> list[str]:
    """Set `current` on each coder's latest answer on a variable of a unit within a round.

    A server's answers are ordered by what it knows of their order, those of different servers by
    `made_at`.

    Parameters
    ----------
    rows : sequence of dict
        LABELS rows; `withdrawn` ones are never current. Those just pulled have `created_at`.
    live : mapping of int to bool
        By a row's `id`: whether the server shows it as the answer that stands now, for rows of the
        answers that it was asked for.

    Returns
    -------
    list of str
        Where a clock ran back or two times are the same, and what was decided.
    """
    groups: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in _GROUP)].append(row)
    notes: list[str] = []
    for members in groups.values():
        standing = [row for row in members if not row["withdrawn"]]
        latest = standing[0] if len(standing) == 1 and live.get(id(standing[0]), True) else None
        if latest is None:
            latest = _latest(standing, live, notes)
        for row in members:
            row["current"] = row is latest
    return notes


def _latest(rows: Sequence[Row], live: Mapping[int, bool], notes: list[str]) -> Row | None:
    answers: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        answers[_answer(row)].append(row)
    servers: defaultdict[str, list[Row]] = defaultdict(list)
    for versions in answers.values():
        standing = _standing(versions, live)
        if standing is not None:
            servers[str(standing["server"])].append(standing)
    lasts = [_last_of_server(members, notes) for members in servers.values()]
    return _last_of_all(lasts, notes) if lasts else None


def _answer(row: Row) -> tuple[str, ...]:
    """Rows with the same are versions of one answer; imported answers are one by coder and unit."""
    if row["annotation"] == "":
        return ("", str(row.get("kind", "")), str(row.get("coder_version", "")), str(row.get("run", "")))
    return tuple(str(row[name]) for name in ("server", "project", "task", "annotation"))


def _standing(versions: Sequence[Row], live: Mapping[int, bool]) -> Row | None:
    """The version of an answer that stands now; None if its server shows it without a value."""
    if any(id(row) in live for row in versions):
        shown = [row for row in versions if live.get(id(row), False)]
        return max(shown, key=_time, default=None)
    if all(isinstance(row.get("current"), bool) for row in versions):  # as an earlier pull left them
        versions = [row for row in versions if row["current"] and row["annotation"] != ""] or versions
    return max(versions, key=_time)


def _last_of_server(rows: list[Row], notes: list[str]) -> Row:
    """The latest of several answers in one database: of answers that exist, a later one has a higher id."""
    rows.sort(key=lambda row: (_time(row), int(row["annotation"] or 0)))
    last = rows[-1]
    ran_back = [row for row in rows if _after_by_id(row, last)]
    if ran_back:
        last = max(ran_back, key=lambda row: int(row["annotation"] or 0))
        notes.append(f"{_where(last)}: the server's clock ran back; the answer that came last counts")
    return last


def _after_by_id(row: Row, last: Row) -> bool:
    """Whether a row was made after the one with the latest time, though the clock says before."""
    made, before = row.get("created_at"), last.get("created_at")
    if not made or not before:
        return False
    return int(row["annotation"] or 0) > int(last["annotation"] or 0) and moment(made) < moment(before)


def _last_of_all(rows: Iterable[Row], notes: list[str]) -> Row:
    ordered = sorted(rows, key=lambda row: (_time(row), str(row["server"])))
    if len(ordered) > 1 and _time(ordered[-1]) == _time(ordered[-2]) != _NEVER:
        notes.append(f"{_where(ordered[-1])}: two answers of the same moment on two servers")
    return ordered[-1]


def _time(row: Row) -> datetime:
    made = row.get("made_at")
    return moment(made) if made else _NEVER


def _where(row: Row) -> str:
    return f"unit {row['unit_id']}, {row['variable']}, {row['coder']}"
