"""Which units must stay together when a model is tested on what it has not seen."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.similarity import copy_groups

if TYPE_CHECKING:
    import pandas as pd


def groups_of(gold: "pd.DataFrame") -> tuple["np.ndarray[Any, Any]", str]:
    """Give each unit the story it belongs to, else its near copies, else its article.

    Returns
    -------
    groups : ndarray of str, length n_units
    kind : str
        ``stories``, or ``articles and their near copies``.
    """
    articles = [article or unit for article, unit in zip(gold["article_id"], gold["unit_id"], strict=True)]
    texts: dict[str, list[str]] = {}
    for article, text in zip(articles, gold["text"], strict=True):
        texts.setdefault(article, []).append(str(text))
    names = list(texts)
    copies = dict(zip(names, copy_groups([" ".join(texts[name]) for name in names]), strict=True))
    stories = [str(story) for story in gold["story"]]
    groups = [story or f"copy {copies[a]}" for story, a in zip(stories, articles, strict=True)]
    kind = "stories" if any(stories) else "articles and their near copies"
    return np.array(groups, dtype=object), kind


def folds_of(
    groups: "np.ndarray[Any, Any]", y: Sequence[str], *, seed: int, wanted: int = 5
) -> Iterator[tuple[Any, Any]]:
    """Cut units into folds that keep groups whole and values in proportion; none if one group."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    count = min(wanted, len(set(groups)))
    if count < 2:
        return
    rarest = min(np.unique(np.asarray(y, dtype=str), return_counts=True)[1])
    splitter = StratifiedGroupKFold if rarest >= count else GroupKFold
    yield from splitter(count, shuffle=True, random_state=seed).split(groups, y, groups)


def random_folds(y: Sequence[str], *, seed: int, wanted: int = 5) -> Iterator[tuple[Any, Any]]:
    """Cut units into folds at random, articles torn apart: to see how much leaks that way."""
    from sklearn.model_selection import KFold, StratifiedKFold

    count = min(wanted, len(y))
    rarest = min(np.unique(np.asarray(y, dtype=str), return_counts=True)[1])
    splitter = StratifiedKFold if rarest >= count else KFold
    yield from splitter(count, shuffle=True, random_state=seed).split(np.zeros(len(y)), y)
