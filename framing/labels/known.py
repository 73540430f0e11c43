"""What is known of a variable: from the codebook, else from its answers."""

from typing import TYPE_CHECKING

from framing.codebook import Codebook, Value, Variable

if TYPE_CHECKING:
    import pandas as pd


def variable_in(labels: "pd.DataFrame", name: str, codebook: Codebook | None) -> Variable | None:
    """Give the codebook's variable; of one that it does not have, what the answers tell.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    name : str
    codebook : Codebook or None

    Returns
    -------
    Variable or None
        None: one answer a unit, each a value of its own. A ``|`` can't stand in a value's name, so
        where answers have one the variable takes several values a unit, sorted.

    Examples
    --------
    >>> import pandas as pd
    >>> labels = pd.DataFrame({"variable": ["topic"] * 3, "value": ["war|money", "money", ""]})
    >>> variable_in(labels, "topic", None).names, variable_in(labels[1:], "topic", None)
    (('money', 'war'), None)
    """
    known = codebook.variable(name) if codebook else None
    if known is not None:
        return known
    answers = set(labels.loc[labels["variable"] == name, "value"])
    if not any("|" in answer for answer in answers):
        return None
    names = sorted({value for answer in answers for value in answer.split("|") if value})
    # Not checked: such names come from other people's tables and need not be words.
    values = tuple(Value.model_construct(name=value, definition=value) for value in names)
    return Variable.model_construct(name=name, type="several", values=values)
