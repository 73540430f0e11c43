"""Answers to gold: the one value a unit ends with, and how it came to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from framing.codebook import Codebook, Variable
from framing.errors import TableError
from framing.labels.gate import Gate, merged_answer, refuse_variable
from framing.labels.known import variable_in
from framing.labels.read import current_answers, of_people
from framing.records import ADJUDICATOR, UNIT_COLUMNS
from framing.tables import GOLD

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Method = Literal["majority", "dawid-skene"]
METHODS: tuple[Method, ...] = ("majority", "dawid-skene")
_CONTEXT = ("region_before", "region_after")


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold of one variable.

    Attributes
    ----------
    table : DataFrame
        One row a unit: unit columns, `region_before`, `region_after`, then ``variable value method
        support share posterior gate``. `method` is ``adjudicated``, ``majority``, ``dawid-skene``,
        ``single`` or ``unresolved`` (then `value` is empty); `support` counts the answers, `share`
        is the part that agrees with `value`, 0 to 1; `posterior` is Dawid & Skene's probability of
        `value`, missing under other methods; `gate` says what the codebook's `min_alpha` did.
    variable : str
        Which variable.
    values : tuple of str
        The legal values: the codebook's, else those that occur, sorted; without those that the gate
        refused or merged.
    several : bool
        Whether a unit can have several values.
    gates : tuple of Gate
        What fell short of the agreement that the codebook asks for.
    """

    table: "pd.DataFrame"
    variable: str
    values: tuple[str, ...]
    several: bool
    gates: tuple[Gate, ...] = ()

    @property
    def resolved(self) -> "pd.DataFrame":
        """The units that have a value."""
        return self.table[self.table["method"] != "unresolved"]

    @property
    def unresolved(self) -> int:
        """How many units stay open until someone settles them."""
        return len(self.table) - len(self.resolved)


def gold_of(
    labels: "pd.DataFrame",
    variable: str,
    codebook: Codebook | None,
    *,
    method: Method = "majority",
    min_share: float = 0.5,
    gates: Sequence[Gate] = (),
) -> Gold:
    """Settle each unit by its adjudicator, else by its coders; ties and low agreement stay open.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    variable : str
        One of the variables in it.
    codebook : Codebook or None
        Gives the legal values; a variable that it does not have brings its own (see `variable_in`), and an
        empty answer on it is none.
    method : {"majority", "dawid-skene"}
        How coders' answers are weighed.
    min_share : float
        The share of coders (``majority``) or the probability (``dawid-skene``) that a value needs,
        0.5 to 1; a strict majority in any case.
    gates : sequence of Gate
        What fell short of the codebook's `min_alpha`.

    Raises
    ------
    TableError
        If no answer on the variable is there, one is not in the codebook, or the gate refuses the
        variable.
    """
    _check(method, min_share)
    refuse_variable(gates)
    answers = _answers(labels, variable)
    known = variable_in(answers, variable, codebook)
    if known is None:
        answers = answers[answers["value"] != ""]
    else:
        refuse_unknown(answers, known)
    several = known is not None and known.type == "several"
    values = known.names if known else tuple(sorted(set(answers["value"])))
    merged = {gate.value: gate.into for gate in gates if gate.action == "merge"}
    touched = {gate.reason: _giving(answers, gate.value, several) for gate in gates if gate.value}
    values = tuple(value for value in values if value not in merged)
    answers = answers.assign(value=[merged_answer(str(value), merged, several) for value in answers["value"]])
    table = _settled(answers, values, several, method, min_share)
    refused = {gate.value for gate in gates if gate.action == "refuse"}
    table = _gated(table, gates, touched, several)
    return Gold(
        table, variable, tuple(value for value in values if value not in refused), several, tuple(gates)
    )


def refuse_unknown(answers: "pd.DataFrame", variable: Variable) -> None:
    """Raise if an answer is not legal by the codebook, naming the first and counting the rest.

    Raises
    ------
    TableError
    """
    parsed = {value: variable.parse(value) for value in set(answers["value"])}
    bad = answers[[parsed[value] is None for value in answers["value"]]]
    if bad.empty:
        return
    first = bad.iloc[0]
    more = f" ({len(bad)} such answers)" if len(bad) > 1 else ""
    raise TableError(
        f"{first['file']}: row {first['row']}, variable {variable.name}: found {first['value']!r}{more}, "
        f"expected {' '.join(variable.names)}",
        hint="mend the labels, or name the value in config/codebook.yaml",
    )


def _check(method: str, min_share: float) -> None:
    if method not in METHODS:
        raise TableError(
            f"no method {method!r} for gold, expected {' '.join(METHODS)}", hint="leave out --method"
        )
    if not 0.5 <= min_share <= 1:
        raise TableError(
            f"a least share of {min_share:g}, expected 0.5 to 1", hint="for instance --min-share 0.6"
        )


def _answers(labels: "pd.DataFrame", variable: str) -> "pd.DataFrame":
    answers = of_people(current_answers(labels))
    answers = answers[answers["variable"] == variable]
    if answers.empty:
        found = " ".join(sorted(set(labels["variable"]))) or "none"
        raise TableError(
            f"no answers on the variable {variable!r}, found answers on: {found}",
            hint="name labels of that variable; train and labels gold take --variable; or: framing pull",
        )
    return answers


