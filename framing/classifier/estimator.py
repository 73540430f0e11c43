"""The estimator: words, letters, place and shape of a unit to a probability for each value."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from framing.classifier import features

Floats = NDArray[np.float64]
_FLOOR = -30.0


class FramingClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regression on words 1-2, letters 2-5, regions and layout.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty.
    place : bool
        Whether regions and shape are features beside the text.
    several : bool
        Whether a unit can have several values; then `y` holds values joined by ``|``.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
        Values that occurred in `y`, sorted.
    coef_ : ndarray of shape (n_classes, n_features)
    intercept_ : ndarray of shape (n_classes,)
    temperature_ : float
        Divides the decision values; 1.0 until `calibrate` was called.

    Examples
    --------
    >>> texts = ["Give now", "Give today", "It rained", "It snowed"]
    >>> model = FramingClassifier().fit(texts, ["appeal", "appeal", "report", "report"])
    >>> model.predict(["Please give"]).tolist()
    ['appeal']
    """

    def __init__(self, C: float = 3.0, *, place: bool = True, several: bool = False) -> None:  # noqa: N803
        self.C = C
        self.place = place
        self.several = several

    def fit(self, X: Any, y: Sequence[str]) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from units and their values.

        Parameters
        ----------
        X : DataFrame with a column ``text``, or sequence of str or Unit, length n_units
        y : sequence of str, length n_units

        Raises
        ------
        ValueError
            If there are fewer than two classes (for ``several``: no value at all).
        """
        table = features.as_table(X)
        answers = np.asarray([str(value) for value in y], dtype=object)
        self.words_ = features.word_vectorizer()
        self.letters_ = features.letter_vectorizer()
        parts = [
            self.words_.fit_transform(table["text"]),
            self.letters_.fit_transform(table["text"]),
        ]
        matrix = self._with_place(parts, table)
        if self.several:
            self.classes_ = np.array(sorted({v for answer in answers for v in answer.split("|") if v}))
            fits = [self._fit_one(matrix, [v in a.split("|") for a in answers]) for v in self.classes_]
            self.coef_ = np.vstack([coef for coef, _ in fits])
            self.intercept_ = np.array([intercept for _, intercept in fits])
        else:
            self._fit_all(matrix, answers)
        self.temperature_ = 1.0
        return self

    def _fit_all(self, matrix: csr_matrix, answers: NDArray[Any]) -> None:
        regression = self._regression().fit(matrix, answers.astype(str))
        self.classes_ = regression.classes_
        coef, intercept = regression.coef_, regression.intercept_
        if len(self.classes_) == 2:
            coef = np.vstack([np.zeros_like(coef), coef])
            intercept = np.array([0.0, intercept[0]])
        self.coef_, self.intercept_ = coef, intercept

    def _fit_one(self, matrix: csr_matrix, chosen: Sequence[bool]) -> tuple[Floats, float]:
        if all(chosen):
            return np.zeros(matrix.shape[1]), -_FLOOR
        regression = self._regression().fit(matrix, np.asarray(chosen))
        return regression.coef_[0], float(regression.intercept_[0])

    def _regression(self) -> LogisticRegression:
        return LogisticRegression(C=self.C, class_weight="balanced", max_iter=2000)

    def _with_place(self, parts: list[csr_matrix], table: Any) -> csr_matrix:
        return features.join(*parts, features.place_matrix(table)) if self.place else features.join(*parts)

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """Scores before calibration, shape (n_units, n_classes)."""
        check_is_fitted(self)
        table = features.as_table(X)
        if not len(table):
            return np.zeros((0, len(self.classes_)))
        parts = [self.words_.transform(table["text"]), self.letters_.transform(table["text"])]
        scores = self._with_place(parts, table) @ self.coef_.T + self.intercept_
        return np.asarray(scores, dtype=np.float64)

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Probabilities, shape (n_units, n_classes); rows sum to one unless ``several``."""
        return probabilities(self.decision_function(X) / self.temperature_, several=self.several)

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """The likeliest value; for ``several`` every value with a probability of .5 or more."""
        return chosen(self.predict_proba(X), self.classes_, several=self.several)

    def calibrate(self, scores: Floats, y: Sequence[str]) -> Self:
        """Set the temperature by out-of-fold scores; the likeliest value stays the same.

        Parameters
        ----------
        scores : ndarray of shape (n_units, n_classes)
            `decision_function` of models that did not see the unit.
        y : sequence of str
            Their values.

        Notes
        -----
        Temperature scaling (Guo et al. 2017): one number that minimises the log loss.
        """
        truth = indicator(y, self.classes_)

        def loss(log_temperature: float) -> float:
            proba = probabilities(scores / np.exp(log_temperature), several=self.several)
            clipped = np.clip(proba, 1e-12, 1 - 1e-12)
            total = -(truth * np.log(clipped)).sum()
            if self.several:
                total -= ((1 - truth) * np.log(1 - clipped)).sum()
            return float(total / len(truth))

        best = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
        self.temperature_ = float(np.exp(best.x))
        return self


def probabilities(scores: Floats, *, several: bool) -> Floats:
    """Turn scores into probabilities: softmax over values, or each value by itself."""
    if several:
        return np.asarray(1 / (1 + np.exp(-np.clip(scores, _FLOOR, -_FLOOR))))
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True)) if len(scores) else scores
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def chosen(proba: Floats, classes: Sequence[str] | NDArray[Any], *, several: bool) -> NDArray[Any]:
    """Pick the value or values that the probabilities speak for."""
    names = np.asarray(classes, dtype=object)
    if several:
        return np.array(["|".join(names[row >= 0.5]) for row in proba], dtype=object)
    return names[proba.argmax(axis=1)] if len(proba) else names[:0]


def indicator(y: Sequence[str], classes: Sequence[str] | NDArray[Any]) -> Floats:
    """Write answers as a table of 0 and 1, shape (n_units, n_classes)."""
    return np.array([[name in str(answer).split("|") for name in classes] for answer in y], dtype=float)


def out_of_fold(
    model: FramingClassifier,
    table: Any,
    y: Sequence[str],
    folds: Sequence[tuple[Any, Any]],
    classes: Any,
) -> Floats:
    """Scores of each unit by a model that did not see its fold, shape (n_units, n_classes).

    A class that a fold's training part lacks gets a score below all others there.
    """
    from sklearn.base import clone

    answers = np.asarray(y, dtype=object)
    scores = np.full((len(answers), len(classes)), _FLOOR)
    column = {name: index for index, name in enumerate(classes)}
    for train, test in folds:
        part = clone(model).fit(table.iloc[train], answers[train])
        scores[np.ix_(test, [column[name] for name in part.classes_])] = part.decision_function(
            table.iloc[test]
        )
    return scores
