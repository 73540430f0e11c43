"""What Label Studio offers only to a browser: signing in, the first token, new accounts."""

import re
from types import TracebackType
from typing import Self

import httpx

from framing.errors import ServerError, ServerUnreachable, SignInError

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_FAULT = re.compile(r'<ul class="field_errors">\s*<li>([^<]+)</li>')


class WebSession:
    """A browser's session with a Label Studio server, without the browser.

    Parameters
    ----------
    url : str
        The server's address.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=60, trust_env=False)

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
        try:
            page = self._client.get(path)
            found = _CSRF.search(page.text)
            token = {"csrfmiddlewaretoken": found.group(1)} if found else {}
            return self._client.post(path, data=fields | token, headers={"Referer": self.url})
        except httpx.TransportError as error:
            raise ServerUnreachable(
                f"no Label Studio answers at {self.url}", hint="start it: framing studio start"
            ) from error

    def _post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        mark = self._client.cookies.get("csrftoken") or ""
        return self._client.post(path, json=fields, headers={"X-CSRFToken": mark, "Referer": self.url})
