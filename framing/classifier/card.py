"""The model card: what a model is, how it was tried, and what not to trust, as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def card(metrics: Mapping[str, Any]) -> str:
    """Write the card.

    Parameters
    ----------
    metrics : mapping
        What stands in ``metrics.json``.
    """
    return "\n".join([*_head(metrics), *_figures(metrics), *_limits(metrics), ""])


def _head(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Model {metrics['model']}"
    yield ""
    yield (
        f"Predicts the variable `{metrics['variable']}` of a unit. Learnt from {metrics['units']} units of "
        f"{metrics['articles']} articles; {metrics['unresolved']} units without a majority were left out."
    )
    if metrics.get("imported"):
        yield ""
        yield f"Its labels: {metrics['imported']}."
    for reason in metrics.get("gates", []):
        yield ""
        yield f"By the codebook's `min_alpha`: {reason}."
    yield ""
    yield f"Held out in testing: {metrics['held_out']}."


def _figures(metrics: Mapping[str, Any]) -> Iterator[str]:
    main = metrics["evaluation"]
    yield ""
    if main is None:
        yield "It was not tested: the labels hold one group only."
        return
    yield (
        f"Macro-F1 {_with(main, 'macro_f1')}, accuracy {_with(main, 'accuracy')}, expected calibration error "
        f"{main['ece']:.3f}. Intervals are 95 % bootstrap intervals that draw whole articles; each fold was "
        "calibrated by the other folds."
    )
    yield ""
    columns = ("value", "units", "articles", "precision", "recall", "f1", "f1_interval", "note")
    yield from table(main["by_value"], columns)
    yield from ("", "## Beside it", "")
    yield from table(list(_beside(metrics)), ("what", "macro_f1", "accuracy", "reason"))
    for column in ("outlet", "region"):
        yield from ("", f"## By {column}", "")
        yield from table(metrics[f"by_{column}"], (column, "units", "macro_f1", "accuracy", "note"))
    yield from ("", "## Learning curve", "")
    yield from table(metrics["learning_curve"], ("share", "groups", "units_learnt", "macro_f1", "accuracy"))
    yield from _worth(metrics["learning_curve"])
    yield from ("", "## Calibration (mean confidence, and the share that was right)", "")
    yield from table(main["reliability"], ("low", "high", "units", "confidence", "right"))
    yield from ("", "## Confusion (rows: gold, columns: predicted)", "")
    names = sorted({*main["confusion"], *(name for row in main["confusion"].values() for name in row)})
    rows = [{"gold": name} | main["confusion"].get(name, {}) for name in names]
    yield from table([{k: row.get(k, 0) for k in ("gold", *names)} for row in rows], ("gold", *names))


def _worth(curve: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the last doubling of labels brought: whether more are worth it."""
    if len(curve) > 1 and curve[-2]["share"] == 0.5 and curve[-1]["share"] == 1.0:
        gain = curve[-1]["macro_f1"] - curve[-2]["macro_f1"]
        yield from ("", f"The second half of the labels changed macro-F1 by {gain:+.3f}.")


def _beside(metrics: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    told = {
        "folds at random, articles torn apart": metrics["random_folds"],
        "each outlet by models that had not seen it": metrics["outlets_left_out"],
        "text only": metrics["text_only"],
        "always the commonest answer": metrics["baselines"]["majority"],
        "region only": metrics["baselines"]["region_only"],
        "the model that was here before": metrics["baselines"]["last_model"],
    }
    for what, figures in told.items():
        yield {"what": what} | dict(figures)


def _limits(metrics: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Largest weights", "")
    for value, words in metrics["largest_weights"].items():
        yield f"- `{value}`: {', '.join(words)}"
    yield from ("", "## What it learnt from", "")
    yield metrics["weighting"]


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """Rows as a Markdown table; what is missing stays empty."""
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for row in rows:
        yield f"| {' | '.join(_cell(row.get(name)) for name in columns)} |"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list | tuple):
        return " to ".join(_cell(item) for item in value)
    return str(value).replace("|", "\\|").replace("\n", " ")


def _with(figures: Mapping[str, Any], name: str) -> str:
    interval = figures[f"{name}_interval"]
    between = f" ({_cell(interval)})" if interval else ""
    return f"{figures[name]:.3f}{between}"
