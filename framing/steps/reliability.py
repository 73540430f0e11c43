"""`framing reliability`: how far the coders agree, on what, under which conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import __version__
from framing.codebook import Codebook
from framing.errors import TableError
from framing.formats import check_suffix, write_json, writing
from framing.records import former_unit
from framing.reliability import (
    Agreement,
    Draws,
    PairAgreement,
    Plan,
    Ratings,
    agreement,
    agreement_by_pair,
    agreement_by_value,
    coverage,
    describe,
    details,
    level_of,
    plan,
)
from framing.reliability.planning import MORE_UNITS, WIDTHS
from framing.steps.recal import Recal, write_recal
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from framing.labels.usable import LeftOut

COLUMNS = (
    "variable value by group level units coders answers articles prevalence "
    "alpha alpha_low alpha_high alpha_mark percent_agreement percent_agreement_low percent_agreement_high "
    "ac1 ac1_low ac1_high fleiss_kappa fleiss_kappa_low fleiss_kappa_high reasons"
).split()
_COEFFICIENTS = ("alpha", "percent_agreement", "ac1", "fleiss_kappa")


@dataclass(frozen=True, slots=True)
class Options:
    """What a report on reliability is to hold.

    Attributes
    ----------
    variables : sequence of str
        Only these; empty: all that occur.
    at_least : float or None
        What alpha of each variable must reach.
    draws : int
        Of the bootstrap; 0: no intervals.
    confidence : float
        0 to 1.
    more, widths : sequence
        For which numbers of further units, and which widths of alpha's interval, to plan.
    """

    variables: Sequence[str] = ()
    at_least: float | None = None
    draws: int = 1000
    confidence: float = 0.95
    more: Sequence[int] = MORE_UNITS
    widths: Sequence[float] = WIDTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableAgreement(Agreement):
    """All that is known of the agreement on one variable.

    Attributes
    ----------
    text : str
        The main figures as sentences for a methods section.
    mark : str
        Where alpha stands among the thresholds.
    values : list of Agreement
        Each value against the rest.
    pairs : list of PairAgreement
        Each two coders, on the variable (empty `value`) and on each value.
    conditions : list of Agreement
        Blind units and units with a suggestion shown; by round; by version of the codebook.
    intra_coder : list of dict
        Agreement of coders with themselves: an `Agreement` and ``days`` (median between occasions).
    coder_shares, confusions, disagreements : list of dict
        Shares of answers by coder; which answers are confused; the units with most disagreement.
    sampling : dict of str to int
        How the units were drawn, with their number.
    plan : Plan
        What more units would bring.
    left_out : list of LeftOut
        Answers that were not used, and why.
    """

    text: str = ""
    mark: str = ""
    values: list[Agreement] = field(default_factory=list)
    pairs: list[PairAgreement] = field(default_factory=list)
    conditions: list[Agreement] = field(default_factory=list)
    intra_coder: list[dict[str, Any]] = field(default_factory=list)
    coder_shares: list[dict[str, Any]] = field(default_factory=list)
    confusions: list[dict[str, Any]] = field(default_factory=list)
    disagreements: list[dict[str, Any]] = field(default_factory=list)
    sampling: dict[str, int] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Plan(None))
    left_out: list["LeftOut"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Agreement on every variable.

    Attributes
    ----------
    variables : list of VariableAgreement
    warnings : list of str
        What a reader must know before using the figures.
    thresholds : list of float
        From which alpha agreement counts as tentative and as reliable.
    at_least : float or None
        What was asked for.
    not_met : list of str
        Variables whose alpha is below it, or undefined.
    confidence : float
    draws, seed : int
    recal : Recal or None
        What the table for ReCal holds, if one was asked for.
    version : str
        Of this package.
    """

    variables: list[VariableAgreement]
    warnings: list[str]
    thresholds: list[float]
    at_least: float | None
    not_met: list[str]
    confidence: float
    draws: int
    seed: int
    recal: Recal | None = None
    version: str = __version__


