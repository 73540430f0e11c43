"""Code how news is framed: pages to units, labels, agreement, a small classifier and findings.

The steps of the command line are here as functions; each is loaded when it is first used.

Examples
--------
>>> import framing
>>> book = framing.Codebook.parse(
...     "variables: [{name: tone, values: [{name: calm, definition: Quiet.},"
...     " {name: loud, definition: Not quiet.}]}]")
>>> book.variables[0].names
('calm', 'loud')
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0.dev0"

_HOME = {
    "Article": "framing.records",
    "Codebook": "framing.codebook",
    "FramingClassifier": "framing.classifier",
    "FramingError": "framing.errors",
    "Study": "framing.steps.study",
    "Unit": "framing.records",
    "adjudicate": "framing.steps.adjudicate",
    "check": "framing.steps.check",
    "compare": "framing.steps.compare",
    "demo": "framing.steps.demo",
    "doctor": "framing.steps.doctor",
    "evaluate": "framing.steps.evaluate",
    "export": "framing.steps.export",
    "gold": "framing.steps.gold",
    "init": "framing.steps.init",
    "prevalence": "framing.steps.prevalence",
    "pull": "framing.steps.pull",
    "push": "framing.steps.push",
    "read_articles": "framing.articles",
    "read_labels": "framing.labels",
    "reliability": "framing.steps.reliability",
    "report": "framing.steps.report",
    "restore": "framing.steps.restore",
    "score": "framing.steps.score",
    "split": "framing.steps.split",
    "stats": "framing.steps.stats",
    "train": "framing.steps.train",
}
__all__ = [
    "Article",
    "Codebook",
    "FramingClassifier",
    "FramingError",
    "Study",
    "Unit",
    "__version__",
    "adjudicate",
    "check",
    "compare",
    "demo",
    "doctor",
    "evaluate",
    "export",
    "gold",
    "init",
    "prevalence",
    "pull",
    "push",
    "read_articles",
    "read_labels",
    "reliability",
    "report",
    "restore",
    "score",
    "split",
    "stats",
    "train",
]

if TYPE_CHECKING:
    from framing.articles import read_articles
    from framing.classifier import FramingClassifier
    from framing.codebook import Codebook
    from framing.errors import FramingError
    from framing.labels import read_labels
    from framing.records import Article, Unit
    from framing.steps.adjudicate import adjudicate
    from framing.steps.check import check
    from framing.steps.compare import compare
    from framing.steps.demo import demo
    from framing.steps.doctor import doctor
    from framing.steps.evaluate import evaluate
    from framing.steps.export import export
    from framing.steps.gold import gold
    from framing.steps.init import init
    from framing.steps.prevalence import prevalence
    from framing.steps.pull import pull
    from framing.steps.push import push
    from framing.steps.reliability import reliability
    from framing.steps.report import report
    from framing.steps.restore import restore
    from framing.steps.score import score
    from framing.steps.split import split
    from framing.steps.stats import stats
    from framing.steps.study import Study
    from framing.steps.train import train


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'framing' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


class _Library(ModuleType):
    """Keeps the steps `reliability` and `report` when the rooms of the same names are imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOME or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Library
