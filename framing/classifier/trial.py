"""The honest trial of a model: on whole stories it has not seen, and what else tells how far to trust it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from framing.classifier.estimator import (
    FLOOR,
    FramingClassifier,
    indicator,
    probabilities,
    temperature,
)
from framing.classifier.evaluation import FEW_ARTICLES, Evaluation, evaluate
from framing.classifier.features import Encoded, Floats, columns_of, encode
from framing.classifier.groups import folds_of, groups_of, random_folds

if TYPE_CHECKING:
    import pandas as pd

Folds = list[tuple[NDArray[Any], NDArray[Any]]]
_SHARES = (0.125, 0.25, 0.5)
_CURVE_FOLDS = 3
_FEW_UNITS = 30


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found; each part says why where it could not be made.

    Attributes
    ----------
    held_out : str
        What was kept together in the main folds, with how many groups and folds.
    evaluation : Evaluation or None
        On units of groups that the model had not seen; None where there is one group only.
    proba : ndarray of shape (n_units, n_classes) or None
        The same units' probabilities; calibrated by the other folds.
    scores : ndarray of shape (n_units, n_classes) or None
        Their decision values.
    random_folds : dict
        The same by folds that tear articles apart: higher by what leaks.
    outlets_left_out : dict
        By models that had not seen the outlet: ``macro_f1 accuracy`` and ``outlets``.
    baselines : dict
        ``majority`` and ``region_only``, each ``macro_f1 accuracy``.
    text_only : dict
        The main folds' models where regions and position are hidden from them.
    by_outlet, by_region : list of dict
        The main folds' figures in parts: ``outlet``/``region``, ``units macro_f1 accuracy``.
    learning_curve : list of dict
        ``share groups units macro_f1``: trained on a part of the groups, tested on the same units.
    """

    held_out: str
    evaluation: Evaluation | None = None
    proba: Floats | None = None
    scores: Floats | None = None
    random_folds: dict[str, Any] = field(default_factory=dict)
    outlets_left_out: dict[str, Any] = field(default_factory=dict)
    baselines: dict[str, Any] = field(default_factory=dict)
    text_only: dict[str, Any] = field(default_factory=dict)
    by_outlet: list[dict[str, Any]] = field(default_factory=list)
    by_region: list[dict[str, Any]] = field(default_factory=list)
    learning_curve: list[dict[str, Any]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Everything but the arrays, for JSON."""
        return {
            name: asdict(value) if isinstance(value, Evaluation) else value
            for name in self.__slots__
            if name not in ("proba", "scores")
            for value in [getattr(self, name)]
        }


class Bench:
    """Units with gold, turned into numbers once for all models that are tried on them.

    Parameters
    ----------
    model : FramingClassifier
        Whose parameters are tried.
    gold : DataFrame
        Columns of units and ``value``.
    weight : ndarray of shape (n_units,) or None
        How much each unit counts in training.
    seed : int
    """

    def __init__(
        self, model: FramingClassifier, gold: "pd.DataFrame", weight: Floats | None, seed: int
    ) -> None:
        self.model, self.gold, self.weight, self.seed = model, gold, weight, seed
        self.answers = [str(value) for value in gold["value"]]
        self.units: Encoded = encode(columns_of(gold), model.pieces)
        self.groups, self.kind = groups_of(gold)
        self.articles = [a or u for a, u in zip(gold["article_id"], gold["unit_id"], strict=True)]

    def fit(self) -> FramingClassifier:
        """Learn from all units."""
        return self.model.fit_encoded(self.units, self.answers, self.weight, self.groups)

    def scores(
        self, folds: Folds, model: FramingClassifier | None = None, *, unplaced: bool = False
    ) -> Floats:
        """Scores of units by models that did not see their fold, shape (n_units, n_classes).

        Parameters
        ----------
        folds : sequence of (train, test)
            Indices of units.
        model : FramingClassifier, optional
            Gives the parameters; default: the bench's own.
        unplaced : bool
            Give the scores without places beside them, as a second set of columns.

        Returns
        -------
        ndarray
            A class that a fold's training part lacks gets a score below all others there. Rows of
            units that are in no fold's test, or whose fold has no two answers to learn, are NaN.
        """
        answers = np.asarray(self.answers, dtype=str)
        classes = [str(name) for name in self.model.classes_]
        found = np.full((1 + unplaced, len(answers), len(classes)), np.nan)
        for train, test in folds:
            if len(np.unique(answers[train])) < 2:
                continue
            weight = None if self.weight is None else self.weight[train]
            part = clone(model or self.model).fit_encoded(
                self.units.rows(train), answers[train], weight, self.groups[train]
            )
            columns = [classes.index(str(name)) for name in part.classes_]
            asked = self.units.rows(test)
            for number, units in enumerate([asked, asked.unplaced()][: 1 + unplaced]):
                found[number, test] = FLOOR
                found[number][np.ix_(test, np.array(columns))] = part.decide_encoded(units)
        return np.concatenate(list(found), axis=1)

    def compare(self, scores: Floats, rows: NDArray[Any]) -> dict[str, Any]:
        """Short figures of some units."""
        several, classes = self.model.several, [str(name) for name in self.model.classes_]
        found = evaluate(
            [self.answers[row] for row in rows],
            probabilities(scores[rows], several=several),
            classes,
            articles=[self.articles[row] for row in rows],
            several=several,
        )
        return {"units": found.units, "macro_f1": found.macro_f1, "accuracy": found.accuracy}

    def tested(self, scores: Floats) -> NDArray[Any]:
        """Which units have scores."""
        return np.flatnonzero(~np.isnan(scores).any(axis=1))


def trial(bench: Bench) -> Trial:
    """Try the bench's fitted model in every way; see `Trial`."""
    folds = list(folds_of(bench.groups, bench.answers, seed=bench.seed))
    if not folds:
        return Trial(held_out=f"nothing: all units are of one group ({bench.kind})")
    both = bench.scores(folds, unplaced=True)
    scores, unplaced = np.split(both, 2, axis=1)
    rows = bench.tested(scores)
    if not len(rows):
        return Trial(held_out="nothing: no part of the labels without a group has two values")
    several = bench.model.several
    proba = calibrated(scores, bench.answers, folds, bench.model)
    main = evaluate(
        [bench.answers[row] for row in rows],
        proba[rows],
        [str(name) for name in bench.model.classes_],
        articles=[bench.articles[row] for row in rows],
        several=several,
        seed=bench.seed,
    )
    return Trial(
        held_out=f"whole {bench.kind} ({len(set(bench.groups))}) in {len(folds)} folds",
        evaluation=main,
        proba=proba,
        scores=scores,
        random_folds=_random(bench),
        outlets_left_out=_outlets(bench),
        baselines={"majority": _majority(bench, rows), "region_only": _region_only(bench, folds)},
        text_only=_text_only(bench, unplaced),
        by_outlet=_parts(bench, scores, "outlet"),
        by_region=_parts(bench, scores, "region"),
        learning_curve=_curve(bench, folds, scores),
    )


def calibrated(scores: Floats, answers: Sequence[str], folds: Folds, model: FramingClassifier) -> Floats:
    """Probabilities of each fold by a temperature that the other folds gave."""
    truth = indicator(answers, model.classes_)
    proba = np.full(scores.shape, np.nan)
    for _, test in folds:
        others = np.ones(len(scores), dtype=bool)
        others[test] = False
        others &= ~np.isnan(scores).any(axis=1)
        warm = temperature(scores[others], truth[others], several=model.several) if others.any() else 1.0
        proba[test] = probabilities(scores[test] / warm, several=model.several)
    return proba


def _random(bench: Bench) -> dict[str, Any]:
    folds = list(random_folds(bench.answers, seed=bench.seed))
    scores = bench.scores(folds)
    return bench.compare(scores, bench.tested(scores)) | {"folds": len(folds)}


def _outlets(bench: Bench) -> dict[str, Any]:
    outlets = bench.gold["outlet"].to_numpy(dtype=str)
    names = [name for name in np.unique(outlets) if name]
    if len(names) < 2:
        return {"reason": f"{len(names)} outlets are named, expected two or more"}
    folds = [(np.flatnonzero(outlets != name), np.flatnonzero(outlets == name)) for name in names]
    scores = bench.scores(folds)
    rows = bench.tested(scores)
    if not len(rows):
        return {"reason": "without an outlet one value only is left"}
    return bench.compare(scores, rows) | {"outlets": _parts(bench, scores, "outlet")}


def _majority(bench: Bench, rows: NDArray[Any]) -> dict[str, Any]:
    answers = [bench.answers[row] for row in rows]
    commonest = max(sorted(set(answers)), key=answers.count)
    always = np.tile(indicator([commonest], bench.model.classes_), (len(bench.answers), 1))
    return bench.compare((always * 2 - 1) * 30, rows) | {"value": commonest}


def _region_only(bench: Bench, folds: Folds) -> dict[str, Any]:
    if not (bench.gold["region"] != "").any():
        return {"reason": "the labels have no regions"}
    blocks = {"words": False, "letters": False, "meaning": False, "shape": False, "place": True}
    scores = bench.scores(folds, clone(bench.model).set_params(**blocks))
    return bench.compare(scores, bench.tested(scores))


def _text_only(bench: Bench, unplaced: Floats) -> dict[str, Any]:
    if not bench.model.place or not bench.units.place.any():
        return {"reason": "the model reads no regions"}
    return bench.compare(unplaced, bench.tested(unplaced))


def _parts(bench: Bench, scores: Floats, column: str) -> list[dict[str, Any]]:
    values = bench.gold[column].to_numpy(dtype=str)
    articles = np.asarray(bench.articles, dtype=str)
    rows = bench.tested(scores)
    told = []
    for name in np.unique(values[rows]):
        own = rows[values[rows] == name]
        count = len(np.unique(articles[own]))
        note = f"{len(own)} units of {count} articles: too few to rely on"
        few = count < FEW_ARTICLES or len(own) < _FEW_UNITS
        told.append({column: str(name)} | bench.compare(scores, own) | {"note": note if few else ""})
    return told


def _curve(bench: Bench, folds: Folds, whole: Floats) -> list[dict[str, Any]]:
    """Whether more labels would help: the same test units, fewer groups to learn from."""
    used = folds[:_CURVE_FOLDS]
    points = []
    for share in (*_SHARES, 1.0):
        parts = [(_share_of(bench, train, share), test) for train, test in used]
        scores = whole if share == 1.0 else bench.scores(parts)
        tested = np.concatenate([test for _, test in used])
        rows = tested[~np.isnan(scores[tested]).any(axis=1)]
        if len(rows) < len(tested):
            continue
        sizes = {
            "groups": round(float(np.mean([len(set(bench.groups[train])) for train, _ in parts])), 1),
            "units_learnt": round(float(np.mean([len(train) for train, _ in parts]))),
        }
        points.append({"share": share} | sizes | bench.compare(scores, rows))
    return points


def _share_of(bench: Bench, train: NDArray[Any], share: float) -> NDArray[Any]:
    names = np.unique(bench.groups[train].astype(str))
    order = np.random.default_rng(bench.seed).permutation(len(names))
    kept = names[order[: max(1, round(share * len(names)))]]
    return train[np.isin(bench.groups[train].astype(str), kept)]
