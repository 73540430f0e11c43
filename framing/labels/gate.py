"""The gate before gold: what happens to values on which coders agree too little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from framing.codebook import Variable
from framing.errors import TableError

Action = Literal["refuse", "flag", "merge"]


@dataclass(frozen=True, slots=True)
class Gate:
    """A variable or value that fell short of the agreement that the codebook asks for.

    Attributes
    ----------
    variable, value : str
        `value` is empty for the variable as a whole.
    alpha : float or None
        None: undefined, which does not meet a threshold either.
    min_alpha : float
    action : {"refuse", "flag", "merge"}
    into : str
        The value that takes its place; empty unless merged.
    reason : str
        What every later result carries.
    """

    variable: str
    value: str
    alpha: float | None
    min_alpha: float
    action: Action
    into: str
    reason: str


def gates_of(
    known: Variable, alphas: Mapping[str, float | None], why_undefined: Mapping[str, str]
) -> list[Gate]:
    """List what falls short.

    Parameters
    ----------
    known : Variable
        Says `min_alpha` and what happens below it.
    alphas : mapping of str to float or None
        Alpha by value against the rest; under the empty name that of the variable.
    why_undefined : mapping of str to str
        Reasons, for those that are None.

    Examples
    --------
    >>> from framing.codebook import Value
    >>> tone = Variable(name="tone", values=(Value(name="calm", definition="Quiet.", min_alpha=0.8),
    ...                                      Value(name="loud", definition="Not quiet.")))
    >>> [gate.reason for gate in gates_of(tone, {"calm": 0.7}, {})]
    ['alpha of calm is 0.700, the codebook asks for 0.8: flagged']
    """
    found = []
    if known.min_alpha is not None:
        found.append(_gate(known.name, "", known.min_alpha, known.below, alphas, why_undefined))
    for value in known.values:
        if value.min_alpha is not None:
            found.append(_gate(known.name, value.name, value.min_alpha, value.below, alphas, why_undefined))
    return [gate for gate in found if gate.alpha is None or gate.alpha < gate.min_alpha]


def refuse_variable(gates: Sequence[Gate]) -> None:
    """Raise if the variable as a whole is refused.

    Raises
    ------
    TableError
    """
    for gate in gates:
        if not gate.value and gate.action == "refuse":
            raise TableError(
                f"no gold on {gate.variable!r}: {gate.reason}",
                hint="see where coders differ with: framing reliability; or set below: flag in the codebook",
            )


def merged_answer(answer: str, into: Mapping[str, str], several: bool) -> str:
    """Write an answer with the values that take the place of merged ones.

    Examples
    --------
    >>> merged_answer("calm|loud", {"loud": "calm"}, several=True)
    'calm'
    """
    if not several:
        return into.get(answer, answer)
    return "|".join(dict.fromkeys(into.get(value, value) for value in answer.split("|")))


def _gate(
    variable: str,
    value: str,
    least: float,
    below: str,
    alphas: Mapping[str, float | None],
    why_undefined: Mapping[str, str],
) -> Gate:
    alpha = alphas.get(value)
    into = below.removeprefix("merge into ") if below.startswith("merge into ") else ""
    action: Action = "merge" if into else "refuse" if below == "refuse" else "flag"
    done = f"merged into {into}" if into else "refused" if action == "refuse" else "flagged"
    told = (
        f"is {alpha:.3f}" if alpha is not None else f"is undefined ({why_undefined.get(value, 'not known')})"
    )
    reason = f"alpha of {value or variable} {told}, the codebook asks for {least:g}: {done}"
    return Gate(variable, value, alpha, least, action, into, reason)
