"""`framing prevalence`: shares of each value, corrected for the model's errors."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from framing.codebook import Codebook
from framing.errors import ModelError, TableError
from framing.formats import check_suffix, read_frame, write_json, writing
from framing.plural import counted
from framing.steps.gold import gold_for
from framing.steps.models import find_model
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from framing.classifier import Model
    from framing.findings.prevalence import Estimate
    from framing.findings.prevalence_units import Material

By = Literal["outlet", "month"]
_LIKE = (0.8, 1.25)
COLUMNS = tuple(
    "figure by group against value units articles labels labelled_articles raw_share corrected_share low "
    "high standard_error tuning labels_needed reason".split()
)


@dataclass(frozen=True, slots=True)
class Prevalence:
    """How often each value occurs in what a model has scored.

    Attributes
    ----------
    variable, model, method : str
    confidence : float
    shares : list of dict
        ``by group value`` and the figures of `framing.findings.prevalence.Estimate`; `group` is
        ``all`` where `by` is empty.
    differences : list of dict
        ``by group against value`` and those of `framing.findings.prevalence.Difference`: each pair of
        outlets; each month against the one before, and the last against the first.
    counts : dict of str to int
        ``scored scored_left_out labelled labelled_in_scores held_out``.
    left_out : dict of str to int
        Labelled units that were not used, by reason.
    warnings : list of str
    """

    variable: str
    model: str
    method: str
    confidence: float
    shares: list[dict[str, Any]]
    differences: list[dict[str, Any]]
    counts: dict[str, int]
    left_out: dict[str, int]
    warnings: list[str]


def prevalence(
    study: Study,
    scores: Path,
    labels: Sequence[Path] = (),
    *,
    by: By | None = None,
    width: float = 0.1,
    output: Path | None = None,
    model: str = "",
) -> Prevalence:
    """Estimate the share of each value in the scored articles, raw and corrected.

    Parameters
    ----------
    study : Study
    scores : Path
        SCORES of one model.
    labels : sequence of Path
        LABELS; none: the workspace's. Only units drawn with a known chance count.
    by : {"outlet", "month"}, optional
    width : float
        Wanted width of the intervals, for the number of labels that they need.
    output : Path, optional
        A table, or for ``.json`` everything.
    model : str
        The model of SCORES, where it does not lie under its name.

    Raises
    ------
    TableError
        If SCORES breaks its contract or there are no labels on the variable.
    ModelError
        If the model of SCORES is not at hand: which units it was trained on would not be known.
    """
    from framing.findings.prevalence import SOURCE
    from framing.findings.prevalence_units import check_scores, material
    from framing.labels import read_labels

    if output:
        check_suffix(output)
    frame = read_frame(scores)
    found = _model_of(study, frame, model, scores)
    table = check_scores(frame, found.values, str(scores))
    answers = read_labels(study.label_paths(list(labels)), study.codebook)
    gold = gold_for(study, answers, found.variable)
    chances = _chances(answers, found.variable)
    usable = material(table, gold.resolved, chances, _training(found), found.values)
    if gold.unresolved:
        usable.left_out["coders differ and nobody has settled it"] = gold.unresolved
    shares, differences = _figures(usable, found, by, width)
    done = Prevalence(
        variable=found.variable,
        model=found.id,
        method=SOURCE,
        confidence=0.95,
        shares=shares,
        differences=differences,
        counts=usable.counts,
        left_out=usable.left_out,
        warnings=[*_gates(found), *_warnings(usable, shares)],
    )
    if output:
        _write(done, output)
    return done


def _model_of(study: Study, frame: "pd.DataFrame", given: str, scores: Path) -> "Model":
    if "model" not in frame.columns:
        raise TableError(
            f"{scores}: column model missing, found {' '.join(map(str, frame.columns))}",
            hint="expected SCORES, made with: framing score",
        )
    ids = list(dict.fromkeys(frame["model"]))
    if len(ids) != 1 or not ids[0]:
        raise TableError(
            f"{scores}: scores of {counted(len(ids), 'model')} ({' '.join(map(str, ids[:5]))}), expected one",
            hint="score the articles with one model",
        )
    name = str(ids[0]).partition("@")[0]
    default = find_model(study, given) if given else _named(study, name, str(ids[0]))
    if default.id.partition("@")[2] != str(ids[0]).partition("@")[2]:
        raise ModelError(
            f"{scores}: made by model {ids[0]}, found {default.id}: which units that one was trained on "
            "is not known",
            hint="name its folder with --model, or score the articles again",
        )
    return default


def _named(study: Study, name: str, wanted: str) -> "Model":
    """The model under its name, else the study's default."""
    try:
        found = find_model(study, name)
    except ModelError:
        return find_model(study)
    return found if found.id == wanted else find_model(study)


def _training(model: "Model") -> "pd.DataFrame | None":
    file = model.folder / "training.csv" if model.folder else None
    if file is None or not file.is_file():
        raise ModelError(
            f"model {model.id} has no training.csv: which units it was trained on is not known",
            hint="train it again: framing train",
        )
    return read_frame(file)


