"""Which database a Label Studio keeps its answers in, and from which one that was copied.

Label Studio has no id of its own database, but its organization row carries the microsecond at which
it was made, and that never changes. A copy of a database carries the same row, so the embedded server
writes into the organization's contact address that a new line began, and where: the same for everyone
who asks the server.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from framing.errors import ServerError
from framing.labelstudio.connection import AGAIN, Connection
from framing.records import digest
from framing.times import moment

_DOMAIN = "lines.framing.example"
_ADDRESS = re.compile(rf"(?P<own>s[0-9a-f]{{15}})(?P<before>(?:\+s[0-9a-z-]+)*)@{re.escape(_DOMAIN)}")
_BEFORE = re.compile(r"\+(s[0-9a-f]{15})-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Line:
    """A database that this one was copied from, and what it held at that moment.

    Attributes
    ----------
    fingerprint : str
        Of the earlier database.
    annotations, users : int
        The highest ids that it had given.
    until : datetime
        The latest change of an answer that it held, UTC.
    """

    fingerprint: str
    annotations: int
    users: int
    until: datetime

    def holds(self, annotation: int, changed: datetime) -> bool:
        """Whether an answer, as it was changed last, was given before the copy was made."""
        return annotation <= self.annotations and changed <= self.until


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The database behind a server.

    Attributes
    ----------
    fingerprint : str
        ``s`` and fifteen hexadecimal digits; a spreadsheet can't take it for a number.
    lines : tuple of Line
        The databases that it was copied from, the oldest first.
    """

    fingerprint: str
    lines: tuple[Line, ...] = ()

    def of_answer(self, annotation: int, changed: datetime) -> str:
        """The fingerprint of the database in which an answer was given as it stands now.

        Examples
        --------
        >>> copied = datetime(2026, 5, 1, tzinfo=UTC)
        >>> copy = ServerIdentity("s-copy", (Line("s-first", 7, 3, copied),))
        >>> copy.of_answer(7, copied), copy.of_answer(8, copied)
        ('s-first', 's-copy')
        >>> copy.of_answer(7, copied + timedelta(hours=1))
        's-copy'
        """
        return next(
            (line.fingerprint for line in self.lines if line.holds(annotation, changed)), self.fingerprint
        )

    def of_user(self, user: int) -> str:
        """The fingerprint of the database in which an account was made."""
        return next((line.fingerprint for line in self.lines if user <= line.users), self.fingerprint)

    @property
    def family(self) -> frozenset[str]:
        """The fingerprints of the database and of all that it was copied from."""
        return frozenset({self.fingerprint, *(line.fingerprint for line in self.lines)})

    def copied(self, fingerprint: str, held: Line) -> "ServerIdentity":
        """The identity of a copy that begins now; `held` says what it holds.

        A line in which nothing was answered since it began is left out: no answer carries its name.
        """
        now = replace(held, fingerprint=self.fingerprint)
        last = self.lines[-1] if self.lines else None
        idle = last is not None and (last.annotations, last.users, last.until) == (
            now.annotations,
            now.users,
            now.until,
        )
        return ServerIdentity(fingerprint, self.lines if idle else (*self.lines, now))


def fingerprint_of(organization: Mapping[str, Any]) -> str:
    """Derive a fingerprint from what every Label Studio keeps of its first organization.

    Parameters
    ----------
    organization : mapping
        ``id`` and ``created_at`` (ISO 8601), as the API gives them.

    Examples
    --------
    >>> fingerprint_of({"id": 1, "created_at": "2026-11-30T23:13:06.821039Z"})
    'sc5a78aa63ccdaa0'
    """
    made = _micros(moment(str(organization["created_at"])))
    return "s" + digest(f"{organization['id']}:{made}", size=8)[1:]


def as_address(identity: ServerIdentity) -> str:
    """Write an identity as the contact address of the server's organization.

    Examples
    --------
    >>> own = ServerIdentity("s" + "2" * 15, (Line("s" + "1" * 15, 7, 3, datetime(2026, 5, 1, tzinfo=UTC)),))
    >>> as_address(own)
    's222222222222222+s111111111111111-7-3-hi3r85c000@lines.framing.example'
    >>> from_address(as_address(own)) == own
    True
    """
    before = "".join(
        f"+{line.fingerprint}-{_short(line.annotations)}-{_short(line.users)}-{_short(_micros(line.until))}"
        for line in identity.lines
    )
    return f"{identity.fingerprint}{before}@{_DOMAIN}"


def from_address(address: str | None) -> ServerIdentity | None:
    """Read an identity from a contact address; None if the address is anything else."""
    found = _ADDRESS.fullmatch(address or "")
    if found is None:
        return None
    lines = tuple(
        Line(name, int(annotations, 36), int(users, 36), _EPOCH + timedelta(microseconds=int(until, 36)))
        for name, annotations, users, until in _BEFORE.findall(found["before"])
    )
    return ServerIdentity(found["own"], lines)


def identity_of(connection: Connection) -> ServerIdentity:
    """Ask a server which database it keeps its answers in.

    Raises
    ------
    ServerError
        If it shows no organization, as for a token without the right to see one.
    """
    with connection.speaking() as client:
        listed = client.organizations.list(request_options=AGAIN)
    if not listed:
        raise ServerError(
            f"{connection.url} shows no organization to this token, expected one",
            hint="use the token of an account that belongs to the organization",
        )
    first: Any = min(listed, key=lambda item: int(item.id or 0))
    made = first.created_at
    row = {"id": first.id, "created_at": made.isoformat() if isinstance(made, datetime) else str(made)}
    return from_address(first.contact_info) or ServerIdentity(fingerprint_of(row))


def _micros(when: datetime) -> int:
    return (when - _EPOCH) // timedelta(microseconds=1)


def _short(number: int) -> str:
    """A whole number with the digits 0 to z."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
