"""A proxy between the tool and a real server that misbehaves once, at a chosen request."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal

import httpx

Fault = Literal["lost request", "lost answer", "error after", "cut answer", "sent twice", "slow", "late"]
#: For a proxy that has no patience of its own; `late` acts long after one in between has given up.
FAULTS: tuple[Fault, ...] = ("lost request", "lost answer", "error after", "cut answer", "sent twice", "slow")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: ClassVar[httpx.Client]
    plan: ClassVar[dict[str, Any]]
    lock: ClassVar[threading.Lock]

    def log_message(self, *_: object) -> None:
        """Keep silent."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self._fault()
        if fault == "lost request":
            self._hang_up()
            return
        if fault == "late":
            threading.Event().wait(2.5)
        if fault == "sent twice":
            self._forward(body)
        answer = self._forward(body)
        if fault == "slow":
            threading.Event().wait(1.5)
        if fault == "lost answer":
            self._hang_up()
        elif fault == "error after":
            self._reply(502, b"{}")
        elif fault == "cut answer":
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content) + 100))
            self.end_headers()
            self.wfile.write(answer.content[: len(answer.content) // 2])
            self._hang_up()
        else:
            self._reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names http.server looks for

    def _fault(self) -> Fault | None:
        """Give the planned fault to the n-th request that it is meant for."""
        with self.lock:
            if self.command != "POST" and self.plan["writes only"]:
                return None
            self.plan["seen"] += 1
            if self.plan["seen"] != self.plan["at"]:
                return None
            self.plan["done"] = True
            return self.plan["fault"]  # type: ignore[no-any-return]

    def _forward(self, body: bytes) -> httpx.Response:
        kept = {
            k: v for k, v in self.headers.items() if k.lower() not in ("host", "content-length", "connection")
        }
        return self.upstream.request(self.command, self.path, content=body, headers=kept)

    def _reply(self, code: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()


class _Told(_Handler):
    """Passes everything on, but tells another time and version than the server."""

    ahead: ClassVar[int]
    version: ClassVar[str]

    def _fault(self) -> None:
        return None

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(time.time() + self.ahead)

    def _reply(self, code: int, body: bytes, kind: str = "application/json") -> None:
        if self.path.startswith("/api/version"):
            body = json.dumps(json.loads(body) | {"release": self.version}).encode()
        super()._reply(code, body, kind)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A broken connection is what this is for."""


@contextmanager
def misbehaving(
    url: str, fault: Fault, at: int, *, writes_only: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Serve `url` at another address; the `at`-th request meets the fault.

    Yields
    ------
    url : str
    plan : dict
        `done` says whether the fault happened.
    """
    plan: dict[str, Any] = {"fault": fault, "at": at, "seen": 0, "done": False, "writes only": writes_only}
    with _between(url, _Handler, {"plan": plan, "lock": threading.Lock()}) as address:
        yield address, plan


@contextmanager
def telling(url: str, *, ahead: int, version: str) -> Iterator[str]:
    """Serve `url` at another address, with a clock that is `ahead` and another version; gives it."""
    with _between(url, _Told, {"ahead": ahead, "version": version}) as address:
        yield address


@contextmanager
def _between(url: str, kind: type[_Handler], fields: dict[str, Any]) -> Iterator[str]:
    upstream = httpx.Client(base_url=url, timeout=60, trust_env=False)
    handler = type("Handler", (kind,), {"upstream": upstream, **fields})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        upstream.close()
