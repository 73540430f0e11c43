"""The estimator: words, letters, meaning, shape and place of a unit to a probability for each value."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d
from threadpoolctl import threadpool_limits

from framing.classifier.constants import Constants, Contribution
from framing.classifier.features import Encoded, Floats, columns_of, encode
from framing.classifier.pieces import PieceTable, piece_table
from framing.classifier.weights import BLOCKS, Design, Weights

FLOOR = -30.0
_STEPS, _CLOSE = 1000, 1e-4
#: From so many units on the penalty is the weakest.
_MANY, _MOST_C = 1000, 3.0


class FramingClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regression in which what a token adds to each value is a constant.

    Parameters
    ----------
    C : float or None
        Inverse strength of the penalty. None: 3 from a thousand units on, for fewer less by the root
        of their number (0.95 for a hundred).
    words : bool
        Words and pairs of words.
    letters : bool
        Runs of 2 to 5 letters within words.
    meaning : bool
        Static embeddings of word pieces, from the table that ships with the package.
    shape : bool
        Capitals, question and exclamation marks, quotation, digits, length.
    place : bool
        Region of the unit and its neighbours, position on the page.
    unplaced : float
        Every unit is learnt from a second time without its place and with this weight, so that the
        model also knows what to do where regions are missing or wrong; 0: not at all.
    at_least : int
        Words and runs of letters that stand in fewer training units (or groups, see `fit`) are not
        learnt.
    several : bool
        Whether a unit can have several values; then `y` holds values joined by ``|``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Values that occurred in `y`, sorted.
    weights_ : Weights
        What each feature adds to each value.
    temperature_ : float
        Divides the decision values; 1.0 until `calibrate` was called.

    Examples
    --------
    >>> texts = ["Give now", "Give today", "It rained", "It snowed"]
    >>> model = FramingClassifier().fit(texts, ["appeal", "appeal", "report", "report"])
    >>> model.predict(["Please give"]).tolist()
    ['appeal']
    """

    _constants: Constants | None = None

    def __init__(
        self,
        C: float | None = None,  # noqa: N803 - scikit-learn's name
        *,
        words: bool = True,
        letters: bool = True,
        meaning: bool = True,
        shape: bool = True,
        place: bool = True,
        unplaced: float = 0.25,
        at_least: int = 2,
        several: bool = False,
    ) -> None:
        self.C = C
        self.words = words
        self.letters = letters
        self.meaning = meaning
        self.shape = shape
        self.place = place
        self.unplaced = unplaced
        self.at_least = at_least
        self.several = several

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_constants"}

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks of features that are switched on."""
        return tuple(name for name in BLOCKS if getattr(self, name))

    @property
    def pieces(self) -> PieceTable | None:
        """The embedding table, None if the block ``meaning`` is switched off."""
        return piece_table() if self.meaning else None

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:  # noqa: N803
        """Learn from units and their values.

        Parameters
        ----------
        X : DataFrame with a column ``text``, or sequence of str or Unit, length n_units
        y : sequence, length n_units
        sample_weight : sequence of float, length n_units, optional
            How much each unit counts.
        groups : sequence of str, length n_units, optional
            Story or article of each unit: words must then stand in `at_least` of them, where there
            are ten or more.

        Raises
        ------
        ValueError
            If there are no units, fewer than two classes (for ``several``: no value at all), or
            all blocks of features are switched off.
        """
        units = columns_of(X)
        check_consistent_length(units.texts, y)
        return self.fit_encoded(encode(units, self.pieces), y, sample_weight, groups)

    def fit_encoded(self, units: Encoded, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:
        """Learn from units that are numbers already; see `fit`."""
        answers = column_or_1d(y, warn=True)
        if not self.blocks:
            raise ValueError("all blocks of features are switched off, expected one at least")
        if not len(answers):
            raise ValueError("found 0 units, expected some to learn from")
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        design = Design.learn(units, self.blocks, self.at_least, groups)
        matrix = design.matrix(units)
        if self._learns_twice(units):
            matrix = vstack([matrix, design.matrix(units.unplaced())], format="csr")
            answers = np.concatenate([answers, answers])
            once = np.ones(len(units)) if weight is None else weight
            weight = np.concatenate([once, once * self.unplaced])
        learn = self._fit_several if self.several else self._fit_one_of_many
        # More threads gain nothing on such small products: they spin in between and sum in any order.
        with threadpool_limits(limits=1):
            coef, intercept = learn(matrix, answers, weight, self._regression(len(units)))
        self.weights_ = Weights.of(design, units, coef, intercept)
        self.temperature_ = 1.0
        self._constants = None
        return self

    @classmethod
    def restored(
        cls, parameters: dict[str, Any], classes: NDArray[Any], weights: Weights, temperature: float
    ) -> Self:
        """A fitted estimator from what a model folder holds."""
        made = cls(**parameters)
        made.classes_, made.weights_, made.temperature_ = classes, weights, temperature
        return made

    def _learns_twice(self, units: Encoded) -> bool:
        """Whether units are also learnt from without their place: not where no place is known."""
        return self.place and self.unplaced > 0 and bool(units.place.any()) and self.blocks != ("place",)

    def _fit_one_of_many(
        self,
        matrix: csr_matrix,
        answers: NDArray[Any],
        weight: Floats | None,
        regression: LogisticRegression,
    ) -> tuple[Floats, Floats]:
        check_classification_targets(answers)
        if len(np.unique(answers)) < 2:
            raise ValueError(f"found one class only, {str(answers[0])!r}; expected two or more to tell apart")
        regression.fit(matrix, answers, sample_weight=weight)
        self.classes_ = regression.classes_
        coef, intercept = regression.coef_, regression.intercept_
        if len(self.classes_) == 2:
            coef, intercept = np.vstack([-coef, coef]) / 2, np.array([-intercept[0], intercept[0]]) / 2
        return coef, intercept

    def _fit_several(
        self,
        matrix: csr_matrix,
        answers: NDArray[Any],
        weight: Floats | None,
        regression: LogisticRegression,
    ) -> tuple[Floats, Floats]:
        told = [set(str(answer).split("|")) - {""} for answer in answers]
        self.classes_ = np.array(sorted(set().union(*told)))
        if not len(self.classes_):
            raise ValueError("found no value in any answer, expected one at least")
        coef, intercept = np.zeros((len(self.classes_), matrix.shape[1])), np.full(len(self.classes_), -FLOOR)
        for index, name in enumerate(self.classes_):
            chosen = np.array([name in answer for answer in told])
            if not chosen.all():
                regression.fit(matrix, chosen, sample_weight=weight)
                coef[index], intercept[index] = regression.coef_[0], regression.intercept_[0]
        return coef, intercept

    def _regression(self, units: int) -> LogisticRegression:
        by_size = _MOST_C * min(1.0, units / _MANY) ** 0.5
        strength = by_size if self.C is None else self.C
        return LogisticRegression(C=strength, class_weight="balanced", max_iter=_STEPS, tol=_CLOSE)

    def decide_encoded(self, units: Encoded) -> Floats:
        """`decision_function` of units that are numbers already."""
        return self.weights_.scores(units)

    def decision_function(self, X: Any) -> Floats:  # noqa: N803
        """Scores before calibration, shape (n_units, n_classes)."""
        check_is_fitted(self)
        return self._scorer().scores(columns_of(X))

    def explain(self, X: Any) -> list[list[Contribution]]:  # noqa: N803
        """For each unit what adds to its scores: the sum is its row of `decision_function`."""
        check_is_fitted(self)
        return list(self._scorer().contributions(columns_of(X)))

    def _scorer(self) -> Constants:
        if self._constants is None:
            self._constants = Constants(self.weights_, self.pieces)
        return self._constants

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
        """
        self.temperature_ = temperature(scores, indicator(y, self.classes_), several=self.several)
        return self


