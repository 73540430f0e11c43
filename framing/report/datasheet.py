"""A study's datasheet: the questions of Gebru et al. (2021), answered from the data where that can be.

Gebru, T., Morgenstern, J., Vecchione, B., Vaughan, J. W., Wallach, H., Daumé III, H. & Crawford, K. (2021):
Datasheets for datasets. Communications of the ACM 64(12), 86-92.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from framing.errors import SettingsError
from framing.plural import counted

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>|#"})


@dataclass(frozen=True, slots=True)
class Datasheet:
    """A datasheet.

    Attributes
    ----------
    text : str
        Markdown.
    open : list of str
        Keys of the questions that wait for the authors, in their order.
    """

    text: str
    open: list[str]


def datasheet(facts: Mapping[str, Any], answers: Mapping[str, str]) -> Datasheet:
    """Write the datasheet.

    Parameters
    ----------
    facts : mapping
        What `framing.steps.sharing.describe.facts` gives.
    answers : mapping of str to str
        The authors' answers by key.

    Raises
    ------
    SettingsError
        If an answer has a key that no question has.
    """
    asked: list[str] = []

    def authors(key: str) -> str:
        asked.append(key)
        given = answers.get(key, "").strip()
        return given or f"*Open: for the authors to fill in (`{key}` in `config/datasheet.yaml`).*"

    text = _environment().get_template("datasheet.md").render(**facts, authors=authors)
    unknown = [key for key in answers if key not in asked]
    if unknown:
        raise SettingsError(
            f"config/datasheet.yaml: no question {unknown[0]!r}, expected keys among: {' '.join(asked)}",
            hint="the keys stand in the datasheet of an export, beside each open question",
        )
    return Datasheet(text, [key for key in asked if not answers.get(key, "").strip()])


def readme(facts: Mapping[str, Any]) -> str:
    """Write what stands in the study's folder and how to check it, as Markdown."""
    return _environment().get_template("study.md").render(**facts)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # noqa: S701 - Markdown, not HTML: data goes through the filter below
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = lambda text: " ".join(str(text).split()).translate(_SPECIAL)
    environment.filters["counted"] = counted
    environment.filters["percent"] = lambda share: "–" if share is None else f"{100 * share:.1f} %"
    environment.filters["three"] = lambda number: "–" if number is None else f"{number:.3f}"
    return environment
