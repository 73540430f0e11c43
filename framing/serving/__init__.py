"""HTTP: a machine-learning backend for Label Studio, and scores for anyone."""

from framing.serving.application import Desk, application
from framing.serving.current import CurrentModel
from framing.serving.guard import Limits
from framing.serving.scoring import Stages
from framing.serving.server import is_loopback, listen, run

__all__ = ["CurrentModel", "Desk", "Limits", "Stages", "application", "is_loopback", "listen", "run"]
