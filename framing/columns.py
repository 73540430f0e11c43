"""What a cell of a table can hold, and what is read from its text."""

import re
from datetime import UTC, date, datetime

#: Between date and time; `fromisoformat` takes any character for it.
_PARTED = re.compile(r"[\dW-]{7,10}(?:[T ].*)?", re.ASCII)


def instant(text: str) -> datetime | None:
    """Read a time of ISO 8601; one without an offset is UTC, a date alone is its midnight.

    Parameters
    ----------
    text : str
        As `made_at` holds it; spaces around it don't count.

    Returns
    -------
    datetime or None
        In UTC; None if the text is empty.

    Raises
    ------
    ValueError
        If it is no such time: a date in another order is never guessed.

    Examples
    --------
    >>> instant("2026-05-04T10:00:00+02:00").isoformat()
    '2026-05-04T08:00:00+00:00'
    >>> instant("") is None
    True
    >>> instant("03/04/2021 10:00")
    Traceback (most recent call last):
    ValueError: found '03/04/2021 10:00', expected a time like 2026-05-04T10:00:00Z
    """
    plain = text.strip().upper()
    if not plain:
        return None
    try:
        if not _PARTED.fullmatch(plain):
            raise ValueError
        found = datetime.fromisoformat(plain.replace(" Z", "Z").replace(" +", "+"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"found {text!r}, expected a time like 2026-05-04T10:00:00Z") from None


def written_instant(text: str) -> str:
    """Write a time as tables hold it: in UTC with a ``Z``; a date alone stays one.

    Raises
    ------
    ValueError
        As `instant`.

    Examples
    --------
    >>> written_instant("2026-05-04 10:00:00.5+02:00"), written_instant("2026-05-04"), written_instant("")
    ('2026-05-04T08:00:00.500000Z', '2026-05-04', '')
    """
    found = instant(text)
    if found is None:
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return found.isoformat().replace("+00:00", "Z")
