"""What an exported study tells of itself: the facts behind its datasheet and its README."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from framing import __version__
from framing.errors import SettingsError
from framing.faults import plain_yaml
from framing.files import text_of
from framing.formats import read_frame
from framing.report.datasheet import Datasheet
from framing.steps.sharing.exported import ANSWERS, RESULTS
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

_UNKNOWN = "(not known)"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELDS = ("outlet", "published", "region", "story")


def read_answers(root: Path) -> dict[str, str]:
    """The authors' answers to the datasheet's questions, from `config/datasheet.yaml`; none without it.

    Raises
    ------
    SettingsError
        If the file is no mapping of keys to text.
    """
    file = root / ANSWERS
    try:
        _, found = plain_yaml(text_of(file))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"{file}: can't be read as YAML: {' '.join(str(error).split())}", hint="mend the file"
        ) from error
    if not isinstance(found, dict | None) or not all(
        isinstance(text, str) for text in (found or {}).values()
    ):
        raise SettingsError(
            f"{file}: expected one line `key: text` for each question",
            hint="the keys stand in the datasheet of an export, beside each open question",
        )
    return {str(key): text for key, text in (found or {}).items()}


def datasheet(study: Study, texts: str, version: str = __version__) -> Datasheet:
    """The datasheet of an exported study whose figures are there.

    Parameters
    ----------
    study : Study
        The exported one.
    texts : str
        ``kept``, ``left out``, or ``put back``.
    version : str
        The version of `framing` that exported it.

    Raises
    ------
    SettingsError
        If `config/datasheet.yaml` answers a question that is not asked.
    """
    from framing.report.datasheet import datasheet as write

    return write(facts(study, texts, version), read_answers(study.needed.root))


def readme(study: Study, texts: str, version: str = __version__) -> str:
    """The README of an exported study; parameters as for `datasheet`."""
    from framing.report.datasheet import readme as write

    return write({"study": study.settings.study, "version": version, "texts": texts})


def facts(study: Study, texts: str, version: str) -> dict[str, Any]:
    """Count what the datasheet tells, from the exported files alone."""
    from framing.labels import current_answers, read_labels

    root = study.needed.root
    labels = read_labels([study.needed.labels], study.codebook)
    current = current_answers(labels)
    units = labels.drop_duplicates("unit_id")
    return {
        "study": study.settings.study,
        "version": version,
        "texts": texts,
        "unit": study.codebook.unit,
        "codebook": study.codebook.fingerprint,
        "units": int(current["unit_id"].nunique()),
        "articles": int(units.loc[units["article_id"] != "", "article_id"].nunique()),
        "answers": len(current),
        "coders": sorted(map(str, set(labels["coder"]))),
        "variables": list(dict.fromkeys(map(str, labels["variable"]))),
        "outlets": _outlets(units),
        "published": _span(units["published"], "units"),
        "coded": _span(labels["made_at"], "answers"),
        "sampling": _sampling(labels),
        "missing": _missing(units),
        "unsure": int(current["unsure"].sum()),
        "skipped": int(labels.loc[labels["skipped"], "unit_id"].nunique()),
        "earlier": int((~labels["current"] & ~labels["withdrawn"]).sum()),
        "withdrawn": int(labels["withdrawn"].sum()),
        "models": _models(study.needed.models),
        **_gold(root / RESULTS),
        **_reliability(root / RESULTS / "reliability.json"),
    }


def _outlets(units: "pd.DataFrame") -> list[dict[str, Any]]:
    named = units.assign(outlet=units["outlet"].replace("", _UNKNOWN))
    return [
        {"outlet": str(name), "articles": int(part["article_id"].nunique()), "units": len(part)}
        for name, part in named.groupby("outlet", sort=True)
    ]


def _span(times: "pd.Series[str]", what: str) -> str:
    known = sorted(str(time)[:10] for time in times if _DAY.match(str(time)))
    if not known:
        return f"Not known: no date that can be read on any of {len(times)} {what}."
    return f"{known[0]} to {known[-1]}" + (
        f"; no date that can be read on {len(times) - len(known)} of {len(times)} rows"
        if len(known) < len(times)
        else ""
    )


def _sampling(labels: "pd.DataFrame") -> list[dict[str, Any]]:
    rows = []
    for kind, part in labels.assign(sampling=labels["sampling"].replace("", _UNKNOWN)).groupby("sampling"):
        chances = part["probability"].dropna()
        rows.append(
            {
                "sampling": str(kind),
                "units": int(part["unit_id"].nunique()),
                "least": float(chances.min()) if len(chances) else None,
                "largest": float(chances.max()) if len(chances) else None,
            }
        )
    return rows


def _missing(units: "pd.DataFrame") -> str:
    told = [f"{name} on {int((units[name] == '').sum())}" for name in _FIELDS if (units[name] == "").any()]
    return (
        f"Of {len(units)} units: no {', no '.join(told)}."
        if told
        else "No outlet, date, region or story is missing."
    )


def _gold(results: Path) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for file in sorted(results.glob("gold_*.csv")):
        frame = read_frame(file)
        methods = {str(name): int(count) for name, count in frame["method"].value_counts().items()}
        rows.append({"variable": str(frame["variable"].iloc[0]), "units": len(frame), "methods": methods})
    return {"gold": rows, "methods": sorted({name for row in rows for name in row["methods"]})}


def _reliability(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {"reliability": [], "no_reliability": "see not_made in manifest.json"}
    found = json.loads(file.read_text(encoding="utf-8"))
    return {"reliability": [item["text"] for item in found["variables"]], "no_reliability": "no variable"}


def _models(folder: Path) -> list[dict[str, Any]]:
    rows = []
    for file in sorted(folder.glob("*/metrics.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        main = told["evaluation"] or {}
        low, high = main.get("macro_f1_interval") or (None, None)
        rows.append(
            {name: told[name] for name in ("model", "variable", "units")}
            | {"macro_f1": main.get("macro_f1"), "accuracy": main.get("accuracy")}
            | {"interval": "–" if low is None else f"{low:.3f} to {high:.3f}"}
        )
    return rows
