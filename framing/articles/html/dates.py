"""Dates as pages print them to ISO 8601."""

import re
from datetime import date, datetime

_MONTHS = (
    "jan ene gen",
    "feb fev fév",
    "mar mär mrz mrt",
    "apr abr avr",
    "may mai mag mei maj",
    "jun giu juin",
    "jul lug juil",
    "aug ago aoû aout",
    "sep set",
    "oct okt ott out",
    "nov",
    "dec dez dic déc",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_DIGIT = re.compile(r"\d")
_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+)?([^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")
_CLOCK = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])[:.]\s?([0-5]\d)(?::[0-5]\d)?(?!\d|\.\d)\s*([ap]\.?m\b)?", re.IGNORECASE
)
_AGO = re.compile(
    r"\b(?:\d+|an?|one)\s*(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\s+ago\b"
    r"|\bvor\s+\w+\s+(?:Minuten?|Stunden?|Tage?n?|Wochen?|Monate?n?|Jahre?n?)\b|\bhace\s+\w+\s+\w+"
    r"|\bil y a\s+\w+\s+\w+",
    re.IGNORECASE,
)
#: One of these stands in every text that tells how long ago something was.
_PAST = ("ago", "vor", "hace", "il y a")
_YEAR = re.compile(r"\d{4}")
_SLASHED = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}/\d{2,4}(?!\d)")
#: Those without a year of four digits may tell a date too.
_SHORT = ((_DOTTED, "dmy"),)
_PATTERNS = ((_DAY_FIRST, "dmy"), (_MONTH_FIRST, "mdy"), *_SHORT, (_YEAR_FIRST, "ymd"))


def iso_date(text: str) -> str:
    """The first date in a text as ISO 8601, with the time if one is printed; empty if none is sure.

    A date such as 3/5/2021 is not sure: no one knows which number is the month.

    Examples
    --------
    >>> iso_date("on 3 May 2021 at 1:37 pm"), iso_date("3. Mai 2021"), iso_date("3/5/2021")
    ('2021-05-03T13:37', '2021-05-03', '')
    """
    head = text[:200]
    if not _DIGIT.search(head):
        return ""
    exact = _ISO.search(head) if "-" in head else None
    if exact:
        return _checked(exact)
    for pattern, order in _PATTERNS if _YEAR.search(head) else _SHORT:
        match = pattern.search(head)
        day = _day(dict(zip(order, match.groups(), strict=True))) if match else None
        if match and day:
            return day + _clock(head[match.end() : match.end() + 30])
    return ""


def printed_time(text: str) -> str:
    """The part of a line that tells a time: an exact date, a slashed one or how long ago.

    Examples
    --------
    >>> printed_time("Jo · 3 hours ago · Reply")
    '3 hours ago'
    """
    found = iso_date(text)
    if found:
        return found
    head = text[:200]
    past = head.lower()
    match = _AGO.search(head) if any(word in past for word in _PAST) else None
    match = match or (_SLASHED.search(head) if "/" in head else None)
    return match[0] if match else ""


def _checked(match: re.Match[str]) -> str:
    text = match[0].strip()
    try:
        datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return _day({"y": match[1], "m": match[2], "d": match[3]}) or ""
    return text.replace(" ", "T", 1)


def _day(parts: dict[str, str]) -> str | None:
    month = parts["m"]
    number = (
        int(month) if month.isdecimal() else _MONTH.get(month[:4].lower()) or _MONTH.get(month[:3].lower())
    )
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    try:
        return date(year, number or 0, int(parts["d"])).isoformat()
    except ValueError:
        return None


def _clock(text: str) -> str:
    match = _CLOCK.search(text)
    if not match:
        return ""
    hour, half = int(match[1]), (match[3] or "").lower().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return f"T{hour:02d}:{match[2]}"