def _chances(answers: "pd.DataFrame", variable: str) -> dict[str, float]:
    """Chance of being drawn by unit; of nested samples the larger one's, which both share."""
    own = answers[(answers["variable"] == variable) & answers["current"] & ~answers["skipped"]]
    known = own[own["probability"].notna()]
    bad = ~known["probability"].between(0, 1, inclusive="right")
    if bad.any():
        row = known[bad].iloc[0]
        raise TableError(
            f"{row['file']}: row {row['row']}, column probability: found {row['probability']:g}, expected "
            "above 0 to 1",
            hint="mend that cell",
        )
    largest = known.groupby("unit_id")["probability"].max()
    return {str(unit): float(chance) for unit, chance in largest.items()}


def _figures(
    found: "Material", model: "Model", by: By | None, width: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    from framing.findings.prevalence import estimate
    from framing.findings.prevalence_units import eligible_units, groups_of

    regions = _regions(model)
    shares: list[dict[str, Any]] = []
    compared: list[dict[str, Any]] = []
    members = (groups_of(found.scored, by), groups_of(found.labelled, by)) if by else None
    names = sorted(set(members[0]) - {""}) if members else []
    for value in model.values:
        whole = estimate(eligible_units(found, value, regions.get(value, ())), width=width)
        shares.append({"by": "", "group": "all", "value": value} | asdict(whole))
        if members is None or by is None:
            continue
        parts = {
            name: estimate(
                eligible_units(
                    found, value, regions.get(value, ()), (members[0] == name, members[1] == name)
                ),
                width=width,
            )
            for name in names
        }
        shares += [{"by": by, "group": name, "value": value} | asdict(part) for name, part in parts.items()]
        compared += _differences(parts, by, value)
    return shares, compared


def _differences(parts: dict[str, "Estimate"], by: By, value: str) -> list[dict[str, Any]]:
    from framing.findings.prevalence import difference

    names = list(parts)
    pairs = [(later, earlier) for earlier, later in pairwise(names)]
    if by == "outlet":
        pairs = list(combinations(names, 2))
    elif len(names) > 2:
        pairs.append((names[-1], names[0]))
    return [
        {"by": by, "group": first, "against": second, "value": value}
        | asdict(difference(parts[first], parts[second]))
        for first, second in pairs
    ]


def _regions(model: "Model") -> dict[str, tuple[str, ...]]:
    book = model.description.get("codebook")
    known = Codebook.model_validate(book).variable(model.variable) if book else None
    return {value.name: tuple(value.regions) for value in known.values} if known else {}


def _gates(model: "Model") -> Iterator[str]:
    for reason in model.description.get("gates", []):
        yield f"min_alpha: {reason}"


def _warnings(found: "Material", shares: Sequence[dict[str, Any]]) -> Iterator[str]:
    from framing.findings.prevalence import FEW_ARTICLES

    counts = found.counts
    if counts["scored_left_out"]:
        yield (
            f"{counted(counts['scored_left_out'], 'scored unit')} left out: the model was trained "
            "on them and has no "
            "held-out prediction of them"
        )
    outside = counts["labelled"] - counts["labelled_in_scores"]
    if outside:
        yield (
            f"{outside} of {counted(counts['labelled'], 'labelled unit')} not in SCORES: the "
            "correction holds only "
            "if the model errs in the scored articles as in the labelled ones"
        )
    elif counts["labelled"]:
        weight = float((1 / found.labelled["probability"]).sum())
        if not _LIKE[0] <= weight / counts["scored"] <= _LIKE[1]:
            yield (
                f"the labels stand for {counted(round(weight), 'unit')}, SCORES has "
                f"{counts['scored']}: the correction "
                "holds only if they were drawn from articles like the scored ones"
            )
    unread = set(found.scored["region"]) - set(found.labelled["region"])
    if unread and counts["labelled"]:
        yield f"no label from these regions, so no correction for them: {' '.join(sorted(unread))}"
    few = {str(row["group"]) for row in shares if 0 < row["labelled_articles"] < FEW_ARTICLES}
    if few:
        named = ", ".join(sorted(few)[:10])
        yield f"fewer than {FEW_ARTICLES} labelled articles, read the intervals with care: {named}"


def _write(done: Prevalence, output: Path) -> None:
    if output.suffix.lower() == ".json":
        write_json(asdict(done), output)
        return
    with writing(output, COLUMNS) as rows:
        rows.write(_share_row(row) for row in done.shares)
        rows.write(_difference_row(row) for row in done.differences)


def _share_row(row: dict[str, Any]) -> dict[str, Any]:
    low, high = row["corrected_share_interval"] or (None, None)
    needed = (row["labels_needed"] or {}).get("labels")
    return row | {"figure": "share", "low": low, "high": high, "labels_needed": needed}


def _difference_row(row: dict[str, Any]) -> dict[str, Any]:
    low, high = row["difference_interval"] or (None, None)
    told = {"raw_share": row["raw_difference"], "corrected_share": row["difference"]}
    return row | told | {"figure": "difference", "low": low, "high": high}
