"""A signed-in connection to a Label Studio server; its errors become ours, in one line."""

import json
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import httpx
import jwt
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.request_options import RequestOptions

from framing.errors import ServerError, ServerUnreachable, SignInError

#: For requests that must not be sent twice: the SDK repeats them after 5xx and lost connections.
ONCE: RequestOptions = {"max_retries": 0, "timeout_in_seconds": 600}
#: For requests that change nothing or give the same result when sent again.
AGAIN: RequestOptions = {"max_retries": 4, "timeout_in_seconds": 600}

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Connection:
    """A Label Studio server and the right to use it.

    Parameters
    ----------
    url : str
        The server's address.
    api_key : str
        A personal access token or a legacy token.

    Raises
    ------
    SignInError
        If there is no token.
    ServerUnreachable
        If `url` is no address.
    """

    def __init__(self, url: str, api_key: str) -> None:
        if not api_key:
            raise SignInError(
                f"no token for {url}",
                hint="set LABEL_STUDIO_API_KEY to the token under Account & Settings in Label Studio",
            )
        try:
            self._here = httpx.URL(url).host in _LOOPBACK
        except httpx.InvalidURL as error:
            raise ServerUnreachable(
                f"{url!r} is no address of a server: {error}",
                hint="expected http://HOST:PORT or https://HOST, in LABEL_STUDIO_URL or config/settings.yaml",
            ) from error
        self.url = url
        self._api_key = api_key

    @cached_property
    def client(self) -> LabelStudio:
        """The SDK's client; use it within `speaking`."""
        # Label Studio's server sends a short answer in two pieces. On a connection that was used before the
        # second waits 40 ms for the first to be acknowledged; a new one to this machine is faster.
        kept = 0 if self._here else None
        transport = httpx.Client(
            timeout=60,
            follow_redirects=True,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=kept),
        )
        weakref.finalize(self, transport.close)
        return LabelStudio(  # type: ignore[no-untyped-call]
            base_url=self.url, api_key=self._api_key, httpx_client=transport
        )

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
            raise ServerUnreachable(
                f"no Label Studio answers at {self.url}: {type(error).__name__}",
                hint="is it running? framing studio status; is the address right? framing doctor",
            ) from error
        except ApiError as error:
            raise self._told(error) from None
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise self._refused(type(error).__name__) from error

    def post_once(self, path: str, body: bytes) -> None:
        """Send JSON, one try.

        Raises
        ------
        ServerUnreachable, SignInError, ServerError
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
                raise ApiError(status_code=answer.status_code, body=_json(answer))

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
        """Seconds by which the server's clock is ahead of this machine's, to the second."""
        try:
            answer = httpx.get(f"{self.url}/health", timeout=30, trust_env=False)
        except httpx.HTTPError as error:
            raise ServerUnreachable(
                f"no Label Studio answers at {self.url}: {type(error).__name__}",
                hint="is it running? framing studio status",
            ) from error
        told = answer.headers.get("date", "")
        return parsedate_to_datetime(told).timestamp() - time.time() if told else 0.0

    def _told(self, error: ApiError) -> ServerError:
        detail = _detail(error.body)
        if error.status_code == httpx.codes.UNAUTHORIZED:
            return self._refused(detail)
        return ServerError(
            f"{self.url} answered HTTP {error.status_code}: {detail}",
            hint="framing doctor looks for the cause",
        )

    def _refused(self, detail: str) -> SignInError:
        hint = "set LABEL_STUDIO_API_KEY to the token under Account & Settings in Label Studio"
        if "legacy" in detail:
            hint = "make a personal access token under Account & Settings and set LABEL_STUDIO_API_KEY"
        return SignInError(f"{self.url} refused the {self.token_kind}: {detail}", hint=hint)


def as_json(values: Sequence[Mapping[str, Any]]) -> bytes:
    """Write plain values as JSON; the SDK's own encoder takes a second for 5,000 tasks."""
    return json.dumps(values).encode()


def _json(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


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
