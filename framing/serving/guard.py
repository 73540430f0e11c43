"""What a request may cost, and who may make one."""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

_CLOSING = {"Connection": "close"}
#: A request may hold so many values, and one more for so many bytes: texts have one in fifty.
_CRUMBS, _CRUMB = 20_000, 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client can take from a server that others use too.

    Attributes
    ----------
    body : int
        Bytes of a request.
    tasks_body : int
        Bytes of a request by Label Studio, which sends all selected tasks at once.
    held : int
        Bytes of all requests that are being worked on together.
    units : int
        Texts, tasks, or units of articles in a request.
    text : int
        Characters of a text; of a page ten times as many.
    patience : float
        Seconds that a client has to send its header, and again to send its body.
    seconds : float
        Seconds of work on a request.
    lifetime : float
        Seconds from a request's header until its answer is taken.
    connections : int
        Open connections; further ones are closed at once.
    waiting : int
        Requests that wait for one that is being worked on.
    """

    body: int = 8 * 2**20
    tasks_body: int = 64 * 2**20
    held: int = 128 * 2**20
    units: int = 20_000
    text: int = 200_000
    patience: float = 15.0
    seconds: float = 60.0
    lifetime: float = 150.0
    connections: int = 4_000
    waiting: int = 64


class Refusal(Exception):  # noqa: N818 - an answer rather than a failure
    """A request that gets an answer of 4xx or 503.

    Parameters
    ----------
    status : int
        HTTP status.
    message, hint : str
        What was found and expected; what the client can do.
    headers : dict of str to str
    """

    def __init__(self, status: int, message: str, hint: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint
        self.headers = headers or {}


class Budget:
    """Bytes that all requests hold together.

    Examples
    --------
    >>> budget = Budget(10)
    >>> with budget.share() as mine:
    ...     mine.take(10)
    >>> budget.taken
    0
    """

    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """Give a request its share, and take it back when the request is through."""
        share = Share(self)
        try:
            yield share
        finally:
            self.taken -= share.taken


class Share:
    """What one request holds of a budget."""

    def __init__(self, budget: Budget) -> None:
        self.budget, self.taken = budget, 0

    def take(self, count: int) -> None:
        """Take some bytes.

        Raises
        ------
        Refusal
            503 if all requests together would hold too many.
        """
        if self.budget.taken + count > self.budget.most:
            raise busy()
        self.budget.taken += count
        self.taken += count


def busy() -> Refusal:
    """Say that others' requests have to be answered first."""
    return Refusal(503, "busy with other requests", "try again in a moment", _CLOSING | {"Retry-After": "5"})


async def read_body(request: Request, most: int, patience: float, share: Share) -> bytes:
    """Read a request's body as far as it keeps to the limits.

    Parameters
    ----------
    request : Request
    most : int
        Bytes.
    patience : float
        Seconds.
    share : Share
        Takes note of the bytes as they come.

    Raises
    ------
    Refusal
        415 if it does not say that it is JSON, 413 if it is too large, 408 if it comes too slowly,
        503 if all requests together are too large.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, f"content type {kind[:60]!r}, expected application/json", "send JSON", _CLOSING)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    parts = []
    size = 0
    try:
        async with asyncio.timeout(patience):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise _too_large(most)
                share.take(len(part))
                parts.append(part)
    except TimeoutError:
        raise Refusal(
            408, f"the body did not come within {patience:g} seconds", "send less at a time", _CLOSING
        ) from None
    except ClientDisconnect:
        raise Refusal(400, "the client has gone", "send it again", _CLOSING) from None
    return b"".join(parts)


def refuse_crumbs(body: bytes) -> None:
    """Refuse JSON of very many tiny values, which would fill a hundred times its own length in memory.

    Parameters
    ----------
    body : bytes
        JSON, not read yet.

    Raises
    ------
    Refusal
        413.
    """
    marks = sum(body.count(mark) for mark in (b",", b"[", b"{"))
    if marks > _CRUMBS + len(body) // _CRUMB:
        raise Refusal(413, f"JSON of about {marks} values in {len(body)} bytes", "send less at a time")


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"a body over {most} bytes", "send less at a time", _CLOSING)


def authorised(header: str, token: str) -> bool:
    """Whether an ``Authorization`` header holds the token: as bearer, or as the password of any user.

    Parameters
    ----------
    header : str
    token : str
        Empty: everyone may.

    Examples
    --------
    >>> authorised("Bearer abc", "abc"), authorised("Basic Zm9vOmFiYw==", "abc"), authorised("", "abc")
    (True, True, False)
    """
    if not token:
        return True
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, ValueError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.encode())


def unauthorised() -> Refusal:
    """Ask for the token."""
    return Refusal(
        401,
        "no valid token",
        "send it as 'Authorization: Bearer TOKEN' or as the password of basic authentication; "
        "framing serve tells where it is kept",
        _CLOSING | {"WWW-Authenticate": 'Basic realm="framing", charset="UTF-8"'},
    )
