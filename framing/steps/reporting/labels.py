"""What `framing report` takes from LABELS: how units were drawn, what was answered, gold."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.steps.gold import gates_for
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from framing.labels import Gold


def find_labels(study: Study, given: Sequence[Path]) -> "pd.DataFrame | None":
    """Read LABELS; None if none are given and the workspace has none.

    Raises
    ------
    TableError
        If a file breaks the contract.
    """
    from framing.labels import read_labels

    if not given:
        folder = study.workspace.labels if study.workspace else None
        if folder is None or not folder.is_dir() or not any(_tables(folder)):
            return None
        given = [folder]
    return read_labels(given, study.codebook)


def _tables(folder: Path) -> list[Path]:
    endings = {".csv", ".tsv", ".jsonl", ".parquet"}
    return [path for path in folder.iterdir() if path.suffix in endings and path.name[0] != "."]


def sampling(table: "pd.DataFrame", answers: "pd.DataFrame") -> dict[str, Any]:
    """Tell how units were drawn and who coded them.

    Parameters
    ----------
    table, answers : DataFrame
        LABELS, and their current answers; the adjudicator's count for units, not as answers.

    Returns
    -------
    dict
        ``units articles coders answers suggested twice first last``, ``kinds`` (rows ``sampling units
        low high``: chances of being drawn, None where not known), ``rounds`` (rows ``round units
        answers coders first last``) and ``regions`` (rows ``name units``).
    """
    from framing.records import ADJUDICATOR

    coders = answers[answers["coder"] != ADJUDICATOR]
    days = sorted(set(answers["made_at"].str[:10]) - {""})
    units = answers.drop_duplicates("unit_id")
    return {
        "units": int(answers["unit_id"].nunique()),
        "articles": int(answers.loc[answers["article_id"] != "", "article_id"].nunique()),
        "coders": int(coders["coder"].nunique()),
        "answers": len(coders),
        "suggested": int(answers.loc[answers["saw_suggestion"], "unit_id"].nunique()),
        "twice": int((coders.groupby("unit_id")["coder"].nunique() > 1).sum()),
        "skipped": int((table["skipped"] & table["current"]).sum()),
        "first": days[0] if days else "",
        "last": days[-1] if days else "",
        "kinds": [_kind(str(kind), part) for kind, part in units.groupby("sampling", sort=True)],
        "rounds": [_round(str(name), part) for name, part in answers.groupby("round", sort=True)],
        "regions": [
            {"name": str(name) or "(not known)", "units": int(count)}
            for name, count in units["region"].value_counts().sort_index().items()
        ],
    }


def _kind(kind: str, part: "pd.DataFrame") -> dict[str, Any]:
    chances = part["probability"].dropna()
    return {
        "sampling": kind,
        "units": len(part),
        "low": float(chances.min()) if len(chances) else None,
        "high": float(chances.max()) if len(chances) else None,
    }


def _round(name: str, part: "pd.DataFrame") -> dict[str, Any]:
    days = sorted(set(part["made_at"].str[:10]) - {""})
    return {
        "round": name or "(not known)",
        "units": int(part["unit_id"].nunique()),
        "answers": len(part),
        "coders": int(part["coder"].nunique()),
        "first": days[0] if days else "",
        "last": days[-1] if days else "",
    }


def golds(study: Study, table: "pd.DataFrame") -> "tuple[list[dict[str, Any]], dict[str, Gold]]":
    """Settle each variable's units; a variable that the codebook's gate refuses has a reason instead.

    Raises
    ------
    TableError
        If an answer is not in the codebook.
    """
    from framing.labels import gold_of

    rows: list[dict[str, Any]] = []
    found: dict[str, Gold] = {}
    for name in sorted(set(table["variable"])):
        gates = gates_for(study, table, name)
        refused = [gate.reason for gate in gates if not gate.value and gate.action == "refuse"]
        if refused:
            rows.append({"variable": name, "reason": refused[0]})
            continue
        found[name] = gold_of(table, name, study.codebook, gates=gates)
        rows.append(_counted(found[name]))
    return rows, found


def _counted(gold: "Gold") -> dict[str, Any]:
    given = [value for answer in gold.resolved["value"] for value in str(answer).split("|") if value]
    ways = gold.table["method"].value_counts().sort_index()
    return {
        "variable": gold.variable,
        "reason": "",
        "units": len(gold.table),
        "resolved": len(gold.resolved),
        "methods": {str(name): int(count) for name, count in ways.items()},
        "counts": [{"name": value, "units": given.count(value)} for value in gold.values],
        "gates": [gate.reason for gate in gold.gates],
    }
