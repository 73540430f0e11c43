"""`framing studio`: the embedded Label Studio and its coders."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import ServerError, StudioError
from framing.files import write_secret
from framing.private import home_of, keep_private, open_to_others
from framing.settings import Secrets
from framing.steps.lock import locked
from framing.steps.study import Study
from framing.trust import require_trust

if TYPE_CHECKING:
    from framing.labelstudio.accounts import Account
    from framing.labelstudio.backup import Backup
    from framing.labelstudio.connection import Connection
    from framing.labelstudio.interrupted import Interrupted
    from framing.labelstudio.route import Route
    from framing.labelstudio.server import EmbeddedServer, ServerStatus

LOOPBACK = "127.0.0.1"
PORT = 8080
#: Where other programs look for certificate authorities.
_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
Say = Callable[[str], None]


def silent(_: str) -> None:
    """Say nothing."""


def embedded(study: Study) -> "EmbeddedServer":
    """The workspace's own Label Studio, running or not."""
    from framing.labelstudio.server import EmbeddedServer

    return EmbeddedServer(study.needed.studio)


def start(
    study: Study,
    *,
    host: str = LOOPBACK,
    port: int = PORT,
    database: str = "",
    public_url: str | None = None,
    say: Say = silent,
    quiet: bool = True,
) -> "ServerStatus":
    """Start the workspace's Label Studio and wait until it answers.

    Parameters
    ----------
    database : str
        Address of a PostgreSQL database, without the password, which ``PGPASSWORD`` or
        ``POSTGRE_PASSWORD`` holds; empty: the one it was started with before, else SQLite.

    public_url : str, optional
        Where coders open it, if a proxy stands before it; empty: at its own address; None: as it was
        started before.

    Raises
    ------
    StudioError
        If it can't be installed or started, the port is taken, or it runs for another public address.
    """
    from framing.labelstudio.database import database_of

    server = embedded(study)
    _settle(study, "studio start", say)
    if open_to_others(home_of(server.folder)):
        say("others on this machine could read this Label Studio's files until now: change its passwords")
    keep_private(server.folder)
    if public_url is not None:
        _make_public(server, public_url)
    where = database_of(server.folder, database, database_password())
    return server.start(host=host, port=port, say=say, quiet=quiet, database=where)


def _make_public(server: "EmbeddedServer", public_url: str) -> None:
    from framing.labelstudio.public import public_address, remember

    address = public_address(public_url) if public_url else ""
    status = server.status()
    if status.running and status.public_url != address:
        raise StudioError(
            f"it runs for {status.public_url or 'no public address'}, expected {address or 'none'}",
            hint="stop it first: framing studio stop",
        )
    remember(server.folder, address)


def _settle(study: Study, step: str, say: Say = silent) -> None:
    """Undo or finish a restore that was ended midway, unless it is still at work."""
    from framing.labelstudio.interrupted import interrupted, settle

    folder = embedded(study).folder
    left = interrupted(folder)
    if left and left.settled_by == "hand" and folder.exists():
        say(f"{left.message}; {left.hint}")
    elif left:
        with locked(study.needed, step):
            say(settle(folder))


def left_behind(study: Study) -> "Interrupted | None":
    """What a restore that was ended midway has left beside the workspace's Label Studio."""
    from framing.labelstudio.interrupted import interrupted

    return interrupted(embedded(study).folder)


def database_password(environment: Mapping[str, str] = os.environ) -> str:
    """The database's password, under PostgreSQL's or Label Studio's name; empty where unset."""
    return environment.get("PGPASSWORD") or environment.get("POSTGRE_PASSWORD", "")


def backup(study: Study, file: Path) -> "Backup":
    """Write all that the workspace's Label Studio holds into one file, mode 600.

    Raises
    ------
    StudioError
        If it was never started, or its data can't be read.
    """
    from framing.labelstudio.backup import back_up
    from framing.labelstudio.database import database_of

    server = embedded(study)
    _settle(study, "studio backup")
    return back_up(server, database_of(server.folder, "", database_password()), file)


def restore(study: Study, file: Path, *, database: str = "", replace: bool = False) -> "Backup":
    """Put a backup in place of what the workspace's Label Studio holds.

    Parameters
    ----------
    database : str
        As for `start`; for a backup of PostgreSQL in a workspace that has none yet.
    replace : bool
        Whether data that are there may go.

    Raises
    ------
    StudioError
        If it runs, holds data already, or the file is no whole backup.
    """
    from framing.labelstudio import backup as backups
    from framing.labelstudio.database import database_of
    from framing.labelstudio.interrupted import settle

    server = embedded(study)
    with locked(study.needed, "studio restore"):
        settle(server.folder)
        where = database_of(server.folder, database, database_password())
        return backups.restore(server, where, file, replace=replace)


