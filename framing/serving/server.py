"""The HTTP server around the application, and how long it waits for slow clients."""

import asyncio
import ipaddress
import os
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from framing.errors import FramingError
from framing.serving.guard import Limits


def listen(host: str, port: int) -> socket.socket:
    """Take the port.

    Parameters
    ----------
    host : str
        An address or a name of this machine.
    port : int
        0 takes a free one.

    Raises
    ------
    FramingError
        If the port is taken or the address is not one of this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        raise FramingError(
            f"can't listen on {host}, port {port}: {_reason(error)}",
            hint="take another: framing serve --port 0; addresses of this machine: --host",
        ) from None


def _reason(error: OSError | UnicodeError) -> str:
    code = error.errno if isinstance(error, OSError) else None
    # Names that can't be resolved have negative codes of their own.
    return os.strerror(code) if code is not None and code > 0 else "no such address"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def run(app: ASGIApp, listening: socket.socket, limits: Limits) -> None:
    """Answer requests until the process is told to stop."""
    server(app, limits).run(sockets=[listening])


def server(app: ASGIApp, limits: Limits) -> uvicorn.Server:
    """Set up uvicorn: it logs no request, trusts no proxy's headers and tells no version."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=_patient(limits),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


def _patient(kept: Limits) -> type[H11Protocol]:
    class Protocol(PatientProtocol):
        limits = kept

    return Protocol


class PatientProtocol(H11Protocol):
    """HTTP for clients that may be slow on purpose: a connection always has a last moment.

    uvicorn waits for ever for a header, and for a client to take its answer.

    Attributes
    ----------
    limits : Limits
    """

    limits = Limits()
    _last: asyncio.TimerHandle | None = None
    _busy = False

    def connection_made(self, transport: Any) -> None:
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self.transport.abort()
        else:
            self._within(self.limits.patience)

    def data_received(self, data: bytes) -> None:
        """Give a header some time from its first byte, and a request some from its header."""
        super().data_received(data)
        busy = self.cycle is not None and not self.cycle.response_complete
        if busy and not self._busy:
            self._within(self.limits.lifetime)
        elif not busy and self._last is None:
            self._within(self.limits.patience)
        self._busy = busy

    def on_response_complete(self) -> None:
        """Leave an idle connection to uvicorn; one that does not take its answer keeps its end."""
        self._busy = False
        if self._last is not None and not self.transport.get_write_buffer_size():
            self._last.cancel()
            self._last = None
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._last is not None:
            self._last.cancel()
        super().connection_lost(exc)

    def _within(self, seconds: float) -> None:
        if self._last is not None:
            self._last.cancel()
        self._last = self.loop.call_later(seconds, self.transport.abort)
