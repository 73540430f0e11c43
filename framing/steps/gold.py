"""`framing labels gold`: answers to gold, through the gate of the codebook's `min_alpha`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from framing.codebook import Variable
from framing.errors import TableError
from framing.formats import check_suffix, writing
from framing.records import UNIT_COLUMNS
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from framing.labels import Gate, Gold, Method

COLUMNS = (*UNIT_COLUMNS, "variable", "value", "method", "support", "share", "posterior", "gate")


@dataclass(frozen=True, slots=True)
class GoldVariable:
    """Gold of one variable in numbers.

    Attributes
    ----------
    variable : str
    units : int
    methods : dict of str to int
        Units by how their value came to be; ``unresolved`` among them.
    values : dict of str to int
        Units by value.
    gates : list of Gate
        What fell short of the agreement that the codebook asks for.
    """

    variable: str
    units: int
    methods: dict[str, int]
    values: dict[str, int]
    gates: list["Gate"] = field(default_factory=list)


def gold_for(
    study: Study,
    table: "pd.DataFrame",
    variable: str,
    *,
    method: "Method" = "majority",
    min_share: float = 0.5,
) -> "Gold":
    """Settle a variable's units; agreement decides what the codebook's gate lets through.

    Parameters
    ----------
    study : Study
    table : DataFrame
        LABELS.
    variable : str
    method, min_share
        See `framing.labels.gold_of`.

    Raises
    ------
    TableError
        If there are no answers, or the gate refuses the variable.
    """
    from framing.labels import gold_of

    return gold_of(
        table,
        variable,
        study.codebook,
        method=method,
        min_share=min_share,
        gates=gates_for(study, table, variable),
    )


def gates_for(study: Study, table: "pd.DataFrame", variable: str) -> "list[Gate]":
    """Compare agreement with the codebook's `min_alpha`; nothing is computed if it asks for none."""
    known = study.codebook.variable(variable)
    if known is None or not known.gated:
        return []
    from framing.labels.gate import Gate, gates_of, merged_answer
    from framing.labels.usable import usable_answers

    answers, _ = usable_answers(table, variable, known)
    shown = set(answers.loc[answers["saw_suggestion"], "unit_id"])
    blind = answers[~answers["unit_id"].isin(shown)]
    merges = [gate for gate in gates_of(known, *_alphas(blind, known)) if gate.action == "merge"]
    into = {gate.value: gate.into for gate in merges}
    several = known.type == "several"
    joined = blind.assign(value=[merged_answer(str(value), into, several) for value in blind["value"]])
    # What is left is judged as gold will have it: with the merged values in one.
    others: list[Gate] = gates_of(known, *_alphas(joined, known))
    return [*merges, *(gate for gate in others if gate.action != "merge")]


def _alphas(answers: "pd.DataFrame", known: Variable) -> tuple[dict[str, float | None], dict[str, str]]:
    """Alpha by value, under the empty name that of the variable; and why it is undefined."""
    from framing.reliability import Draws, Ratings, agreement, agreement_by_value, level_of

    ratings = Ratings.from_answers(answers, known.names)
    draws = Draws(0)
    several = known.type == "several"
    found = [agreement(ratings, known.name, level_of(known), draws=draws)]
    found += agreement_by_value(ratings, known.name, known.names, several=several, draws=draws)
    undefined = {item.value: item.reasons["alpha"] for item in found if item.alpha is None}
    return {item.value: item.alpha for item in found}, undefined


def gold(
    study: Study,
    labels: Sequence[Path] = (),
    *,
    variables: Sequence[str] = (),
    method: "Method" = "majority",
    min_share: float = 0.5,
    output: Path,
) -> list[GoldVariable]:
    """Write gold of some or all variables with method, support and share of each unit.

    Parameters
    ----------
    study : Study
    labels : sequence of Path
        LABELS; none: the workspace's.
    variables : sequence of str
        None: all that occur.
    method, min_share
        See `framing.labels.gold_of`.
    output : Path
        Its ending decides the format.

    Raises
    ------
    TableError
        If there are no answers on a variable, or the gate refuses one.
    """
    from framing.labels import read_labels

    check_suffix(output)
    table = read_labels(study.label_paths(list(labels)), study.codebook)
    found = list(dict.fromkeys(table["variable"]))
    if not found:
        raise TableError("the labels hold no answers", hint="fetch answers with: framing pull")
    order = [variable.name for variable in study.codebook.variables if variable.name in found]
    names = variables or [*order, *sorted(set(found) - set(order))]
    golds = [gold_for(study, table, name, method=method, min_share=min_share) for name in names]
    with writing(output, COLUMNS) as rows:
        for item in golds:
            frame = item.table.astype(object).where(item.table.notna(), None)
            frame["share"] = [round(float(share), 6) for share in frame["share"]]
            rows.write({str(k): v for k, v in row.items()} for row in frame.to_dict("records"))
    return [_counted(item) for item in golds]


def _counted(item: "Gold") -> GoldVariable:
    values = [value for answer in item.resolved["value"] for value in str(answer).split("|") if value]
    methods = item.table["method"].value_counts()
    return GoldVariable(
        variable=item.variable,
        units=len(item.table),
        methods={str(name): int(count) for name, count in methods.sort_index().items()},
        values={name: values.count(name) for name in item.values},
        gates=list(item.gates),
    )
