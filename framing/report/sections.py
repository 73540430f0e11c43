"""Figures as the report's sections show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from framing.plural import counted
from framing.report.look import coefficient, percent, thousands


def model_view(model: str, description: Mapping[str, Any], colours: Mapping[str, str]) -> dict[str, Any]:
    """What the model's section shows.

    Parameters
    ----------
    model : str
        ``name@hash``.
    description : mapping
        The model's, with ``metrics`` (None if it came without).
    colours : mapping of str to str
        A colour for each value.
    """
    metrics = description["metrics"] or {}
    tested = metrics.get("evaluation")
    trained = description.get("trained_on") or {}
    return {
        "model": model,
        "variable": description["variable"],
        "units": metrics.get("units", trained.get("units")),
        "articles": metrics.get("articles"),
        "held_out": metrics.get("held_out", ""),
        "gates": metrics.get("gates", []),
        "evaluation": tested,
        "confusion": _confusion(tested["confusion"], description["values"]) if tested else None,
        "beside": _beside(metrics) if tested else [],
        "by_outlet": metrics.get("by_outlet", []),
        "by_region": metrics.get("by_region", []),
        "curve": [point for point in metrics.get("learning_curve", []) if point.get("macro_f1") is not None],
        "weights": [
            {"name": name, "colour": colours.get(name, "#757575"), "words": words}
            for name, words in metrics.get("largest_weights", {}).items()
        ],
    }


def _confusion(counts: Mapping[str, Mapping[str, int]], order: Sequence[str]) -> dict[str, Any]:
    found = {*counts, *(name for row in counts.values() for name in row)}
    names = [name for name in order if name in found] + sorted(found - set(order))
    rows = []
    for name in names:
        row = [counts.get(name, {}).get(other, 0) for other in names]
        total = sum(row)
        cells = [{"count": count, "share": count / total if total else 0.0} for count in row]
        rows.append({"name": name, "cells": cells, "total": total})
    return {"names": names, "rows": rows}


def _beside(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    baselines = metrics.get("baselines", {})
    told = {
        "this model": metrics.get("evaluation"),
        "this model, folds at random (articles torn apart)": metrics.get("random_folds"),
        "this model, each outlet not seen before": metrics.get("outlets_left_out"),
        "text only, without the place on the page": metrics.get("text_only"),
        "region only": baselines.get("region_only"),
        "always the commonest answer": baselines.get("majority"),
        "the model that was here before": baselines.get("last_model"),
    }
    return [
        {
            "what": what,
            "macro_f1": figures.get("macro_f1"),
            "accuracy": figures.get("accuracy"),
            "reason": figures.get("reason", ""),
        }
        for what, figures in told.items()
        if figures
    ]


def value_view(value: str, colour: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One value's share over everything and by outlet, the highest first.

    Parameters
    ----------
    value, colour : str
    rows : sequence of mapping
        As in `framing.steps.prevalence.Prevalence.shares`.
    """
    own = [_share(row) for row in rows if row["value"] == value]
    outlets = [row for row in own if row["group"] != "all"]
    outlets.sort(key=lambda row: (row["shown"] is None, -(row["shown"] or 0.0), row["group"]))
    whole = next(row for row in own if row["group"] == "all")
    return {"name": value, "colour": colour, "whole": whole, "outlets": outlets}


def _share(row: Mapping[str, Any]) -> dict[str, Any]:
    corrected, raw = row["corrected_share"], row["raw_share"]
    return {
        "group": row["group"],
        "units": row["units"],
        "labels": row["labels"],
        "raw": raw,
        "corrected": corrected,
        "interval": row["corrected_share_interval"],
        "shown": raw if corrected is None else corrected,
        "reason": row["reason"],
    }


def tiles(view: Mapping[str, Any]) -> list[dict[str, str]]:
    """The study in a few large figures; what is undefined or missing says so."""
    found = []
    corpus, drawn, model = view["corpus"], view["sampling"], view["model"]
    if corpus:
        outlets = f"of {counted(corpus['outlets'], 'outlet')}" if corpus["outlets"] else "outlets not known"
        found.append(_tile(thousands(corpus["articles"]), "articles", outlets))
        found.append(_tile(thousands(corpus["units"]), "units", f"one unit: a {view['codebook']['unit']}"))
    if drawn:
        found.append(
            _tile(
                thousands(drawn["answers"]),
                "answers",
                f"by {counted(drawn['coders'], 'coder')} on {counted(drawn['units'], 'unit', ',')}",
            )
        )
    for item in view["reliability"]["variables"] if drawn else ():
        found.append(_alpha(item))
    if model and model["evaluation"]:
        main = model["evaluation"]
        found.append(
            _tile(coefficient(main["macro_f1"]), "macro-F1 of the model", _between(main, "macro_f1"))
        )
    if view["stories"]:
        found.append(_tile(thousands(view["stories"]["shared"]), "stories", "each told by several articles"))
    return found


def _alpha(item: Mapping[str, Any]) -> dict[str, str]:
    name = f"alpha of {item['variable'].replace('_', ' ')}"
    if item["alpha"] is None:
        return _tile("undefined", name, item["reasons"].get("alpha", "the reason is not known"))
    return _tile(coefficient(item["alpha"]), name, _between(item, "alpha"))


def _between(figures: Mapping[str, Any], name: str) -> str:
    pair = figures[f"{name}_interval"]
    if not pair:
        return "interval undefined"
    return f"95 % interval {coefficient(pair[0])} to {coefficient(pair[1])}"


def _tile(figure: str, name: str, note: str) -> dict[str, str]:
    return {"figure": figure, "name": name, "note": note}


def key_finding(view: Mapping[str, Any]) -> str:
    """The value on which outlets differ most, in a sentence; empty where there are no two outlets."""
    best: tuple[float, str] = (0.0, "")
    for value in view["findings"]["values"] if view["findings"] else ():
        known = [row for row in value["outlets"] if row["shown"] is not None and row["units"] >= _ENOUGH]
        if len(known) < 2:
            continue
        top, low = known[0], known[-1]
        spread = top["shown"] - low["shown"]
        if spread > best[0]:
            best = (
                spread,
                f"Outlets differ most on “{value['name'].replace('_', ' ')}”: "
                f"{percent(top['shown'])} of eligible units at {top['group']}, "
                f"{percent(low['shown'])} at {low['group']}.",
            )
    return best[1]


#: An outlet with fewer eligible units is not named as the highest or lowest.
_ENOUGH = 20
