"""Answers under names that the codebook has changed since, read under today's."""

from collections import Counter
from typing import TYPE_CHECKING

from framing.codebook import Codebook

if TYPE_CHECKING:
    import pandas as pd


def with_todays_names(labels: "pd.DataFrame", codebook: Codebook) -> "pd.DataFrame":
    """Write variables and values as the codebook calls them now.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    codebook : Codebook
        Its `formerly` tells what was renamed.

    Returns
    -------
    DataFrame
        LABELS; what the codebook does not know stays as it is.
    """
    renamed = [item for item in codebook.variables if item.renamed]
    if not renamed and not codebook.renamed:
        return labels
    variable = labels["variable"].replace(codebook.renamed)
    value = labels["value"]
    for known in renamed:
        own = variable == known.name
        now = {answer: known.today(str(answer)) for answer in set(value[own])}
        value = value.where(~own, value.map(now))
    return labels.assign(variable=variable.astype("str"), value=value.astype("str"))


def answers_without_place(labels: "pd.DataFrame", codebook: Codebook) -> dict[str, int]:
    """Count the answers on the codebook's variables that it has no value for, by ``variable=value``.

    Parameters
    ----------
    labels : DataFrame
        LABELS under today's names.
    codebook : Codebook
    """
    found: Counter[str] = Counter()
    answers = labels[~labels["skipped"]]
    for known in codebook.variables:
        own = answers.loc[answers["variable"] == known.name, "value"]
        for answer, count in own.value_counts().items():
            values = str(answer).split("|") if known.type == "several" and answer else [str(answer)]
            if known.parse(str(answer)) is None:
                lost = [value for value in values if value not in known.names]
                found.update({f"{known.name}={value}": int(count) for value in lost})
    return dict(sorted(found.items()))
