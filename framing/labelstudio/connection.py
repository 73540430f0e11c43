"""A signed-in connection to a Label Studio server; its errors become ours, in one line."""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import jwt
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.parse_error import ParsingError
from label_studio_sdk.core.request_options import RequestOptions

from framing.errors import NotThere, ServerError, ServerUnreachable, SignInError
from framing.labelstudio.client import Client
from framing.labelstudio.explain import SET, Answer, answered, base_of, busy
from framing.labelstudio.patience import BUSY
from framing.labelstudio.route import Route, is_loopback, without_secrets

#: For requests that must not be sent twice: the SDK repeats them after 5xx and lost connections.
ONCE: RequestOptions = {"max_retries": 0, "timeout_in_seconds": 600}
#: For requests that change nothing or give the same result when sent again.
AGAIN: RequestOptions = {"max_retries": 4, "timeout_in_seconds": 600}


class Connection:
    """A Label Studio server and the right to use it.

    Parameters
    ----------
    url : str
        The server's address.
    api_key : str
        A personal access token or a legacy token.
    route : Route, optional
        Certificates and proxies; by default the system's certificates and no proxy.
    public_url : str
        Where people open the server in a browser, if not at `url`.

    Attributes
    ----------
    body_limit : int
        Bytes from which on requests were found not to pass; 0: none known.

    Raises
    ------
    SignInError
        If there is no token.
    ServerUnreachable
        If `url` is no address.
    """

    def __init__(self, url: str, api_key: str, route: Route | None = None, *, public_url: str = "") -> None:
        self.url = _address(url)
        if not api_key:
            raise SignInError(
                f"no token for {self.url}",
                hint="set LABEL_STUDIO_API_KEY to the token under Account & Settings in Label Studio",
            )
        self.route = route or Route()
        self.public_url = public_url or self.url
        self.body_limit = 0
        #: Where the server keeps a copy of each export, if it is this workspace's own.
        self.exports: Path | None = None
        self._api_key = api_key

    @cached_property
    def http(self) -> Client:
        """What carries requests to the server; use it within `speaking`."""
        made = Client(self.url, self.route)
        weakref.finalize(self, made.close)
        return made

    @cached_property
    def client(self) -> LabelStudio:
        """The SDK's client; use it within `speaking`."""
        # The SDK joins the address of the token exchange to what stands before the last slash.
        return LabelStudio(  # type: ignore[no-untyped-call]
            base_url=f"{self.url}/", api_key=self._api_key, httpx_client=self.http
        )

    @property
    def in_clear(self) -> bool:
        """Whether requests go to another machine without encryption, as far as is known by now."""
        found = httpx.URL(self.http.address)
        return found.scheme == "http" and not is_loopback(found.host)

    @property
    def token_kind(self) -> str:
        """``personal access token`` or ``legacy token``, by its shape."""
        return "personal access token" if self._api_key.count(".") == 2 else "legacy token"

    @contextmanager
    def speaking(self) -> Iterator[LabelStudio]:
        """Use the SDK's client; what goes wrong inside comes out as one of our errors.

        Raises
        ------
        ServerUnreachable, SignInError, ServerError
        """
        try:
            yield self.client
        except httpx.HTTPError as error:
            raise self.http.explained(error) from error
        except (ApiError, ParsingError) as error:
            raise self._told(error) from None
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise self._refused(type(error).__name__) from error

    def post_once(self, path: str, body: bytes) -> None:
        """Send JSON, one try.

        Raises
        ------
        BodyTooLarge, ServerBusy
            If the server did not act.
        ServerUnreachable, SignInError, ServerError
            If it is not known whether it did.
        """
        with self.speaking() as client:
            answer = client._client_wrapper.httpx_client.request(
                path,
                method="POST",
                content=body,
                headers={"content-type": "application/json"},
                request_options=ONCE,
            )
            if answer.is_error:
                raise ApiError(
                    status_code=answer.status_code, headers=dict(answer.headers), body=_json(answer)
                )

    def whoami(self) -> dict[str, Any]:
        """Ask the server who the token belongs to; `id`, `email`, `username`."""
        with self.speaking() as client:
            user = client.users.whoami(request_options=AGAIN)
        return {"id": user.id, "email": user.email, "username": user.username}

    def version(self) -> str:
        """Label Studio's version as the server states it; empty if it does not."""
        with self.speaking() as client:
            release = client.versions.get(request_options=AGAIN)
        return str(getattr(release, "release", "") or "")

    def clock_skew(self) -> float:
        """Seconds by which the server's clock is ahead of this machine's, to the second.

        Every answer tells, so that only the first question of all is asked for it.
        """
        if self.http.skew is None:
            self.version()
        return self.http.skew or 0.0

    def _told(self, error: ApiError | ParsingError) -> ServerError:
        status = error.status_code or 0
        if not _own(error.body):
            text = error.body if isinstance(error.body, str) else ""
            return answered(self.url, Answer(status, httpx.Headers(error.headers or {}), text))
        detail = _detail(error.body)
        if status == httpx.codes.UNAUTHORIZED:
            return self._refused(detail)
        if status in BUSY:
            return busy(self.url, Answer(status, httpx.Headers(error.headers or {}), detail))
        kind = NotThere if status == httpx.codes.NOT_FOUND else ServerError
        return kind(f"{self.url} answered HTTP {status}: {detail}", hint="framing doctor looks for the cause")

    def _refused(self, detail: str) -> SignInError:
        hint = "set LABEL_STUDIO_API_KEY to the token under Account & Settings in Label Studio"
        if "legacy" in detail:
            hint = "make a personal access token under Account & Settings and set LABEL_STUDIO_API_KEY"
        return SignInError(f"{self.url} refused the {self.token_kind}: {detail}", hint=hint)


def _json(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _own(body: object) -> bool:
    """Whether an error is worded as Label Studio words it."""
    return isinstance(body, dict) and bool({"detail", "validation_errors", "status_code"} & body.keys())


def _address(url: str) -> str:
    """Check an address; it comes back without a last slash.

    Raises
    ------
    ServerUnreachable
        If it is none, or the address of a page.
    """
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _no_address(f"{url!r} is no address of a server: {error}") from error
    if found.userinfo:
        raise _no_address(f"the address of {found.host} holds a user name or password, expected none")
    if found.scheme not in ("http", "https") or not found.host:
        raise _no_address(f"{url!r} is no address of a server: expected http:// or https:// and a name")
    if found.query or found.fragment:
        raise ServerUnreachable(
            f"{without_secrets(url)} is the address of a page, expected that of the server",
            hint=f"set {base_of(url)} in {SET}",
        )
    return url.rstrip("/")


def _no_address(message: str) -> ServerUnreachable:
    return ServerUnreachable(
        message, hint="expected http://HOST:PORT or https://HOST, in LABEL_STUDIO_URL or config/settings.yaml"
    )


def _detail(body: object) -> str:
    """Pick what a person can use; the rest of an answer may hold cookies."""
    if not isinstance(body, dict):
        return "no explanation"
    faults = body.get("validation_errors")
    parts = (
        [body.get("detail"), *(f"{k}: {v}" for k, v in (faults or {}).items() if v)]
        if (isinstance(faults, dict | None))
        else [body.get("detail"), faults]
    )
    return " ".join(" ".join(str(part) for part in parts if part).split())[:300] or "no explanation"
