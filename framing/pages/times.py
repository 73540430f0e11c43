"""The time in a comment's header: ISO 8601 where the page gives a date, else as printed."""

import re
from datetime import date
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_WEEKDAY = r"(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_DATES = (
    re.compile(
        rf"{_WEEKDAY}\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+{_NAMED},?\s+"
        rf"(?P<year>\d{{4}}|\d\d(?=[,\s]+\d{{1,2}}:\d\d))\b",
        re.I,
    ),
    re.compile(rf"{_WEEKDAY}\b{_NAMED}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.I),
    re.compile(
        rf"{_WEEKDAY}\b(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?=\b|T)", re.I
    ),
    re.compile(
        rf"{_WEEKDAY}\b(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}})\b", re.I
    ),
)
_CLOCK = re.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2})[:.]\s?(?P<minute>\d{2})(?::\d{2})?(?P<half>\s?[ap]\.?m\b\.?)?(?:Z\b|\s?(?:UTC|GMT|[CE]E?S?T)\b)?"
    r"|\b(?P<hour2>\d{1,2})(?P<half2>\s?[ap]\.?m\b\.?)",
    re.I,
)
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?|decades?"
    r"|[smhdwy])"
)
_AGO = re.compile(
    rf"(?:\b(?:about|over|almost|nearly)\s)?\b(?:\d+\s?{_UNIT},?\s(?:and\s)?)?"
    rf"(?:\d+|an?|one|(?:a )?few|several)\s?{_UNIT}\.?\s+ago\b"
    r"|\b(?:half an hour|moments?) ago\b|\blast (?:week|month|year|night)\b"
    r"|\bthis (?:morning|afternoon|evening)\b|\bjust now\b"
    r"|\b(?:yesterday|today)(?:,?\s(?:at\s)?\d{1,2}:\s?\d{2}(?:\s?[ap]\.?m\b\.?)?)?",
    re.I,
)
_SHORT = re.compile(
    r"(?:(?<=\s)|(?<=\()|^)\d{1,3}\s?(?:s|m|min|h|hr|d|w|wk|mo|y|yr|hrs|mins|mos|yrs|(?:minute|hour|day|week|month|year)s?)(?=$|\s|[).,|·•])"
)
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}"
_YEARLESS = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\b(?:\s[’']\d\d\b)?"
    rf"|{_MONTH}\.?\s+(?:\d{{1,2}}(?:st|nd|rd|th)?|[’']\d\d))\b"
)
_OF_DAY = r"\d{1,2}[:.]\s?\d{2}(?:\s?[ap]\.?m\b\.?)?"
_PARTIAL = re.compile(
    rf"\b\d{{1,2}}:\d{{2}}\s+on\s+{_YEARLESS}|\b\d{{1,2}}[./]\d{{1,2}}\.?,?\s+\d{{1,2}}:\d{{2}}\b"
    rf"|\b(?<!\d[:.])(?<!#){_YEARLESS}(?:,?\s+(?:at\s+)?{_OF_DAY})?",
    re.I,
)
_WEEKDAY_ONLY = re.compile(
    r"\b(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b(?:,?\s(?:at\s)?\d{1,2}[:.]\d{2}(?:\s?[ap]m)?)?",
    re.I,
)
_CLOCK_ONLY = re.compile(
    r"(?:^|(?<=[\s(\[]))\d{1,2}[:.]\s?\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b\.?)?(?=$|[\s,|·•)\]-])", re.I
)
#: Words that stand before a time without being a name: “On 3 May 2021, Ann wrote:”.
_BEFORE_TIME = re.compile(
    r"\W*(?:\b(?:on|at|posted|written|submitted|date|published|added|last|updated|edited|modified)\b\W*)*",
    re.I,
)
#: Where a name or a button is glued to a time: “Ann Holt3 May 2021”, “Ann HoltMay 3”, “May 3Edited”.
_GLUED = re.compile(
    rf"(?<=[a-z])(?=\d{{1,2}}\s(?:{'|'.join(map(str.title, _MONTHS))})[a-z]*,?\s\d{{4}}|\d+\s{_UNIT}\sago)"
    rf"|(?<=[a-z\d])(?=(?:{'|'.join(map(str.title, _MONTHS))})[a-z]*\s\d)|(?<=\d)(?=Edited)"
)
_JOIN = re.compile(r"^[\s,|·•@—–-]*(?:\bat\b)?[\s,|·•@—–-]*$", re.I)
#: A header's date stands near its beginning; longer lines are text.
_READ = 200


@lru_cache(maxsize=1024)
def cut_time(header: str) -> tuple[str, str]:
    """Take the time out of a comment's header.

    Parameters
    ----------
    header : str
        One line.

    Returns
    -------
    (str, str)
        The header up to the time (or what follows it, if the time comes first), and the time.

    Examples
    --------
    >>> cut_time("Ann (Ann Holt) 31 May 2021 13: 37")
    ('Ann (Ann Holt) ', '2021-05-31T13:37')
    >>> cut_time("Ann, Leeds, 3 hours ago")
    ('Ann, Leeds, ', '3 hours ago')
    """
    header = _GLUED.sub(" ", header[:_READ])
    for pattern in _DATES:
        match = pattern.search(header)
        day = _day(match) if match else None
        if match and day:
            clock, start, end = _clock_near(header, match.start(), match.end())
            return _AGO.sub("", _without(header, start, end)), f"{day}{clock}"
    for pattern in (_AGO, _PARTIAL, _SHORT, _WEEKDAY_ONLY, _CLOCK_ONLY):
        match = pattern.search(header)
        if match:
            return _without(header, match.start(), match.end()), match[0].strip()
    return header, ""


def _without(header: str, start: int, end: int) -> str:
    before, after = header[:start], header[end:]
    return after if _BEFORE_TIME.fullmatch(before) else before


def only_clock(line: str) -> str:
    """A line that is a time of day and nothing else, as the end of an ISO time; else empty.

    Examples
    --------
    >>> only_clock("9:02 p.m.")
    'T21:02'
    """
    match = _CLOCK.fullmatch(line.strip().removeprefix("at "))
    return _iso(match) if match else ""


def _day(match: re.Match[str]) -> str | None:
    found = match.groupdict()
    year, day = int(found["year"]), int(found["day"])
    name = found.get("name")
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(found["month"])
    year += 2000 if year < 100 else 0
    if month > 12 and day <= 12:  # month first, as in 5/31/2021
        month, day = day, month
    try:
        told = date(year, month, day)
        if (
            not name
            and not _falls_on(match[0], told)
            and day <= 12
            and _falls_on(match[0], date(year, day, month))
        ):
            return date(year, day, month).isoformat()
        return told.isoformat()
    except ValueError:
        return None


def _falls_on(printed: str, day: date) -> bool:
    """Whether the weekday before a date, if there is one, is that of a day: “Mon, 05/03/2021” is in May."""
    return not printed[:1].isalpha() or printed[:2].lower() == day.strftime("%a")[:2].lower()


def _clock_near(header: str, start: int, end: int) -> tuple[str, int, int]:
    """The time of day that stands directly after or before a date, and the span of both."""
    after = _CLOCK.search(header, end)
    if after and _JOIN.match(header[end : after.start()].removeprefix("T")):
        return _iso(after), start, after.end()
    for before in _CLOCK.finditer(header, 0, start):
        if re.fullmatch(r"[\s,|·•@—–-]*(?:\bon\b)?[\s,|·•@—–-]*", header[before.end() : start]):
            return _iso(before), before.start(), end
    return "", start, end


def _iso(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"] or match["hour2"]), int(match["minute"] or 0)
    half = (match["half"] or match["half2"] or "").strip().lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return f"T{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""
