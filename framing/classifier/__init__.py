"""Gold to a model of one variable: features, estimator, evaluation, and the model on disk."""

from framing.classifier.doubts import DOUBTS, contradictions, doubts
from framing.classifier.estimator import FramingClassifier
from framing.classifier.evaluation import Evaluation, evaluate
from framing.classifier.store import Model, load_model, save_model
from framing.classifier.trial import Bench, Trial, trial

__all__ = [
    "DOUBTS",
    "Bench",
    "Evaluation",
    "FramingClassifier",
    "Model",
    "Trial",
    "contradictions",
    "doubts",
    "evaluate",
    "load_model",
    "save_model",
    "trial",
]
