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
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Article": "framing.records",
    "Codebook": "framing.codebook",
    "FramingClassifier": "framing.classifier",
    "FramingError": "framing.errors",
    "Study": "framing.steps.study",
    "Unit": "framing.records",
    "adjudicate": "framing.steps.adjudicate",
    "compare": "framing.steps.compare",
    "demo": "framing.steps.demo",
    "doctor": "framing.steps.doctor",
    "evaluate": "framing.steps.evaluate",
    "init": "framing.steps.init",
    "pull": "framing.steps.pull",
    "push": "framing.steps.push",
    "read_articles": "framing.articles",
    "read_labels": "framing.labels",
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
    "compare",
    "demo",
    "doctor",
    "evaluate",
    "init",
    "pull",
    "push",
    "read_articles",
    "read_labels",
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
    from framing.steps.compare import compare
    from framing.steps.demo import demo
    from framing.steps.doctor import doctor
    from framing.steps.evaluate import evaluate
    from framing.steps.init import init
    from framing.steps.pull import pull
    from framing.steps.push import push
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
