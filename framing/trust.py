"""Where keys of the environment may go: to addresses that it names itself, or that this user has confirmed.

A settings file is shared; whoever can change it could otherwise have every user's key sent to themselves.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framing.errors import SettingsError, TrustError
from framing.files import text_of, whole_text

_SCHEMES = {"http": 80, "https": 443}
_OTHERS_WRITE = 0o022


def address_of(url: str) -> str:
    """An address in the one form in which addresses are compared: scheme, host, port and path.

    Parameters
    ----------
    url : str
        ``http://`` or ``https://``; host in any case, port and a last ``/`` may be missing.

    Raises
    ------
    TrustError
        If it is no such address, or holds a user, a password, a query or a fragment.

    Examples
    --------
    >>> address_of("HTTPS://Labels.Example/"), address_of("http://127.0.0.1:8080/a/../ls/")
    ('https://labels.example:443', 'http://127.0.0.1:8080/ls')
    """
    # The same library that will connect: no two may read an address in two ways.
    import httpx

    try:
        found = httpx.URL(url.strip())
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise _no_address(url, str(error)) from error
    if found.scheme not in _SCHEMES or not found.host:
        raise _no_address(url, "found no http:// or https:// with a host")
    if found.userinfo or found.query or found.fragment or "?" in url or "#" in url:
        raise _no_address(url, "found more than a host and a path")
    host = found.raw_host.decode("ascii").lower()
    host = f"[{host}]" if ":" in host else host
    path = found.raw_path.decode("ascii").rstrip("/")
    return f"{found.scheme}://{host}:{found.port or _SCHEMES[found.scheme]}{path}"


def _no_address(url: str, reason: str) -> TrustError:
    shown = re.sub(r"//[^/]*@", "//…@", url)
    return TrustError(
        f"{shown!r} is no address that a key can go to: {reason}",
        hint="expected http://HOST:PORT or https://HOST, with a path where the server has one",
    )


def trust_file() -> Path:
    """The list of this user on this machine."""
    from platformdirs import user_config_path

    return user_config_path("framing", appauthor=False) / "trusted.json"


def trusted() -> list[str]:
    """The addresses that this user has confirmed, as `address_of` writes them.

    Raises
    ------
    SettingsError
        If the list can't be read, or others can change it.
    """
    file = trust_file()
    try:
        held: Any = json.loads(text_of(file))
        if file.stat().st_mode & _OTHERS_WRITE:
            raise ValueError("others can change it, expected mode 600")
        if not isinstance(held, list) or not all(isinstance(item, str) for item in held):
            raise ValueError("found something else than a list of addresses")
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"{file}: not usable as the list of trusted servers: {' '.join(str(error).split())[:200]}",
            hint=f"look at it, remove it (rm {file}) and confirm again: framing trust URL",
        ) from error
    return held


def trust(url: str) -> bool:
    """Confirm an address for this user on this machine; False if it was before.

    Raises
    ------
    TrustError
        If it is no address.
    SettingsError
        If the list can't be read.
    """
    address = address_of(url)
    with _changing() as held:
        new = address not in held
        if new:
            held.append(address)
    return new


def distrust(url: str) -> bool:
    """Take an address back; False if it was not confirmed.

    Raises
    ------
    TrustError, SettingsError
        As for `trust`.
    """
    address = address_of(url)
    with _changing() as held:
        there = address in held
        if there:
            held.remove(address)
    return there


@contextmanager
def _changing() -> Iterator[list[str]]:
    """Give the list to be changed, and write it; two at a time wait for each other."""
    from filelock import FileLock

    file = trust_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(f"{file}.lock", mode=0o600, timeout=60):
        held = trusted()
        before = list(held)
        yield held
        if held != before:
            with whole_text(file, mode=0o600) as stream:
                json.dump(sorted(held), stream, indent=1)


def require_trust(url: str, *, named_in: str, environment: str, variable: str) -> None:
    """Refuse an address unless the environment names it itself or this user has confirmed it.

    To be called before anything is sent there. The same holds for every service that takes a key.

    Parameters
    ----------
    url : str
        The address that a key of the environment would go to.
    named_in : str
        Where it stands, for the message.
    environment : str
        The address that the environment names; empty if none.
    variable : str
        The variable that would name it, for example ``LABEL_STUDIO_URL``.

    Raises
    ------
    TrustError
        If neither does, or it is no address.
    SettingsError
        If the list of confirmed ones can't be read.

    Examples
    --------
    >>> require_trust("https://a.example", named_in="x", environment="https://A.example/", variable="Y")
    """
    address = address_of(url)
    if environment and _same(address, environment):
        return
    if address not in trusted():
        raise TrustError(
            f"{named_in} names {url}, which you have not confirmed on this machine: nothing was sent there",
            hint=f"if it is yours: framing trust {url}; or name it in {variable}",
        )


def _same(address: str, other: str) -> bool:
    try:
        return address == address_of(other)
    except TrustError:
        return False