def reliability(
    study: Study,
    labels: Sequence[Path] = (),
    *,
    options: Options | None = None,
    output: Path | None = None,
    units: Path | None = None,
    recal: Path | None = None,
) -> Reliability:
    """Compute agreement on each variable and value, with intervals over whole articles.

    Parameters
    ----------
    study : Study
    labels : sequence of Path
        LABELS; none: the workspace's.
    options : Options, optional
    output : Path, optional
        Takes the coefficients, one row for each variable, value and condition; ``.json``: everything.
    units : Path, optional
        Takes the raw answers, one row a unit, one column a coder, for R.
    recal : Path, optional
        Takes the answers on the one variable as ReCal reads them; see `write_recal`.

    Raises
    ------
    TableError
        If there are no labels, or none on a variable asked for; if `recal` is asked for and there are
        several variables, or no unit that all coders coded.
    """
    from framing.labels import read_labels

    options = options or Options()
    for path in (output, units):
        if path:
            check_suffix(path)
    table = read_labels(study.label_paths(list(labels)), study.codebook)
    draws = Draws(options.draws, options.confidence, study.settings.seed)
    thresholds = study.settings.alpha_thresholds
    parts = [
        _Part(table, name, study.codebook, draws)
        for name in _chosen(table, study.codebook, options.variables)
    ]
    if recal and len(parts) > 1:
        raise TableError(
            f"{recal}: a table for ReCal holds one variable, found answers on: "
            + " ".join(part.name for part in parts),
            hint="name one of these with --variable",
        )
    found = [part.described(options, thresholds) for part in parts]
    result = Reliability(
        variables=found,
        warnings=[
            *_names(study, table),
            *(line for part, item in zip(parts, found, strict=True) for line in part.warnings(item)),
        ],
        thresholds=list(thresholds),
        at_least=options.at_least,
        not_met=_not_met(found, options.at_least),
        confidence=options.confidence,
        draws=options.draws,
        seed=study.settings.seed,
        recal=write_recal(parts[0].blind.pairable, recal) if recal else None,
    )
    if output:
        _write(result, output)
    if units:
        _write_units(parts, units)
    return result


def _names(study: Study, table: "pd.DataFrame") -> list[str]:
    """Names in the settings that stand for two people, and coders of these labels who are one."""
    from framing.labels.people import doubtful_names, two_names

    names = study.settings.coders
    return [*doubtful_names(names), *two_names(set(table["coder"]), names)]


def _chosen(table: "pd.DataFrame", codebook: Codebook, wanted: Sequence[str]) -> list[str]:
    found = set(table["variable"])
    known = [variable.name for variable in codebook.variables if variable.name in found]
    names = known + sorted(found - set(known))
    missing = [name for name in wanted if name not in found]
    if missing or not names:
        found_on = " ".join(names) or "none"
        raise TableError(
            f"no answers on {' '.join(missing) or 'any variable'}, found answers on: {found_on}",
            hint="name one of these with --variable, or fetch answers with: framing pull",
        )
    return [name for name in names if not wanted or name in wanted]


