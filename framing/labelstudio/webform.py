"""What Label Studio offers only to a browser: signing in, the first token, new accounts."""

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from framing.errors import ServerError, SignInError
from framing.labelstudio.client import Client
from framing.labelstudio.explain import Answer, answered, busy
from framing.labelstudio.patience import BUSY
from framing.labelstudio.route import Route, is_loopback

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_FAULT = re.compile(r'<ul class="field_errors">\s*<li>([^<]+)</li>')


class WebSession:
    """A browser's session with a Label Studio server, without the browser.

    Parameters
    ----------
    url : str
        The server's address.
    route : Route, optional
        Certificates and proxies; by default the system's certificates and no proxy.
    """

    def __init__(self, url: str, route: Route | None = None) -> None:
        self.url = url
        self._client = Client(url, route or Route(), forms=True)
        self._here = is_loopback(httpx.URL(url).host)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as a user.

        Raises
        ------
        SignInError
            If the server refuses the password.
        """
        answer = self._send_form("/user/login/", {"email": email, "password": password})
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise SignInError(
                f"{self.url} refused the sign-in form: HTTP 403",
                hint="behind a proxy that speaks TLS: framing studio start --public-url https://HOST",
            )
        if answer.status_code != httpx.codes.FOUND:
            raise SignInError(
                f"{self.url} refused the password of {email}",
                hint="was it changed in the browser? put the new one into the password file",
            )

    def knows(self, token: str) -> bool:
        """Whether the server takes a personal access token; an empty one it never does."""
        answer = self._post("/api/token/refresh", {"refresh": token})
        return bool(token) and answer.status_code != httpx.codes.UNAUTHORIZED

    def make_token(self) -> str:
        """Make a personal access token for the user who is signed in, replacing a lost one."""
        for _ in range(2):
            answer = self._post("/api/token/", {})
            if answer.status_code == httpx.codes.CREATED:
                return str(answer.json()["token"])
            for old in self._client.get("/api/token/").json():
                self._post("/api/token/blacklist/", {"refresh": old["token"]})
        raise ServerError(
            f"{self.url} gave no access token: HTTP {answer.status_code}",
            hint="make one in the browser under Account & Settings and set LABEL_STUDIO_API_KEY",
        )

    def sign_up(self, email: str, password: str, invitation: str) -> None:
        """Make an account by an invitation, the only way that sets a password.

        Raises
        ------
        ServerError
            If the account exists or the server refuses it.
        """
        fields = {"email": email, "password": password, "allow_newsletters": "false"}
        answer = self._send_form(f"/user/signup/?token={invitation}", fields)
        if answer.status_code != httpx.codes.FOUND:
            found = _FAULT.search(answer.text)
            reason = found.group(1) if found else f"HTTP {answer.status_code}"
            raise ServerError(
                f"{self.url} made no account for {email}: {reason}",
                hint="choose another name",
            )

    def anyone_may_sign_up(self) -> bool:
        """Whether accounts can be made without an invitation; an empty form tells, and makes none."""
        return self._send_form("/user/signup/", {}).status_code != httpx.codes.FORBIDDEN

    def _send_form(self, path: str, fields: dict[str, str]) -> httpx.Response:
        page = self._send("GET", path)
        found = _CSRF.search(page.text)
        if page.is_success and not found:
            raise answered(self.url, Answer(page.status_code, page.headers, page.text))
        token = {"csrfmiddlewaretoken": found.group(1)} if found else {}
        return self._send("POST", path, data=fields | token)

    def _post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        mark = self._client.cookies.get("csrftoken") or ""
        return self._send("POST", path, json=fields, headers={"X-CSRFToken": mark})

    def _send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        sent = {"Referer": self._client.address, **(headers or {})}
        try:
            answer = self._client.request(method, path, headers=sent, **content)
        except httpx.TransportError as error:
            raise self._client.explained(error) from error
        if self._here:
            # A server behind a proxy that speaks TLS marks its cookies for TLS only; the way to this machine
            # needs none.
            for cookie in self._client.cookies.jar:
                cookie.secure = False
        if answer.status_code in BUSY:
            raise busy(self.url, Answer(answer.status_code, answer.headers, ""))
        if answer.status_code in (httpx.codes.BAD_GATEWAY, httpx.codes.GATEWAY_TIMEOUT):
            raise answered(self.url, Answer(answer.status_code, answer.headers, answer.text))
        return answer
