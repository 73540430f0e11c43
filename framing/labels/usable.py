"""Which answers an analysis can use, and why the others were left out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framing.codebook import Variable
from framing.labels.read import answer_times, current_answers, of_people
from framing.records import ADJUDICATOR, MACHINE, TRAINING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Answers that were not used.

    Attributes
    ----------
    reason : str
    answers, units : int
    """

    reason: str
    answers: int
    units: int


def usable_answers(
    labels: "pd.DataFrame", variable: str, known: Variable | None
) -> tuple["pd.DataFrame", list[LeftOut]]:
    """Take each coder's current legal answer on a variable, and account for all others.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    variable : str
    known : Variable or None
        The variable as the codebook has it; None: every answer that is not empty is legal.

    Returns
    -------
    DataFrame
        LABELS rows; values of a `several` variable in codebook order.
    list of LeftOut
        Every other row of the variable, by reason.
    """
    own = labels[labels["variable"] == variable]
    machine, training = own["kind"] == MACHINE, own["sampling"] == TRAINING
    out = [
        _left(own[machine], "given by a machine, which is no coder of this kind"),
        _left(own[training & ~machine], "given in training, on units with known values"),
    ]
    own = of_people(own)
    out += [
        _left(own[own["withdrawn"]], "withdrawn: deleted in Label Studio"),
        _left(own[own["skipped"] & ~own["withdrawn"]], "skipped by the coder"),
        _left(
            own[~own["skipped"] & ~own["current"] & ~own["withdrawn"]],
            "replaced by the same coder's later answer in the round",
        ),
    ]
    answers = current_answers(own)
    marked = own[own["current"] & ~own["skipped"]]
    out.append(
        _left(
            marked[~marked.index.isin(answers.index)], "replaced by the same coder's answer in a later round"
        )
    )
    settled = answers["coder"] == ADJUDICATOR
    out.append(_left(answers[settled], "given by the adjudicator, who is not a coder"))
    answers, illegal = _legal(answers[~settled], known)
    return answers, [item for item in [*out, *illegal] if item.answers]


def repeated_answers(labels: "pd.DataFrame", variable: str, known: Variable | None) -> "pd.DataFrame":
    """Find the units that a coder answered on two occasions or more, whether `current` or not.

    A changed answer in the same Label Studio annotation is a correction, not a second occasion: its
    last version counts.

    Returns
    -------
    DataFrame
        ``coder unit_id article_id value occasion days``: the occasion from 1, and the days since the
        one before (missing where times are).
    """
    labels = of_people(labels)
    kept = ~labels["skipped"] & ~labels["withdrawn"] & (labels["coder"] != ADJUDICATOR)
    own, _ = _legal(labels[(labels["variable"] == variable) & kept], known)
    own = own.assign(at=answer_times(own["made_at"]))
    # The version that counts is the last one, whatever the server's clock said.
    own = own.sort_values(["current", "at"], kind="stable", na_position="first")
    within = ["coder", "unit_id", "round", "server", "project", "task", "annotation"]
    corrected = own.duplicated(within, keep="last") & own["annotation"].notna()
    own = own[~corrected].sort_values("at", kind="stable", na_position="first")
    grouped = own.groupby(["coder", "unit_id"], sort=False)
    days = grouped["at"].diff().dt.total_seconds() / 86400
    own = own.assign(occasion=grouped.cumcount() + 1, days=days)
    twice = grouped["unit_id"].transform("size") > 1
    return own.loc[twice, ["coder", "unit_id", "article_id", "value", "occasion", "days"]]


def _legal(answers: "pd.DataFrame", known: Variable | None) -> tuple["pd.DataFrame", list[LeftOut]]:
    if known is None:
        empty = answers["value"] == ""
        return answers[~empty], [_left(answers[empty], "no value")]
    parsed = {value: known.parse(value) for value in set(answers["value"])}
    legal = answers["value"].map(lambda value: parsed[value] is not None).astype(bool)
    bad = answers[~legal]
    out = [
        _left(part, f"{value!r} is not a value of the codebook" if value else "no value")
        for value, part in bad.groupby("value", sort=True)
    ]
    written = {value: "|".join(names) for value, names in parsed.items() if names is not None}
    kept = answers[legal]
    return kept.assign(value=kept["value"].map(written).astype("str")), out


def _left(rows: "pd.DataFrame", reason: str) -> LeftOut:
    return LeftOut(reason, len(rows), rows["unit_id"].nunique())
