"""When an article appeared, as days on one line."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.I)
_FORMS = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%A %B %d %Y",
    "%A %d %B %Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y",
)


def moment(published: str) -> datetime | None:
    """Read a date as it is written in metadata.

    Parameters
    ----------
    published : str
        ISO 8601, the form of e-mail headers, or a date with the month's English name.

    Returns
    -------
    datetime or None
        With a time zone (UTC where none is told); None if it can't be read. A date that could
        mean two days (03/04/2021) is not guessed.

    Examples
    --------
    >>> str(moment("2024-05-03T06:14:00+01:00")), str(moment("3 May 2024")), moment("soon")
    ('2024-05-03 06:14:00+01:00', '2024-05-03 00:00:00+00:00', None)
    """
    text = published.strip()
    found = _iso(text) or _mail(text) or _named(text)
    if found is None or not 1 < found.year < 9999:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _named(text: str) -> datetime | None:
    plain = " ".join(_ORDINAL.sub("", text).replace(",", " ").split())
    for form in _FORMS:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def day(published: str) -> float | None:
    """Days since 1970, a part of a day as a fraction; None if the date can't be read.

    A date without a time counts as noon, so that it lies near whatever happened that day.

    Examples
    --------
    >>> day("1970-01-02"), day("1970-01-02T06:00:00Z"), day("")
    (1.5, 1.25, None)
    """
    found = moment(published)
    if found is None:
        return None
    days = (found - _EPOCH).total_seconds() / 86_400
    return days + 0.5 if _is_date(published) else days


def _is_date(published: str) -> bool:
    try:
        date.fromisoformat(published.strip())
    except ValueError:
        return ":" not in published and "T" not in published
    return True
