"""`framing reliability`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.cli.options import Json, Labels, Output, WorkspaceOption
from framing.cli.output import print_json, print_table, say
from framing.plural import counted

if TYPE_CHECKING:
    from framing.steps.recal import Recal
    from framing.steps.reliability import Reliability, VariableAgreement

NOT_MET = 3
_LONGEST_LIST = 10


def reliability(
    labels: Labels = None,
    variable: Annotated[
        list[str] | None, typer.Option(metavar="V", help="Only this variable; may be repeated.")
    ] = None,
    at_least: Annotated[
        float | None,
        typer.Option(
            metavar="X", min=-1, max=1, help="End with code 3 if alpha of a variable is below X or undefined."
        ),
    ] = None,
    draws: Annotated[int, typer.Option(min=0, help="Bootstrap draws; 0: no intervals.")] = 1000,
    output: Output = None,
    units: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the raw table, units by coders, for R."),
    ] = None,
    recal: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one variable's answers as ReCal reads them."),
    ] = None,
    more: Annotated[
        list[int] | None, typer.Option(min=1, metavar="N", help="Plan: the interval with N more units.")
    ] = None,
    width: Annotated[
        list[float] | None,
        typer.Option(min=0.001, max=2, metavar="W", help="Plan: units that an interval of this width needs."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: Json = False,
) -> None:
    """Agreement of the coders on each variable and value, with intervals over articles."""
    from framing.reliability.planning import MORE_UNITS, WIDTHS
    from framing.steps.reliability import Options
    from framing.steps.reliability import reliability as run
    from framing.steps.study import Study

    options = Options(
        variables=variable or (),
        at_least=at_least,
        draws=draws,
        more=more or MORE_UNITS,
        widths=width or WIDTHS,
    )
    study = Study.find(workspace)
    found = run(study, labels or [], options=options, output=output, units=units, recal=recal)
    if as_json:
        print_json(found)
    else:
        for item in found.variables:
            _print(item, found)
    if found.recal:
        _say_recal(found.recal, recal)
    for line in found.warnings:
        say(f"warning: {line}")
    if found.not_met:
        say(f"alpha is below {at_least:g} or undefined: {' '.join(found.not_met)}")
        raise typer.Exit(NOT_MET)


def _say_recal(written: "Recal", file: Path | None) -> None:
    codes = ", ".join(f"{code} {value}" for value, code in written.codes.items())
    say(f"{file}: {counted(written.units, 'unit')}; columns: {' '.join(written.coders)}; {codes}")
    if written.left_out:
        say(f"left out of it: {counted(written.left_out, 'unit')} that not all of them coded")


def _print(item: "VariableAgreement", result: "Reliability") -> None:
    typer.echo(f"{item.text}\n")
    rows = [
        _row("(the variable)", item, result),
        *(_row(value.value, value, result) for value in item.values),
    ]
    columns = ["value", "prevalence", "alpha", "mark", "agree", "AC1", "Fleiss"]
    print_table(
        rows,
        columns,
        f"{item.variable}: {counted(item.units, 'unit')}, {counted(item.coders, 'coder')}, alpha "
        f"{item.level}",
    )
    for one in (item, *item.values):
        for line in _missing(one.reasons):
            typer.echo(f"  {one.value or item.variable}: {line}")
    _print_pairs(item)
    _print_conditions(item, result)
    _print_where(item)
    _print_used(item)
    _print_plan(item, result)


def _row(name: str, item: Any, result: "Reliability") -> dict[str, Any]:
    from framing.reliability.describe import verdict

    return {
        "value": name,
        "prevalence": _percent(item.prevalence),
        "alpha": _figure(item.alpha, item.alpha_interval),
        "mark": verdict(item.alpha, result.thresholds),
        "agree": _percent(item.percent_agreement, item.percent_agreement_interval),
        "AC1": _figure(item.ac1, item.ac1_interval),
        "Fleiss": _figure(item.fleiss_kappa, item.fleiss_kappa_interval),
        "units": item.units,
        "articles": item.articles or None,
    }


def _missing(reasons: dict[str, str]) -> list[str]:
    """Say each reason once, with all the figures that it keeps away."""
    names: dict[str, list[str]] = {}
    for name, why in reasons.items():
        shown = "an interval" if name.endswith("_interval") else name.replace("_", " ")
        names.setdefault(why, []).append(shown)
    return [f"not given: {', '.join(dict.fromkeys(found))}: {why}" for why, found in names.items()]


def _figure(value: float | None, interval: list[float] | None) -> str:
    from framing.reliability.describe import number

    if value is None:
        return "undefined"
    ends = f" [{number(interval[0], 3)}, {number(interval[1], 3)}]" if interval else ""
    return number(value, 3) + ends


def _percent(value: float | None, interval: list[float] | None = None) -> str | None:
    if value is None:
        return None
    ends = f" [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]" if interval else ""
    return f"{100 * value:.1f} %{ends}"


def _print_pairs(item: "VariableAgreement") -> None:
    """Draw the matrix of Cohen's kappa, the units that two coders share in brackets."""
    pairs = [pair for pair in item.pairs if not pair.value]
    if len(pairs) == 1:
        only = pairs[0]
        kappa = _figure(only.cohen_kappa, only.cohen_kappa_interval)
        typer.echo(
            f"\nCohen's kappa of {only.coder_a} and {only.coder_b} on {counted(only.units, 'unit')}: {kappa}"
        )
        return
    names = sorted({name for pair in pairs for name in (pair.coder_a, pair.coder_b)})
    cells: dict[str, dict[str, Any]] = {name: {"coder": name} for name in names}
    for pair in pairs:
        cells[pair.coder_b][pair.coder_a] = f"{_figure(pair.cohen_kappa, None)} ({pair.units})"
    if pairs:
        print_table(
            [cells[name] for name in names[1:]], ["coder", *names[:-1]], "Cohen's kappa by pair (units)"
        )


