"""An HTTP client for one server: patient, and careful where a key goes."""

import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from framing.errors import FramingError
from framing.labelstudio.explain import Answer, answered, busy, redirected, unreachable
from framing.labelstudio.patience import BUSY, Patience, asked_pause
from framing.labelstudio.route import Route, is_loopback

_REFRESH = "/api/token/refresh"
#: Gateways answer so that reached no server, or had to wait too long for it.
_GATEWAY = frozenset({httpx.codes.BAD_GATEWAY, httpx.codes.GATEWAY_TIMEOUT})
_CONNECT = 15.0
_TRIES = 4


class Client(httpx.Client):
    """An HTTP client for one server.

    It follows no redirect, since a key would go along, but one: from http to https on the same host.
    Where an address says http and the host is another machine, that is asked for before any key is
    sent. What says that it is busy is waited for, where a request can be sent twice.

    Parameters
    ----------
    url : str
        The server's address.
    route : Route
        Certificates and proxies.
    forms : bool
        Whether redirects are answers, as they are where forms are sent, instead of errors.

    Raises
    ------
    SettingsError
        If certificates or proxies can't be used.
    """

    def __init__(self, url: str, route: Route, *, forms: bool = False) -> None:
        self._home = httpx.URL(url)
        self._route = route
        self._forms = forms
        self._asked = self._home.scheme == "https" or is_loopback(self._home.host)
        self._secure: httpx.URL | None = None
        self.skew: float | None = None
        # Label Studio's server sends a short answer in two pieces. On a connection that was used before the
        # second waits 40 ms for the first to be acknowledged; a new one to this machine is faster.
        kept = 0 if is_loopback(self._home.host) else None
        limits = httpx.Limits(max_keepalive_connections=kept)
        context = route.context()
        secure = self._home.copy_with(scheme="https", port=None)
        super().__init__(
            base_url=url,
            timeout=60,
            trust_env=False,
            transport=route.transport(self._home, context, limits),
            mounts={"https://": route.transport(secure, context, limits)},
        )

    @property
    def address(self) -> str:
        """The server's address as it turned out to be: https where http leads there."""
        return str(self._directed(self._home)).rstrip("/")

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request; see the class.

        Raises
        ------
        FramingError
            If the answer is none of Label Studio's.
        httpx.TransportError
            If none came, and another try may help.
        """
        if not self._asked:
            self._asked = True
            self._ask()
        patience, tries = Patience(), 0
        refresh = request.url.path.rstrip("/").endswith(_REFRESH)
        repeatable = refresh or request.method != "POST"
        while True:
            sent = _at(request, self._directed(request.url))
            try:
                response = self._once(sent, **options)
            except httpx.TransportError:
                # The SDK repeats all requests but this one.
                tries += 1
                if not refresh or tries == _TRIES or not patience.wait():
                    raise
                continue
            if self._secured(sent, response):
                continue
            if response.status_code in BUSY and repeatable:
                if patience.wait(asked_pause(response.headers)):
                    continue
                raise busy(self.address, _read(response))
            if refresh and response.status_code in _GATEWAY:
                tries += 1
                if tries < _TRIES and patience.wait():
                    continue
            self._check(sent, response, refresh=refresh)
            return response

    def explained(self, error: Exception) -> FramingError:
        """One of our errors for one of httpx's."""
        url = self._directed(self._home)
        return unreachable(
            str(url).rstrip("/"), error, proxy=self._route.proxy(url), authorities=self._route.authorities
        )

    def _once(self, request: httpx.Request, **options: Any) -> httpx.Response:
        timeout = request.extensions.get("timeout", {})
        request.extensions["timeout"] = timeout | {
            "connect": min(timeout.get("connect") or _CONNECT, _CONNECT)
        }
        try:
            response = super().send(request, **options)
        except httpx.ConnectError as error:
            explained = unreachable(
                self.address, error, proxy=self._route.proxy(request.url), authorities=self._route.authorities
            )
            if explained.step in ("name", "TLS"):
                raise explained from error
            raise
        with suppress(ValueError):
            self.skew = parsedate_to_datetime(response.headers.get("date", "")).timestamp() - time.time()
        return response

    def _ask(self) -> None:
        """Ask without a key whether http leads to https."""
        url = self._home.copy_with(path=f"{self._home.path.rstrip('/')}/api/version/")
        request = httpx.Request("GET", url, extensions={"timeout": self.timeout.as_dict()})
        response = self._once(request)
        if not self._secured(request, response):
            self._check(request, response, refresh=False)

    def _directed(self, url: httpx.URL) -> httpx.URL:
        if self._secure is None or (url.host, url.port) != (self._home.host, self._home.port):
            return url
        return url.copy_with(scheme="https", port=self._secure.port)

    def _secured(self, request: httpx.Request, response: httpx.Response) -> bool:
        """Whether an answer leads from http to https on the same host; noted if so."""
        if not response.has_redirect_location or request.url.scheme != "http":
            return False
        to = request.url.join(response.headers["location"])
        if (to.scheme, to.host, to.raw_path) != ("https", request.url.host, request.url.raw_path):
            return False
        response.close()
        self._secure = to
        return True

    def _check(self, request: httpx.Request, response: httpx.Response, *, refresh: bool) -> None:
        """Refuse what is none of Label Studio's answers."""
        if self._forms:
            return
        below = request.url.path.removeprefix(self._directed(self._home).path.rstrip("/"))
        if response.has_redirect_location:
            response.close()
            to = request.url.join(response.headers["location"])
            raise redirected(self.address, below, str(to))
        page = "html" in response.headers.get("content-type", "")
        if refresh and (page or not _is_exchange(response)):
            raise answered(self.address, _read(response))
        if page and response.is_success and below.startswith("/api/"):
            raise answered(self.address, _read(response))


def _at(request: httpx.Request, url: httpx.URL) -> httpx.Request:
    """The same request to another address."""
    if url == request.url:
        return request
    headers = httpx.Headers(request.headers)
    headers["host"] = url.netloc.decode("ascii")
    return httpx.Request(
        request.method, url, headers=headers, stream=request.stream, extensions=dict(request.extensions)
    )


def _is_exchange(response: httpx.Response) -> bool:
    """Whether Label Studio may have given this for a token: an access token, or an error with a reason."""
    try:
        found = response.json()
    except ValueError:
        return False
    return isinstance(found, dict) and (
        "detail" in found or "validation_errors" in found or "access" in found
    )


def _read(response: httpx.Response) -> Answer:
    try:
        text = response.read()[:20_000].decode("utf-8", "replace")
    finally:
        response.close()
    return Answer(response.status_code, response.headers, text)
