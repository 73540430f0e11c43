"""A forward proxy for the tests, as institutes put before the way out: names resolve only behind it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import ClassVar


@dataclass
class Forward:
    """A running proxy: its address, and the first lines of what came through."""

    url: str
    lines: list[str] = field(default_factory=list)


class _Handler(StreamRequestHandler):
    made: ClassVar[Forward]

    def handle(self) -> None:
        line = self.rfile.readline().decode()
        self.made.lines.append(line.strip())
        method, target, _ = line.split(" ", 2)
        tunnel = method == "CONNECT"
        place = target if tunnel else target.removeprefix("http://").split("/", 1)[0]
        port = int(place.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as there:
            if tunnel:
                while self.rfile.readline().strip():
                    pass
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = "/" + target.removeprefix("http://").partition("/")[2]
                there.sendall(f"{method} {path} HTTP/1.1\r\n".encode())
            back = threading.Thread(target=_copy, args=(there.makefile("rb"), self.connection), daemon=True)
            back.start()
            _copy(self.rfile, there)
            back.join(timeout=30)


def _copy(source, to: socket.socket) -> None:  # type: ignore[no-untyped-def]
    with suppress(OSError):
        while data := source.read1(65536):
            to.sendall(data)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """A closed connection is no concern of the tests."""


@contextmanager
def forward_proxy() -> Iterator[Forward]:
    """Start a proxy on loopback for which each name stands for this machine."""
    made = Forward("")
    with _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"made": made})) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()
