"""What all pages share: the templates, the colours of values, how numbers are written."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from framing.plural import plural

TEMPLATES = Path(__file__).resolve().parent / "templates"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PALETTE = ("#1565c0", "#c62828", "#2e7d32", "#6a1b9a", "#ef6c00", "#00838f", "#795548", "#616161")


@cache
def environment() -> Environment:
    """The templates; every text that goes into one is escaped."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["percent"] = percent
    found.filters["plain"] = lambda name: str(name).replace("_", " ").replace("|", ", ")
    found.filters["number"] = thousands
    found.filters["counted"] = _counted
    found.filters["coefficient"] = coefficient
    found.filters["points"] = points
    found.filters["on"] = ink_on
    return found


def percent(share: float | None, digits: int = 0) -> str:
    """Print a share as a percentage.

    Examples
    --------
    >>> percent(0.125), percent(0.125, 1), percent(None)
    ('12 %', '12.5 %', '–')
    """
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def _counted(number: int, noun: str) -> str:
    return f"{thousands(number)} {noun if number == 1 else plural(noun)}"


def thousands(count: int) -> str:
    """Print a whole number with thin spaces between its thousands."""
    return f"{count:,}".replace(",", "\u202f")


def coefficient(value: float | None, digits: int = 2) -> str:
    """Print a coefficient; a missing one is a dash, never a number.

    Examples
    --------
    >>> coefficient(0.8265), coefficient(-0.05), coefficient(None)
    ('0.83', '−0.05', '–')
    """
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def points(pair: Sequence[float]) -> str:
    """Print an interval of shares in percent.

    Examples
    --------
    >>> points([0.356, 0.4651])
    '[35.6, 46.5]'
    """
    return f"[{100 * pair[0]:.1f}, {100 * pair[1]:.1f}]".replace("-", "−")


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour (WCAG 2.2, relative luminance).

    Examples
    --------
    >>> ink_on("#1565c0"), ink_on("#ffc107")
    ('#fff', '#000')
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#fff"


def coloured(values: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Values with a colour that is one: a codebook's is checked, a missing one taken from a palette."""
    return [
        {
            "name": value["name"],
            "colour": value["colour"] if _COLOUR.fullmatch(value["colour"]) else _PALETTE[n % len(_PALETTE)],
        }
        for n, value in enumerate(values)
    ]