def temperature(scores: Floats, truth: Floats, *, several: bool) -> float:
    """The number that, dividing scores, makes the log loss least (Guo et al. 2017).

    Parameters
    ----------
    scores, truth : ndarray of shape (n_units, n_classes)
        Scores of models that did not see the unit, and 1 where the class is right.
    several : bool
    """

    def loss(log_temperature: float) -> float:
        proba = probabilities(scores / np.exp(log_temperature), several=several)
        clipped = np.clip(proba, 1e-12, 1 - 1e-12)
        total = -(truth * np.log(clipped)).sum()
        if several:
            total -= ((1 - truth) * np.log(1 - clipped)).sum()
        return float(total / len(truth))

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def probabilities(scores: Floats, *, several: bool) -> Floats:
    """Turn scores into probabilities: softmax over values, or each value by itself."""
    if several:
        return np.asarray(1 / (1 + np.exp(-np.clip(scores, FLOOR, -FLOOR))))
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True)) if len(scores) else scores
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def chosen(proba: Floats, classes: Sequence[str] | NDArray[Any], *, several: bool) -> NDArray[Any]:
    """Pick the value or values that the probabilities speak for."""
    names = np.asarray(classes)
    if several:
        return np.array(["|".join(names[row >= 0.5]) for row in proba], dtype=object)
    return names[proba.argmax(axis=1)] if len(proba) else names[:0]


def indicator(y: Sequence[str], classes: Sequence[str] | NDArray[Any]) -> Floats:
    """Write answers as a table of 0 and 1, shape (n_units, n_classes)."""
    column = {str(name): index for index, name in enumerate(classes)}
    table = np.zeros((len(y), len(column)))
    for row, answer in enumerate(y):
        for name in str(answer).split("|"):
            if name in column:
                table[row, column[name]] = 1.0
    return table
