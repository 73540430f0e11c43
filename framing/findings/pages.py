"""What one article is made of: length, regions, frames, headline against body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from framing.codebook import Variable

#: What the units of a page are to its reader, by region.
PARTS = {
    "report": ("headline", "standfirst", "subhead", "byline", "body", "caption"),
    "appeals": ("appeal",),
    "comments": ("comment", "comment_meta"),
    "teasers": ("related",),
    "furniture": ("furniture",),
}
_PART_OF = {region: part for part, regions in PARTS.items() for region in regions}


@dataclass(frozen=True, slots=True)
class Share:
    """How often a value was predicted where it can occur.

    Attributes
    ----------
    eligible : int
        Units in whose region the value can occur.
    predicted : int
        Those of them that were predicted so.
    """

    eligible: int
    predicted: int

    @property
    def share(self) -> float | None:
        """Predicted by eligible, 0 to 1; None where no unit is eligible."""
        return self.predicted / self.eligible if self.eligible else None


@dataclass(frozen=True, slots=True)
class Makeup:
    """What one article is made of.

    Attributes
    ----------
    headline : str
        The headline on the page, else the title known from elsewhere; empty if there is none.
    headline_label : str
        The value predicted for it; empty without a model or a headline on the page.
    headline_probability : float or None
        Of that value.
    body_probability : float or None
        Mean probability of the same value over the body's units.
    words : dict of str to int
        Words by part of the page; see `PARTS`.
    shares : dict of str to Share
        By value; empty without a model.
    """

    headline: str
    headline_label: str = ""
    headline_probability: float | None = None
    body_probability: float | None = None
    words: dict[str, int] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)


def makeup(units: Sequence[Mapping[str, Any]], variable: Variable | None, values: Sequence[str]) -> Makeup:
    """Sum up one article.

    Parameters
    ----------
    units : sequence of mapping
        Its units in the order of the page: ``text region title``, and where a model has scored
        them ``label p_<value>``.
    variable : Variable or None
        Tells in which regions a value can occur; None: in all.
    values : sequence of str
        The model's values; none without a model.

    Examples
    --------
    >>> found = makeup([{"text": "Rain ahead", "region": "headline", "title": ""}], None, [])
    >>> found.headline, found.words["report"]
    ('Rain ahead', 2)
    """
    words = dict.fromkeys(PARTS, 0)
    for unit in units:
        words[_PART_OF.get(str(unit["region"]), "report")] += len(str(unit["text"]).split())
    title = str(units[0].get("title") or "")
    head = _headline(units, title)
    text = str(head["text"]) if head else title
    if not values:
        return Makeup(headline=text, words=words)
    label = str(head["label"]) if head else ""
    named = [value for value in label.split("|") if value]
    body = [unit for unit in units if unit["region"] == "body"]
    return Makeup(
        headline=text,
        headline_label=label,
        headline_probability=float(head[f"p_{named[0]}"]) if head and named else None,
        body_probability=_mean([float(unit[f"p_{named[0]}"]) for unit in body]) if named else None,
        words=words,
        shares={value: _share(value, units, variable) for value in values},
    )


def _headline(units: Sequence[Mapping[str, Any]], title: str) -> Mapping[str, Any] | None:
    """The unit that is the known title, else the first headline."""
    same = (unit for unit in units if title and str(unit["text"]).casefold() == title.casefold())
    heads = (unit for unit in units if unit["region"] == "headline")
    return next(same, None) or next(heads, None)


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _share(value: str, units: Sequence[Mapping[str, Any]], variable: Variable | None) -> Share:
    known = next((item for item in variable.values if item.name == value), None) if variable else None
    eligible = [unit for unit in units if known is None or known.can_occur_in(str(unit["region"]))]
    return Share(len(eligible), sum(value in str(unit["label"]).split("|") for unit in eligible))
