"""Units whose label the model or a near copy contradicts, to be settled like a disagreement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from framing.labels.disagreement import Disagreement, open_units

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Doubted:
    """What a table of doubts comes to in a round.

    Attributes
    ----------
    units : list of Disagreement
        In the order of the table; what contradicts the label stands below the answers.
    left_out : list of str
        Units of the table that have no answer in the round or are settled already.
    """

    units: list[Disagreement]
    left_out: list[str]


def doubted(labels: "pd.DataFrame", doubts: Sequence[Mapping[str, Any]]) -> Doubted:
    """Find the units of a table of doubts among a round's answers.

    Parameters
    ----------
    labels : DataFrame
        LABELS of the round.
    doubts : sequence of mapping
        Rows with ``unit_id`` and ``suggested``; also read, if there: ``kind`` (``model`` unless it
        is ``copy``), ``p_suggested`` and ``copy_of``.
    """
    known = {item.unit_id: item for item in open_units(labels)}
    said: dict[str, list[str]] = {}
    for row in doubts:
        said.setdefault(str(row["unit_id"]), []).append(_told(row))
    units = [
        replace(known[unit], told="\n".join([known[unit].told, *lines]))
        for unit, lines in said.items()
        if unit in known
    ]
    return Doubted(units, [unit for unit in said if unit not in known])


def _told(row: Mapping[str, Any]) -> str:
    """One line for the adjudicator.

    Examples
    --------
    >>> _told({"suggested": "appeal", "p_suggested": "0.912"})
    'held-out model: appeal (p 0.912)'
    """
    suggested = str(row["suggested"]) or "(none of them)"
    if row.get("kind") == "copy":
        return f"near copy {row.get('copy_of', '')}: {suggested}"
    sure = f" (p {row['p_suggested']})" if row.get("p_suggested") else ""
    return f"held-out model: {suggested}{sure}"
