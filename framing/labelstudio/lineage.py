"""A copied or restored database is a new line of the old one, from its first start on.

What was answered before the copy stays an answer of the earlier database, on both; what is answered
later is each one's own. Both go on giving the same ids, so without this two answers would be taken for one.
"""

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from framing.errors import StudioError
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.home import read_home, write_home
from framing.labelstudio.identity import (
    Line,
    ServerIdentity,
    as_address,
    fingerprint_of,
    from_address,
    identity_of,
)
from framing.times import moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORGANIZATION = "select id, created_at, coalesce(contact_info, '') from organization order by id limit 1"
_HELD = (
    "select coalesce((select max(id) from task_completion), 0), "
    "coalesce((select max(id) from htx_user), 0), (select max(updated_at) from task_completion)"
)
#: Length of the column that keeps the address, as PostgreSQL enforces it.
_LONGEST = 254


class Rows(Protocol):
    """Asks a database for one row, or changes it."""

    def __call__(self, command: str, *values: str) -> Sequence[Any] | None:
        """Run one command; gives its first row."""


def begin(folder: Path, database: Path) -> str:
    """Before a server is launched: give its database a line of its own if it was copied.

    Parameters
    ----------
    folder : Path
        The server's folder.
    database : Path
        Its SQLite file; may be missing.

    Returns
    -------
    str
        What to say of it; empty if the database is the one that was started here before.

    Raises
    ------
    StudioError
        If the database can't be read.
    """
    if not database.is_file():
        return ""
    try:
        with closing(sqlite3.connect(database, timeout=60)) as connection, connection:

            def rows(command: str, *values: str) -> Sequence[Any] | None:
                found: Sequence[Any] | None = connection.execute(command, values).fetchone()
                return found

            return _begin(folder, rows)
    except sqlite3.Error as error:
        raise StudioError(
            f"{database}: can't be read: {error}", hint="restore a backup: framing studio restore FILE"
        ) from error


def _begin(folder: Path, rows: Rows) -> str:
    home = read_home(folder)
    organization = rows(_ORGANIZATION)
    if organization is None:
        return ""
    written = from_address(organization[2])
    if home is not None and home.is_at(folder):
        if written is None and home.address:
            rows("update organization set contact_info = ? where id = ?", home.address, str(organization[0]))
        return ""
    if home is None and written is None:
        return ""
    return begin_line(rows)


def begin_line(rows: Rows) -> str:
    """Write into a database that a new line begins, and what it holds of the earlier ones; says so."""
    number, made, address = rows(_ORGANIZATION) or (1, "", "")
    before = from_address(address) or ServerIdentity(fingerprint_of({"id": number, "created_at": str(made)}))
    annotations, users, changed = rows(_HELD) or (0, 0, None)
    held = Line(before.fingerprint, int(annotations), int(users), moment(str(changed)) if changed else _EPOCH)
    now = shortened(before.copied(new_fingerprint(), held))
    rows("update organization set contact_info = ? where id = ?", as_address(now), str(number))
    return (
        f"this Label Studio is a copy of {before.fingerprint}, and {now.fingerprint} from now on: answers "
        "given before the copy stay the first one's"
    )


def new_fingerprint() -> str:
    """Draw the fingerprint of a new line."""
    return f"s{secrets.token_hex(8)[1:]}"


def shortened(identity: ServerIdentity) -> ServerIdentity:
    """An identity whose address fits; of the two oldest lines the first takes over the second's answers.

    Examples
    --------
    >>> lines = tuple(Line(f"s{n:015x}", n, 1, _EPOCH) for n in range(1, 30))
    >>> short = shortened(ServerIdentity("s" + "f" * 15, lines))
    >>> len(as_address(short)) <= 254, short.lines[0].fingerprint == lines[0].fingerprint
    (True, True)
    """
    while len(as_address(identity)) > _LONGEST:
        first, second, *rest = identity.lines
        merged = replace(second, fingerprint=first.fingerprint)
        identity = ServerIdentity(identity.fingerprint, (merged, *rest))
    return identity


def settle(folder: Path, connection: Connection) -> str:
    """After a start: see that server and folder carry the identity; gives the fingerprint."""
    identity = identity_of(connection)
    with connection.speaking() as client:
        listed = client.organizations.list(request_options=AGAIN)
        first: Any = min(listed, key=lambda item: int(item.id or 0))
        if from_address(first.contact_info) is None:
            client._client_wrapper.httpx_client.request(
                f"api/organizations/{first.id}",
                method="PATCH",
                json={"contact_info": as_address(identity)},
                request_options=AGAIN,
            )
    write_home(folder, as_address(identity))
    return identity.fingerprint