class _Part:
    """The answers on one variable, blind and not, as ratings."""

    def __init__(self, table: "pd.DataFrame", name: str, codebook: Codebook, draws: Draws) -> None:
        from framing.labels.known import variable_in
        from framing.labels.usable import LeftOut, usable_answers

        self.name, self.known, self.draws = name, variable_in(table, name, codebook), draws
        self.labels = table[table["variable"] == name]
        self.level = level_of(self.known)
        self.several = self.known is not None and self.known.type == "several"
        self.answers, self.left_out = usable_answers(self.labels, name, self.known)
        shown = set(self.answers.loc[self.answers["saw_suggestion"], "unit_id"])
        self.saw = self.answers["unit_id"].isin(shown)
        if shown:
            reason = "a coder of the unit was shown a suggestion (see by suggestion)"
            self.left_out.append(LeftOut(reason, int(self.saw.sum()), len(shown)))
        self.blind = self._ratings(self.answers[~self.saw])
        alone = len(self.blind.units) - len(self.blind.pairable.units)
        if alone:
            self.left_out.append(LeftOut("the unit has one coder only", alone, alone))

    @property
    def values(self) -> list[str]:
        names = list(self.known.names) if self.known else []
        return names or list(self.blind.answers)

    def _ratings(self, answers: "pd.DataFrame") -> Ratings:
        return Ratings.from_answers(answers, self.known.names if self.known else ())

    def described(self, options: Options, thresholds: Sequence[float]) -> VariableAgreement:
        """Compute everything on the variable."""
        whole = agreement(self.blind, self.name, self.level, draws=self.draws)
        pairable = self.blind.pairable
        pairs = agreement_by_pair(pairable, self.name, draws=self.draws)
        for value in self.values:
            against = pairable.against_rest(value, several=self.several)
            pairs += agreement_by_pair(against, self.name, value=value, draws=self.draws)
        return VariableAgreement(
            **{item.name: getattr(whole, item.name) for item in fields(Agreement)},
            text=describe.sentence(whole, self.draws),
            mark=describe.verdict(whole.alpha, thresholds),
            values=agreement_by_value(
                self.blind, self.name, self.values, several=self.several, draws=self.draws
            ),
            pairs=pairs,
            conditions=self._conditions(),
            intra_coder=self._intra_coder(),
            coder_shares=details.coder_shares(self.blind, self.values, several=self.several),
            confusions=details.confusions(self.blind),
            disagreements=self._disagreements(),
            sampling=self._sampling(),
            plan=plan(whole, options.more, options.widths),
            left_out=self.left_out,
        )

    def _conditions(self) -> list[Agreement]:
        from framing.labels.usable import usable_answers

        rows = []
        if self.saw.any():
            rows.append(self._under("suggestion", "blind", self.answers[~self.saw]))
            rows.append(self._under("suggestion", "shown", self.answers[self.saw]))
        blind = self.labels[~self.labels["unit_id"].isin(set(self.answers.loc[self.saw, "unit_id"]))]
        for by in ("round", "codebook"):
            groups = sorted({str(name) for name in blind[by]} - {""})
            for group in groups if len(groups) > 1 else ():
                part, _ = usable_answers(blind[blind[by] == group], self.name, self.known)
                rows.append(self._under(by, group, part))
        return rows

    def _under(self, by: str, group: str, answers: "pd.DataFrame") -> Agreement:
        found = agreement(self._ratings(answers), self.name, self.level, draws=self.draws)
        return replace(found, by=by, group=group)

    def _intra_coder(self) -> list[dict[str, Any]]:
        from framing.labels.usable import repeated_answers

        twice = repeated_answers(self.labels, self.name, self.known)
        parts = [(str(coder), part) for coder, part in twice.groupby("coder", sort=True)]
        if len(parts) > 1:
            parts.insert(0, ("all", twice))
        rows = []
        for coder, part in parts:
            occasions = part.assign(
                unit_id=part["coder"] + " " + part["unit_id"].map(former_unit),
                coder=part["occasion"].map("{:03d}".format),
            )
            found = self._under("intra_coder", coder, occasions)
            found = replace(found, coders=part["coder"].nunique())
            gaps = part["days"].dropna()
            rows.append(asdict(found) | {"days": round(float(gaps.median()), 2) if len(gaps) else None})
        return rows

    def _disagreements(self) -> list[dict[str, Any]]:
        rows = details.disagreements(self.blind)
        first = self.answers.drop_duplicates("unit_id").set_index("unit_id")
        context = ("source", "region", "text")
        return [row | {name: str(first.at[row["unit_id"], name]) for name in context} for row in rows]

    def _sampling(self) -> dict[str, int]:
        units = self.answers[self.answers["unit_id"].isin(self.blind.pairable.units)]
        kinds = units.groupby("unit_id")["sampling"].agg(lambda kinds: " + ".join(sorted(set(kinds) - {""})))
        return {str(kind or "(not known)"): int(n) for kind, n in kinds.value_counts(sort=False).items()}

    def warnings(self, found: VariableAgreement) -> list[str]:
        """Say what a reader must know first."""
        from framing.labels.kinds import imported_note

        imported = imported_note(self.answers)
        told = [imported] if imported else []
        if found.alpha_interval is not None:
            if not self.blind.by_article:
                told.append("no unit has an article: units were drawn one by one, as if independent")
            few = (
                coverage.warning(found.articles) if found.articles else coverage.warning(found.units, "unit")
            )
            told += [few] if few else []
        told += coverage.rare_values(found.values) if self.blind.by_article else []
        if any("uncertain" in kind for kind in found.sampling):
            told.append(
                "some units were chosen where a model was uncertain: their agreement is not the corpus'"
            )
        if len({str(name) for name in self.answers["codebook"]} - {""}) > 1:
            told.append("answers by more than one version of the codebook are pooled (see by codebook)")
        if found.alpha is None:
            told.append(f"alpha is undefined: {found.reasons['alpha']}")
        return [f"{self.name}: {line}" for line in told]

    def raw(self) -> list[Mapping[str, Any]]:
        """Give units × coders with the variable's name."""
        return [{"variable": self.name} | row for row in details.raw_table(self.blind)]


def _not_met(found: Sequence[VariableAgreement], at_least: float | None) -> list[str]:
    if at_least is None:
        return []
    return [item.variable for item in found if item.alpha is None or item.alpha < at_least]


def flat(result: Reliability) -> list[dict[str, Any]]:
    """Give one row for each variable, value and condition; intervals as two columns."""
    rows = []
    for variable in result.variables:
        intra = [Agreement(**{k: v for k, v in row.items() if k != "days"}) for row in variable.intra_coder]
        for item in (variable, *variable.values, *variable.conditions, *intra):
            row = {name: getattr(item, name) for name in COLUMNS if hasattr(item, name)}
            for name in _COEFFICIENTS:
                low, high = getattr(item, f"{name}_interval") or (None, None)
                row |= {f"{name}_low": low, f"{name}_high": high}
            row["alpha_mark"] = describe.verdict(item.alpha, result.thresholds)
            row["reasons"] = "; ".join(f"{name}: {why}" for name, why in item.reasons.items())
            rows.append(row)
    return rows


def _write(result: Reliability, output: Path) -> None:
    if output.suffix.lower() == ".json":
        write_json(asdict(result), output)
        return
    with writing(output, COLUMNS) as rows:
        rows.write(flat(result))


def _write_units(parts: Sequence[_Part], file: Path) -> None:
    coders = sorted({coder for part in parts for coder in part.blind.coders})
    with writing(file, ["variable", "unit_id", *coders]) as rows:
        for part in parts:
            rows.write(part.raw())
