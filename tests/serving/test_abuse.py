"""Slow clients, huge bodies, bad tokens and a thousand connections at once; the honest are answered meanwhile."""

import contextlib
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from framing.serving import Limits
from tests.serving.conftest import Serve, Served

_HONEST = {"texts": ["It rained on Friday"] * 5}
_HEAD = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
#: Bytes that the process may grow by, whatever is thrown at it.
_GROWTH = 400 << 20


class Abuse:
    """Clients that behave badly, on threads, until told to stop."""

    def __init__(self, served: Served, seed: int) -> None:
        address = httpx.URL(served.url)
        self._place = (address.host, address.port or 80)
        self._draw = random.Random(seed)  # noqa: S311
        self._stop = threading.Event()
        self.done: Counter[str] = Counter()

    def one(self, kind: str, seed: int) -> None:
        draw = random.Random(seed)  # noqa: S311
        while not self._stop.is_set():
            with contextlib.suppress(OSError), socket.create_connection(self._place, timeout=5) as line:
                self.done[kind] += 1
                getattr(self, f"_{kind}")(line, draw)

    def _slow(self, line: socket.socket, draw: random.Random) -> None:
        for mark in _HEAD + b"Content-Length: 900\r\n\r\n":
            line.sendall(bytes([mark]))
            if self._stop.wait(draw.uniform(0.01, 0.1)):
                return

    def _huge(self, line: socket.socket, draw: random.Random) -> None:
        size = draw.choice((10**12, 300 << 20, 8 << 20))
        line.sendall(_HEAD + f"Content-Length: {size}\r\n\r\n".encode())
        for _ in range(40):
            line.sendall(b"[" * (1 << 18))
        line.recv(100)

    def _tokens(self, line: socket.socket, draw: random.Random) -> None:
        line.sendall(
            b"GET /versions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + draw.randbytes(9).hex().encode()
        )
        line.sendall(b"\r\n\r\n")
        assert b" 401 " in line.recv(200)

    def _junk(self, line: socket.socket, draw: random.Random) -> None:
        line.sendall(draw.randbytes(draw.randrange(1, 9_000)))
        line.recv(100)

    def _deep(self, line: socket.socket, draw: random.Random) -> None:
        body = b'{"texts": ' + b"[" * draw.randrange(1, 100_000)
        line.sendall(_HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        line.recv(100)

    @contextlib.contextmanager
    def going_on(self, each: int) -> Iterator[None]:
        kinds = ("slow", "huge", "tokens", "junk", "deep")
        threads = [
            threading.Thread(target=self.one, args=(kind, self._draw.getrandbits(32)), daemon=True)
            for kind in kinds
            for _ in range(each)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(30)


def abused(served: Served, connections: int, each: int, seconds: float) -> tuple[int, int, Counter[str]]:
    """Answers that honest clients got, how far memory grew, and what the others did."""
    token = Path(served.token_file).read_text(encoding="utf-8")
    honest = httpx.Client(base_url=served.url, timeout=60, trust_env=False, auth=("framing", token))
    before = peak = psutil.Process().memory_info().rss
    answers, abuse = 0, Abuse(served, 3)
    address = httpx.URL(served.url)
    with contextlib.ExitStack() as idle, honest, abuse.going_on(each):
        for _ in range(connections):
            line = socket.create_connection((address.host, address.port or 80), timeout=30)
            idle.enter_context(line).sendall(b"GET /health HTTP/1.1\r\nX: ")
        end = time.monotonic() + seconds
        while time.monotonic() < end or answers < 3:
            answer = honest.post("/v1/score", json=_HONEST)
            # Busy is an honest answer too, but not the only one.
            assert answer.status_code in (200, 503), answer.text
            answers += answer.status_code == 200
            peak = max(peak, psutil.Process().memory_info().rss)
    assert httpx.get(f"{served.url}/health", timeout=30, trust_env=False).status_code == 200
    return answers, peak - before, abuse.done


def test_the_honest_are_answered_under_abuse(serving: Serve) -> None:
    served = serving(require_token=True, limits=Limits(patience=5))
    answers, growth, done = abused(served, connections=200, each=2, seconds=5)
    assert answers >= 3
    assert growth < _GROWTH
    assert set(done) >= {"huge", "tokens", "junk", "deep"}


@pytest.mark.prove
def test_a_thousand_connections_and_minutes_of_abuse(serving: Serve) -> None:
    served = serving(require_token=True, limits=Limits(patience=5))
    answers, growth, done = abused(served, connections=1_000, each=4, seconds=120)
    sys.stdout.write(f"{answers} honest answers, memory grew by {growth >> 20} MB, abused {dict(done)}")
    assert answers >= 30
    assert growth < _GROWTH
