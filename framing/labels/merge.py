"""Newly pulled answers into a round's file, so that none is ever lost."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: What makes two rows the same answer; `made_at` alone changes when nothing was answered anew.
_IDENTITY = ("unit_id", "variable", "coder", "project", "task", "annotation", "value", "skipped")
_ORDER = ("round", "article_id", "start", "unit_id", "variable", "coder", "made_at", "annotation")


def merge(old: "pd.DataFrame", new: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Join the answers of a file with those of the server.

    Parameters
    ----------
    old : DataFrame
        LABELS as the file holds them; may have no rows.
    new : iterable of mapping
        LABELS rows as pulled, `current` not decided.

    Returns
    -------
    list of dict
        Rows in a fixed order with `current` marked. An answer that was changed on the server stays
        as an earlier one; an answer that the server no longer has is kept.
    """
    rows = {_key(row): row for row in _plain(old)}
    for row in new:
        rows[_key(row)] = {name: _empty(value) for name, value in row.items()}
    ordered = sorted(rows.values(), key=_place)
    latest: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in sorted(ordered, key=_time):
        row["current"] = False
        latest[(row["round"], row["unit_id"], row["variable"], row["coder"])] = row
    for row in latest.values():
        row["current"] = True
    return [_written(row) for row in ordered]


def _plain(old: "pd.DataFrame") -> Iterable[dict[str, Any]]:
    for record in old.astype(object).where(old.notna(), "").to_dict("records"):
        yield {str(name): value for name, value in record.items()}


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(_empty(row.get(name))) for name in _IDENTITY)


def _empty(value: Any) -> Any:
    return "" if value is None else value


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        int(row.get(name) or 0) if name in ("start", "annotation") else str(row.get(name, ""))
        for name in _ORDER
    )


def _time(row: Mapping[str, Any]) -> tuple[str, int]:
    return str(row.get("made_at", "")), int(row.get("annotation") or 0)


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()}
