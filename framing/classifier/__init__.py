"""Gold to a model of one variable: features, estimator, evaluation, and the model on disk."""

from framing.classifier.estimator import FramingClassifier
from framing.classifier.evaluation import Evaluation, evaluate
from framing.classifier.store import Model, load_model, save_model
from framing.classifier.trial import Bench, Trial, contradictions, trial

__all__ = [
    "Bench",
    "Evaluation",
    "FramingClassifier",
    "Model",
    "Trial",
    "contradictions",
    "evaluate",
    "load_model",
    "save_model",
    "trial",
]