def _settled(
    answers: "pd.DataFrame", values: tuple[str, ...], several: bool, method: Method, min_share: float
) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd

    last = answers.drop_duplicates("unit_id", keep="last").set_index("unit_id", drop=False)
    order = answers["unit_id"].drop_duplicates()
    table = last.loc[order].reindex(columns=[*UNIT_COLUMNS, *_CONTEXT], fill_value="").reset_index(drop=True)
    final = answers[answers["coder"] == ADJUDICATOR]
    voters = pd.concat([final, answers[~answers["unit_id"].isin(set(final["unit_id"]))]])
    units = pd.Index(order).get_indexer(voters["unit_id"])
    support = np.bincount(units, minlength=len(order))
    adjudicated = order.isin(set(final["unit_id"])).to_numpy()
    chosen, posterior = _chosen(voters, units, values, several, method, min_share)
    same = [vote == chosen[unit] for vote, unit in zip(_sets(voters, values, several), units, strict=True)]
    agreeing = np.bincount(units, weights=same, minlength=len(order))
    how = np.where(support == 1, "single", method) if method == "majority" else np.full(len(order), method)
    how = np.where(adjudicated, "adjudicated", how)
    table["variable"] = answers["variable"].iloc[0]
    table["value"] = ["" if value is None else value for value in chosen]
    table["method"] = ["unresolved" if v is None else str(m) for v, m in zip(chosen, how, strict=True)]
    table["support"] = support
    table["share"] = agreeing / support
    # An adjudicator's word is not a probability; None, not NaN, as elsewhere where text may be missing.
    known = (method == "dawid-skene") & ~adjudicated
    table["posterior"] = pd.Series(
        [round(float(p), 6) if ok else None for p, ok in zip(posterior, known, strict=True)], dtype=object
    )
    return table[[*UNIT_COLUMNS, *_CONTEXT, *GOLD.columns[len(UNIT_COLUMNS) :], "posterior"]]


def _sets(voters: "pd.DataFrame", values: tuple[str, ...], several: bool) -> list[str]:
    """Answers as written in gold: a set's values in the codebook's order."""
    if not several:
        return [str(value) for value in voters["value"]]
    written = {a: "|".join(v for v in values if v in a.split("|")) for a in set(voters["value"])}
    return [written[value] for value in voters["value"]]


def _chosen(
    voters: "pd.DataFrame",
    units: "np.ndarray[Any, Any]",
    values: tuple[str, ...],
    several: bool,
    method: Method,
    min_share: float,
) -> tuple[list[str | None], "np.ndarray[Any, Any]"]:
    """Give each unit's value, None where it stays open, and how probable it is."""
    import numpy as np
    import pandas as pd

    from framing.labels.votes import Votes, dawid_skene, shares

    weigh = dawid_skene if method == "dawid-skene" else shares
    coders, names = pd.factorize(voters["coder"])
    size = int(units.max()) + 1
    if not several:
        place = {value: index for index, value in enumerate(values)}
        given = np.array([place[value] for value in voters["value"]])
        found = weigh(Votes(units, coders, given, (size, len(names), len(values))))
        best, top = found.argmax(axis=1), found.max(axis=1)
        clear = (top > 0.5) & (top >= min_share)
        return [values[b] if ok else None for b, ok in zip(best, clear, strict=True)], top
    has = {a: [v in a.split("|") for v in values] for a in set(voters["value"])}
    held = np.array([has[value] for value in voters["value"]], dtype=np.int64)
    yes = np.stack(
        [weigh(Votes(units, coders, column, (size, len(names), 2)))[:, 1] for column in held.T],
        axis=1,
    )
    sure = np.maximum(yes, 1 - yes)
    clear = ((sure > 0.5) & (sure >= min_share)).all(axis=1)
    rows = [
        "|".join(v for v, p in zip(values, row, strict=True) if p > 0.5) if ok else None
        for row, ok in zip(yes, np.asarray(clear), strict=True)
    ]
    return rows, sure.min(axis=1)


def _giving(answers: "pd.DataFrame", value: str, several: bool) -> set[str]:
    """Units to which any coder gave the value."""
    given = [value in answer.split("|") if several else answer == value for answer in answers["value"]]
    return set(answers.loc[given, "unit_id"])


def _gated(
    table: "pd.DataFrame", gates: Sequence[Gate], touched: Mapping[str, set[str]], several: bool
) -> "pd.DataFrame":
    """Write the gate's reasons beside the units that they concern, and take out what is refused."""
    rows = zip(table["unit_id"], table["value"], table["method"], strict=True)
    found = [_gate_of(*row, gates, touched, several) for row in rows]
    columns = zip(*found, strict=True)
    return table.assign(**dict(zip(("value", "method", "gate"), map(list, columns), strict=True)))


def _gate_of(
    unit: str,
    value: str,
    method: str,
    gates: Sequence[Gate],
    touched: Mapping[str, set[str]],
    several: bool,
) -> tuple[str, str, str]:
    told = []
    for gate in gates:
        held = value.split("|") if several else [value]
        if gate.value and ((gate.into or gate.value) not in held or unit not in touched[gate.reason]):
            continue
        told.append(gate.reason)
        if gate.action == "refuse" and several:
            value = "|".join(name for name in held if name != gate.value)
        elif gate.action == "refuse":
            value, method = "", "unresolved"
    return value, method, "; ".join(told)
