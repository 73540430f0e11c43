"""Moments in time as Label Studio and LABELS write them."""

from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """Read an ISO 8601 time as UTC; one without a zone is UTC already.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> moment("2026-05-04T12:00:00+02:00") == moment("2026-05-04T10:00:00Z")
    True
    """
    when = datetime.fromisoformat(text)
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def written(when: datetime) -> str:
    """Write a time in the one form that LABELS have.

    Examples
    --------
    >>> written(moment("2026-05-04T12:00:00+02:00"))
    '2026-05-04T10:00:00.000000Z'
    """
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