def stop(study: Study) -> bool:
    """Stop it; False if it did not run."""
    return embedded(study).stop()


def connect(study: Study, secrets: Secrets | None = None) -> "Connection":
    """Connect to the study's server: environment, then settings, then the embedded one.

    Raises
    ------
    StudioError
        If no server is named and the embedded one does not run.
    SignInError
        If there is no token.
    TrustError
        If only the settings name the server, and this user has not confirmed it.
    """
    from framing.labelstudio.server import moved_error

    known = secrets or Secrets.read()
    url = known.url or study.settings.server_url
    if url:
        own = _own(study, url)
        if own is None and not known.url:
            named_in = f"{study.needed.settings}: server_url"
            require_trust(url, named_in=named_in, environment=known.url, variable="LABEL_STUDIO_URL")
        return _connected(url, known.api_key or (own.token() if own else ""), own, route_of(study))
    server = embedded(study)
    status = server.status()
    if status.moved:
        raise moved_error(server.folder)
    if not status.running:
        raise StudioError(
            "no Label Studio: none is named in settings or LABEL_STUDIO_URL, and the embedded one is stopped",
            hint="start it: framing studio start",
        )
    return _connected(status.url, server.token(), server)


def _connected(
    url: str, key: str, own: "EmbeddedServer | None", route: "Route | None" = None
) -> "Connection":
    from framing.labelstudio.connection import Connection

    connection = Connection(url, key, route, public_url=own.status().public_url if own else "")
    connection.exports = own.data / "export" if own else None
    return connection


def route_of(study: Study, environment: Mapping[str, str] = os.environ) -> "Route":
    """The certificates and proxies that settings and environment name."""
    from urllib.request import getproxies_environment

    from framing.labelstudio.explain import CA_FILE
    from framing.labelstudio.route import Route

    own, root = study.settings.ca_file, study.workspace.root if study.workspace else Path()
    named = {CA_FILE: root / own} if own else {}
    named |= {name: Path(environment[name]) for name in _AUTHORITIES if environment.get(name)}
    return Route(named, getproxies_environment())


def _own(study: Study, url: str) -> "EmbeddedServer | None":
    if study.workspace is None:
        return None
    server = embedded(study)
    return server if server.status().url == url else None


@dataclass(frozen=True, slots=True)
class Coder:
    """A coder's account and how to sign in.

    Attributes
    ----------
    user : int
        Label Studio user id.
    coder : str
        The pseudonym in `labels/`.
    url, email : str
        Where, and as whom.
    password_file : str
        Holds the password alone, mode 600.
    """

    user: int
    coder: str
    url: str
    email: str
    password_file: str


def add_coder(study: Study, name: str) -> Coder:
    """Make an account for a coder and write its name into the settings.

    A name that the settings give to another account stays that one's.

    Raises
    ------
    ServerError
        If the account exists already.
    """
    from framing.labelstudio.accounts import add_account
    from framing.labelstudio.identity import identity_of
    from framing.labelstudio.pseudonyms import Pseudonyms
    from framing.steps.identity import change, note_server

    connection = connect(study)
    server = identity_of(connection)
    known = Pseudonyms(study.settings.coders, study.settings.server, server)
    account: Account = add_account(connection, name)
    key = known.key(account.user)
    study = note_server(study, server)
    taken = name in study.settings.coders.values()
    if not taken and key not in study.settings.coders:
        study = change(study, {"coders": {int(key) if key.isdecimal() else key: name}})
    keep_private(study.needed.studio)
    file = study.needed.studio / "coders" / account.email.partition("@")[0]
    write_secret(file, account.password)
    return Coder(
        user=account.user,
        coder=Pseudonyms(study.settings.coders, study.settings.server, server).of(account.user),
        url=account.url,
        email=account.email,
        password_file=str(file),
    )


def ensure_coder(study: Study, name: str) -> int:
    """Give the user id of a coder's account, made if missing."""
    from framing.labelstudio.accounts import email_of, users

    known = users(connect(study))
    email = email_of(name)
    if email in known:
        return known[email]
    try:
        return add_coder(study, name).user
    except ServerError:
        found = users(connect(study)).get(email)
        if found is None:
            raise
        return found
