"""Every figure of a study that follows from its labels, models and scores, computed in one go."""

from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import __version__
from framing.errors import FramingError
from framing.formats import read_frame, write_json
from framing.steps.gold import gold, gold_for
from framing.steps.prevalence import By, prevalence
from framing.steps.reliability import reliability
from framing.steps.sharing.exported import is_scores, rounded, safe_name
from framing.steps.stats import stats
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

_BY: tuple[By, ...] = ("outlet", "month")


def write_figures(study: Study, folder: Path, version: str = __version__) -> dict[str, str]:
    """Compute gold, reliability, stats, prevalence and what the models rest on.

    Parameters
    ----------
    study : Study
        With a workspace: an exported one.
    folder : Path
        Takes ``gold_<variable>.csv reliability.json stats.json prevalence_<scores>_<by>.json
        models.json``; floats of JSON have nine decimals.
    version : str
        Written as the version of `framing` that the figures are of.

    Returns
    -------
    dict of str to str
        The files that could not be made, and why.
    """
    missing: dict[str, str] = {}
    for name, make in _makers(study, version).items():
        try:
            make(folder / name)
        except FramingError as error:
            root = str(study.needed.root)
            missing[name] = " ".join(error.message.replace(f"{root}/", "").replace(root, ".").split())
    return missing


def _makers(study: Study, version: str) -> dict[str, Callable[[Path], None]]:
    found: dict[str, Callable[[Path], None]] = {}
    for variable in _variables(study):
        found[f"gold_{safe_name(variable)}.csv"] = partial(_gold, study, variable)
    found["reliability.json"] = partial(_reliability, study, version)
    found["stats.json"] = lambda file: write_json(rounded(asdict(stats(study))), file)
    found["models.json"] = lambda file: write_json(_models(study), file)
    for scores in sorted(study.needed.scores.glob("*.csv")):
        if is_scores(_header(scores)):
            for by in _BY:
                found[f"prevalence_{scores.stem}_{by}.json"] = partial(_prevalence, study, scores, by)
    return found


def _variables(study: Study) -> list[str]:
    from framing.labels import read_labels

    try:
        found = list(dict.fromkeys(read_labels(study.label_paths([]), study.codebook)["variable"]))
    except FramingError:
        return []
    return sorted(map(str, found))


def _header(file: Path) -> list[str]:
    try:
        return list(map(str, read_frame(file).columns))
    except FramingError:
        return []


def _gold(study: Study, variable: str, file: Path) -> None:
    gold(study, variables=[variable], output=file)


def _reliability(study: Study, version: str, file: Path) -> None:
    write_json(rounded(asdict(replace(reliability(study), version=version))), file)


def _prevalence(study: Study, scores: Path, by: By, file: Path) -> None:
    write_json(rounded(asdict(prevalence(study, scores, by=by))), file)


def _models(study: Study) -> dict[str, Any]:
    """How many of the units that each model learnt from have the same value in this study's gold."""
    from framing.classifier import load_model
    from framing.labels import read_labels

    table = read_labels(study.label_paths([]), study.codebook)
    found = {}
    for folder in sorted(path for path in study.needed.models.glob("*") if path.is_dir()):
        model = load_model(folder)
        file = folder / "training.csv"
        told: dict[str, Any] = {"model": model.id, "variable": model.variable}
        if file.is_file():
            told |= _against_gold(read_frame(file), _resolved(study, table, model.variable))
        found[folder.name] = told
    return found


def _resolved(study: Study, table: "pd.DataFrame", variable: str) -> dict[str, str]:
    try:
        resolved = gold_for(study, table, variable).resolved
    except FramingError:
        return {}
    return dict(zip(resolved["unit_id"], resolved["value"].astype(str), strict=True))


def _against_gold(training: "pd.DataFrame", gold: dict[str, str]) -> dict[str, int]:
    values = dict(zip(training["unit_id"], training["value"], strict=True))
    both = [unit for unit in values if unit in gold]
    return {
        "units_learnt_from": len(training),
        "with_gold_here": len(both),
        "same_value": sum(values[unit] == gold[unit] for unit in both),
    }
