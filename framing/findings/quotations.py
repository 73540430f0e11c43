"""Quotations of an article: the words, who says them, where they stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from framing.findings.passages import Passage, passages
from framing.findings.speakers import HONORIFICS, Attribution, attribution, is_pronoun, names_in

#: Where an article's own quotations stand; readers' comments, boxes and teasers are left out.
QUOTING = ("headline", "standfirst", "subhead", "body", "caption")
_LONGEST = 3000


@dataclass(frozen=True, slots=True)
class Quotation:
    """One quoted passage.

    Attributes
    ----------
    article_id : str
    text : str
        The words between the marks; paragraphs of one quotation joined by a space.
    speaker, verb : str
        Empty where that is not plain.
    shading : tuple of str
        Words around it that tell how to take it; see `Attribution`.
    region : str
        Where it begins.
    unit_ids : tuple of str
        The units that it stands in.
    context : str
        The text of these units.
    """

    article_id: str
    text: str
    speaker: str
    verb: str
    shading: tuple[str, ...]
    region: str
    unit_ids: tuple[str, ...]
    context: str


@dataclass(frozen=True, slots=True)
class _Found:
    quotation: Quotation
    open_end: bool
    continues: bool


def quotations(units: Sequence[Mapping[str, Any]]) -> list[Quotation]:
    """Find the quotations of one article.

    Parameters
    ----------
    units : sequence of mapping
        The article's units in the order of the page: ``unit_id article_id text region paragraph``.

    Returns
    -------
    list of Quotation
        In the order of the page. A pronoun stands for whoever was named last.

    Examples
    --------
    >>> unit = {"unit_id": "a-1", "article_id": "a", "region": "body", "paragraph": 0}
    >>> found = quotations([unit | {"text": "“It will hold,” said Ines Corrow."}])
    >>> found[0].text, found[0].speaker
    ('It will hold', 'Ines Corrow')
    """
    return _with_names(_whole(_raw(units)), units)


def _raw(units: Sequence[Mapping[str, Any]]) -> Iterator[_Found]:
    quoting = (unit for unit in units if unit["region"] in QUOTING)
    for _, group in groupby(quoting, key=lambda unit: (unit["paragraph"], unit["region"])):
        paragraph = list(group)
        line = " ".join(str(unit["text"]) for unit in paragraph)
        found = passages(line)
        for passage in found:
            yield _Found(
                quotation=_quotation(line, passage, found, paragraph),
                open_end=not passage.closed,
                continues=passage is found[0] and not line[: passage.start].strip(" “\"‘'«"),
            )


def _quotation(
    line: str, passage: Passage, others: Sequence[Passage], units: Sequence[Mapping[str, Any]]
) -> Quotation:
    spans = list(_spans(units))
    inside = [unit for unit, start, end in spans if start < passage.end and end > passage.start]
    if not passage.opened:  # an opening mark was lost: the passage begins with its sentence
        inside = inside[-1:]
        begin = next(start for unit, start, _ in spans if unit is inside[0])
        passage = replace(passage, start=begin)
    told = _told(line, passage, others, spans)
    return Quotation(
        article_id=str(units[0]["article_id"]),
        text=line[passage.start : passage.end].strip(" ,;")[:_LONGEST],
        speaker=told.speaker,
        verb=told.verb,
        shading=told.shading,
        region=str(units[0]["region"]),
        unit_ids=tuple(str(unit["unit_id"]) for unit in inside),
        context=" ".join(str(unit["text"]) for unit in inside),
    )


def _spans(units: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    start = 0
    for unit in units:
        end = start + len(str(unit["text"]))
        yield unit, start, end
        start = end + 1


def _told(
    line: str,
    passage: Passage,
    others: Sequence[Passage],
    spans: Sequence[tuple[Mapping[str, Any], int, int]],
) -> Attribution:
    """The attribution in the passage's own sentences, else right before or after them."""
    touched = [(start, end) for _, start, end in spans if start < passage.end and end > passage.start]
    low, high = touched[0][0], touched[-1][1]
    before = _outside(line, low, passage.start - 1, others)
    after = _outside(line, passage.end, high, others)
    told = attribution(before, after)
    if told.speaker or told.verb:
        return told
    later = next((end for _, start, end in spans if start > high), high)
    follow_up = attribution("", _outside(line, high, later, others))
    return follow_up if follow_up.speaker and not before.strip() else told


def _outside(line: str, start: int, end: int, passages_: Sequence[Passage]) -> str:
    """A stretch of the line without what is quoted in it."""
    kept, at = [], max(start, 0)
    for passage in passages_:
        if passage.start >= end or passage.end <= at:
            continue
        kept.append(line[at : max(at, passage.start)])
        at = passage.end
    kept.append(line[at : max(at, end)])
    return "".join(kept)


def _whole(found: Iterable[_Found]) -> list[Quotation]:
    """Join the paragraphs of a quotation that goes on after a line break."""
    whole: list[Quotation] = []
    goes_on = False
    for item in found:
        if goes_on and item.continues and whole:
            whole[-1] = _joined(whole[-1], item.quotation)
        else:
            whole.append(item.quotation)
        goes_on = item.open_end
    return [item for item in whole if any(letter.isalnum() for letter in item.text)]


def _joined(first: Quotation, second: Quotation) -> Quotation:
    return replace(
        first,
        text=f"{first.text} {second.text}"[:_LONGEST],
        speaker=first.speaker or second.speaker,
        verb=first.verb or second.verb,
        shading=tuple(sorted({*first.shading, *second.shading})),
        unit_ids=(*first.unit_ids, *(u for u in second.unit_ids if u not in first.unit_ids)),
        context=f"{first.context} {second.context}",
    )


def _with_names(found: Sequence[Quotation], units: Sequence[Mapping[str, Any]]) -> list[Quotation]:
    """Put names for pronouns, and the commonest full form for a bare surname."""
    body = [unit for unit in units if unit["region"] in ("standfirst", "body", "caption")]
    places = {str(unit["unit_id"]): number for number, unit in enumerate(body)}
    forms = Counter(name for unit in body for name in names_in(str(unit["text"])))
    full: dict[str, str] = {}
    for name, _ in sorted(forms.items(), key=lambda item: (-item[1], len(item[0]), item[0])):
        full.setdefault(name.split()[-1], name)
    named: list[Quotation] = []
    last: tuple[str, int] = ("", -9)
    for item in found:
        place = places.get(item.unit_ids[0], -9)
        speaker = item.speaker
        if is_pronoun(speaker):
            speaker = last[0] if last[1] >= place - 1 else ""
            speaker = speaker or _subject(body[max(place - 2, 0) : max(place, 0)])
        if speaker and (" " not in speaker or speaker.split()[0].rstrip(".") in HONORIFICS):
            speaker = full.get(speaker.split()[-1], speaker)
        named.append(replace(item, speaker=speaker))
        last = (speaker, place) if speaker else last
    return named


def _subject(before: Sequence[Mapping[str, Any]]) -> str:
    """The first name in the nearest of the sentences before."""
    for unit in reversed(before):
        names = names_in(str(unit["text"]))
        if names:
            return names[0]
    return ""
