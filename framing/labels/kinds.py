"""What kinds of coder stand behind labels: whoever reads a figure must know."""

from typing import TYPE_CHECKING

from framing.plural import counted
from framing.records import IMPORTED

if TYPE_CHECKING:
    import pandas as pd

#: `coder_version` of imported answers that no person gave.
BY_MACHINE = "machine"


def imported_note(answers: "pd.DataFrame") -> str:
    """Say which answers were imported, and whether a machine made them; empty if none was.

    Parameters
    ----------
    answers : DataFrame
        Rows of LABELS.

    Examples
    --------
    >>> import pandas as pd
    >>> imported_note(pd.DataFrame({"coder": ["a"], "kind": ["imported"], "coder_version": ["machine"]}))
    '1 answer of a was imported; made by machine, so it says nothing of how people agree'
    """
    own = answers[answers["kind"] == IMPORTED]
    if own.empty:
        return ""
    coders = ", ".join(sorted(set(own["coder"])))
    verb = "was" if len(own) == 1 else "were"
    note = f"{counted(len(own), 'answer')} of {coders} {verb} imported"
    if (own["coder_version"] == BY_MACHINE).all():
        pronoun, says = ("it", "says") if len(own) == 1 else ("they", "say")
        return f"{note}; made by machine, so {pronoun} {says} nothing of how people agree"
    return f"{note}; how they were made, these labels do not say"
