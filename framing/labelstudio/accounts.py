"""Accounts for coders."""

import re
import secrets
from dataclasses import dataclass

from framing.errors import ServerBusy, StudioError
from framing.labelstudio.connection import AGAIN, Connection
from framing.labelstudio.patience import Patience
from framing.labelstudio.webform import WebSession

_DOMAIN = "framing.example"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Account:
    """A coder's account.

    Attributes
    ----------
    user : int
        Label Studio user id.
    email, password : str
        What the coder signs in with.
    url : str
        Where.
    """

    user: int
    email: str
    password: str
    url: str


def email_of(name: str) -> str:
    """Name an account; the address is reserved for examples and receives no mail.

    Raises
    ------
    StudioError
        If the name can't be part of an address.
    """
    lower = name.lower()
    if not _NAME.fullmatch(lower):
        raise StudioError(
            f"{name!r} can't be an account, expected letters, digits, '.', '_' or '-'",
            hint="choose a pseudonym such as ada or coder-3",
        )
    return f"{lower}@{_DOMAIN}"


def users(connection: Connection) -> dict[str, int]:
    """List the accounts on the server: user id by e-mail."""
    with connection.speaking() as client:
        return {str(user.email): int(user.id or 0) for user in client.users.list(request_options=AGAIN)}


def add_account(connection: Connection, name: str, password: str = "") -> Account:
    """Make an account for a coder; a password is drawn unless given.

    Raises
    ------
    ServerError
        If an account of that name exists.
    """
    email = email_of(name)
    chosen = password or secrets.token_urlsafe(9)
    with connection.speaking() as client:
        invitation = str(client.organizations.invites.get_invite_link(request_options=AGAIN).token)
    _sign_up(connection, email, chosen, invitation)
    return Account(users(connection)[email], email, chosen, connection.public_url)


def _sign_up(connection: Connection, email: str, password: str, invitation: str) -> None:
    patience = Patience()
    while True:
        try:
            with WebSession(connection.url, connection.route) as session:
                return session.sign_up(email, password, invitation)
        except ServerBusy as error:
            if not patience.wait(error.retry_after):
                raise
            if email in users(connection):
                return None