def _print_conditions(item: "VariableAgreement", result: "Reliability") -> None:
    columns = ["part", "group", "units", "alpha", "mark", "agree", "AC1", "Fleiss"]
    rows = [
        _row("", part, result)
        | {"part": part.by.replace("codebook", "codebook version"), "group": part.group}
        for part in item.conditions
    ]
    if rows:
        print_table(rows, columns, "By condition")
    from framing.reliability import Agreement

    own = []
    for row in item.intra_coder:
        days = row["days"]
        found = Agreement(**{name: value for name, value in row.items() if name != "days"})
        own.append(_row("", found, result) | {"coder": found.group, "days": days})
    if own:
        print_table(
            own, ["coder", "units", "days", "alpha", "mark", "agree", "AC1"], "Coders with themselves"
        )


def _print_where(item: "VariableAgreement") -> None:
    shares = [{"coder": row["coder"], "answers": row["answers"]} | row["shares"] for row in item.coder_shares]
    if shares:
        print_table(shares, list(shares[0]), "Shares of answers by coder, on units with two coders or more")
    confused = [
        row | {side: row[side] or "(none)" for side in ("answer_a", "answer_b")}
        for row in item.confusions[:_LONGEST_LIST]
    ]
    if confused:
        print_table(
            confused, ["answer_a", "answer_b", "pairs", "share"], "Most confused (share of differences)"
        )
    rows = [
        {
            "unit_id": row["unit_id"],
            "differ": row["disagreement"],
            "answers": ", ".join(
                f"{coder}: {answer or '(none)'}" for coder, answer in row["answers"].items()
            ),
            "text": _short(str(row["text"])),
        }
        for row in item.disagreements[:_LONGEST_LIST]
    ]
    if rows:
        print_table(rows, list(rows[0]), "Units with the most disagreement")


def _short(text: str, longest: int = 70) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def _print_used(item: "VariableAgreement") -> None:
    told = ", ".join(f"{name} {count}" for name, count in item.sampling.items())
    drawn = f" (drawn: {told})" if told else ""
    typer.echo(
        f"\nused: {counted(item.answers, 'answer')} of {counted(item.coders, 'coder')} on "
        f"{counted(item.units, 'unit')}{drawn}"
    )
    for left in item.left_out:
        typer.echo(
            f"left out: {counted(left.answers, 'answer')} on {counted(left.units, 'unit')}: {left.reason}"
        )


def _print_plan(item: "VariableAgreement", result: "Reliability") -> None:
    plan = item.plan
    if plan.width is None:
        typer.echo(f"how many more: {plan.reason}\n")
        return
    typer.echo(
        f"\nThe {100 * result.confidence:g} % interval of alpha is {plan.width:.3f} wide. "
        "If coders agree as now, "
        + (
            "and units come from new articles as now:"
            if item.articles
            else "and new units are drawn as these were:"
        )
    )
    columns = ["more_units", "units", *(["articles"] if item.articles else []), "width"]
    print_table(plan.with_more, columns, "With more units coded by two or more")
    print_table(plan.for_width, ["width", *columns[:-1]], "For a wanted width")
