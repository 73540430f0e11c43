"""Gold to a model of one variable: features, estimator, evaluation, and the model on disk."""

from framing.classifier.estimator import FramingClassifier
from framing.classifier.evaluation import Evaluation, evaluate
from framing.classifier.store import Model, load_model, save_model

__all__ = ["Evaluation", "FramingClassifier", "Model", "evaluate", "load_model", "save_model"]
