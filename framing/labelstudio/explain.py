"""What was met on the way to a Label Studio: one line that says it, and one that says what to set."""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx

from framing.errors import BodyTooLarge, NotLabelStudio, ServerBusy, ServerError, ServerUnreachable
from framing.labelstudio.patience import BUSY, asked_pause
from framing.labelstudio.route import without_secrets

SET = "LABEL_STUDIO_URL, or server_url in config/settings.yaml"
CA_FILE = "ca_file in config/settings.yaml"
_PAGE = re.compile(r"/(?:projects|user|organization|data|api|admin|models|people)(?:/.*)?$")
_TITLE = re.compile(r"<title>\s*([^<]{1,200})", re.IGNORECASE)
_PLAIN_TO_TLS = re.compile(r"plain http[^.]{0,60}(?:https|ssl)", re.IGNORECASE)
_SIGN_IN = re.compile(r"log-?in|sign-?in|sso|saml|oauth|openid|shibboleth|auth", re.IGNORECASE)
#: OpenSSL's numbers of what is wrong with a certificate.
_EXPIRED, _WRONG_NAME = 10, frozenset({62, 64})


@dataclass(frozen=True, slots=True)
class Answer:
    """What something answered that was not what a Label Studio answers."""

    status: int
    headers: httpx.Headers
    text: str


def base_of(url: str) -> str:
    """The address of the Label Studio that a page belongs to.

    Examples
    --------
    >>> base_of("https://a.example/ls/projects/3/data?tab=7")
    'https://a.example/ls'
    >>> base_of("https://a.example/ls/")
    'https://a.example/ls'
    """
    found = httpx.URL(without_secrets(url))
    return str(found.copy_with(path=_PAGE.sub("", found.path.rstrip("/")) or "/")).rstrip("/")


def unreachable(
    url: str, error: Exception, *, proxy: str = "", authorities: Mapping[str, object] | None = None
) -> ServerUnreachable:
    """Say at which step nothing was reached: name, connect, TLS or HTTP.

    Parameters
    ----------
    url : str
        The address that was to be reached.
    error : Exception
        As `httpx` raised it.
    proxy : str
        The proxy between; empty: none.
    authorities : mapping
        The settings that name certificates; they stand in the hint.
    """
    host = httpx.URL(url).host
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            name = httpx.URL(proxy).host if proxy else host
            return ServerUnreachable(
                f"no Label Studio answers at {url}: there is no machine of the name {name}",
                hint=f"is {'the proxy' if proxy else 'the address'} right, and this machine in the network "
                "(VPN) that knows it?",
                step="name",
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(url, host, cause, authorities or {})
        if isinstance(cause, ssl.SSLError):
            return _no_tls(url, cause)
    return _no_connection(url, error, without_secrets(proxy) if proxy else "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _certificate(
    url: str, host: str, error: ssl.SSLCertVerificationError, authorities: Mapping[str, object]
) -> ServerUnreachable:
    if error.verify_code in _WRONG_NAME:
        hint = f"use the name that the certificate was made for, in {SET}"
    elif error.verify_code == _EXPIRED:
        hint = "is this machine's clock right? else ask whoever runs the server for a new certificate"
    else:
        hint = f"name the certificate authority of your institute: {CA_FILE}, or SSL_CERT_FILE"
        if CA_FILE in authorities:
            hint = f"{CA_FILE} holds another authority than the one that made it: ask for that one"
    reason = error.verify_message or "it can't be verified"
    return ServerUnreachable(
        f"{url}: the certificate of {host} is not trusted: {reason}", hint=hint, step="TLS"
    )


def _no_tls(url: str, error: ssl.SSLError) -> ServerUnreachable:
    reason = (error.reason or "").replace("_", " ").lower() or "it can't be agreed on"
    if reason in ("wrong version number", "http request", "record layer failure", "packet length too long"):
        return ServerUnreachable(
            f"{url}: no TLS is spoken there, expected what https:// needs",
            hint=f"set the address to http://… or to the port that speaks https, in {SET}",
            step="TLS",
        )
    return ServerUnreachable(
        f"{url}: no encryption was agreed on: {reason}",
        hint="ask whoever runs the server which TLS it speaks, and whether it wants a certificate of yours",
        step="TLS",
    )


def _no_connection(url: str, error: Exception, proxy: str) -> ServerUnreachable:
    if isinstance(error, httpx.ProxyError):
        return ServerUnreachable(
            f"no way to {url}: the proxy {proxy} answered: {_short(str(error))}",
            hint="is HTTPS_PROXY (or HTTP_PROXY) right? a server in your own network goes into NO_PROXY",
            step="connect",
        )
    way = f", through the proxy {proxy}" if proxy else ""
    hint = "is it running? framing studio status; is the address right? framing doctor"
    if isinstance(error, httpx.ConnectTimeout):
        reason, step = "no connection in time", "connect"
        hint = "is the address right, and does a firewall or a missing VPN stand between?"
    elif isinstance(error, httpx.ConnectError):
        refused = any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))
        reason, step = "connection refused" if refused else "no connection", "connect"
    elif isinstance(error, httpx.TimeoutException):
        reason, step = "connected, but no answer in time", "HTTP"
    elif isinstance(error, httpx.RemoteProtocolError) and "illegal" in str(error):
        reason, step = "connected, but what answers does not speak HTTP", "HTTP"
        hint = f"does it want https://…? set it in {SET}"
    else:
        reason, step = "the connection was cut", "HTTP"
    return ServerUnreachable(f"no Label Studio answers at {url}{way}: {reason}", hint=hint, step=step)


def redirected(url: str, path: str, location: str) -> NotLabelStudio:
    """Say where an address leads that is not followed, since a key would go along.

    Parameters
    ----------
    url : str
        The server's address.
    path : str
        What was asked for below it.
    location : str
        Where that leads.
    """
    there = without_secrets(location)
    message = f"{url} leads on to {there}, expected an answer by Label Studio"
    if there.endswith(path) and there != path:
        return NotLabelStudio(
            f"{message}; a key is not sent after it",
            hint=f"set {there.removesuffix(path).rstrip('/')} in {SET}, if that is the server that you mean",
        )
    if _PAGE.search(httpx.URL(url).path):
        return NotLabelStudio(message, hint=_page_hint(url))
    if _SIGN_IN.search(there):
        return NotLabelStudio(
            f"{message}; a sign-in for browsers stands before it",
            hint="ask whoever runs the server for a way to /api/ without it: the token is the key there",
        )
    return NotLabelStudio(message, hint=f"which address does Label Studio stand under? set it in {SET}")


def answered(url: str, answer: Answer) -> ServerError:
    """Say what an answer means that no Label Studio gave, or one that gave a page.

    Parameters
    ----------
    url : str
        The server's address.
    answer : Answer
    """
    special = _by_status(url, answer) if answer.status >= httpx.codes.BAD_REQUEST else None
    if special:
        return special
    status = f"HTTP {answer.status}{_titled(answer.text)}"
    if answer.status < httpx.codes.BAD_REQUEST:
        return NotLabelStudio(
            f"{url} answered with a page{_titled(answer.text)}, expected data (JSON)", hint=_where(url)
        )
    return NotLabelStudio(
        f"{url} answered {status}, expected data (JSON)",
        hint=f"is the address right ({SET})? else ask whoever runs the server",
    )


def _by_status(url: str, answer: Answer) -> ServerError | None:
    status = f"HTTP {answer.status}{_titled(answer.text)}"
    if answer.status == httpx.codes.BAD_REQUEST and _PLAIN_TO_TLS.search(answer.text):
        other = url.replace("http://", "https://", 1)
        return NotLabelStudio(f"{url} speaks https, the address says http", hint=f"set {other} in {SET}")
    if answer.status == httpx.codes.BAD_REQUEST and "certificate" in answer.text.lower():
        return NotLabelStudio(
            f"{url} asks for a certificate of this machine ({status}), which framing does not give",
            hint="ask whoever runs the server for a way to /api/ without one",
        )
    if answer.status in BUSY:
        return busy(url, answer)
    if answer.status == httpx.codes.UNAUTHORIZED:
        return _password(url, answer)
    if answer.status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
        return NotLabelStudio(
            f"a proxy on the way to {url} asks for a user name and password: {status}",
            hint="set HTTP_PROXY to http://USER:PASSWORD@HOST:PORT, or name the server in NO_PROXY",
        )
    if answer.status == httpx.codes.FORBIDDEN:
        return NotLabelStudio(
            f"{url} was kept from us by what stands before Label Studio: {status}",
            hint="ask whoever runs the server to let this machine and /api/ through",
        )
    if answer.status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
        own = "Label Studio" in answer.text
        message = "is a page of Label Studio, not its address" if own else f"has no Label Studio: {status}"
        return NotLabelStudio(f"{url} {message}", hint=_where(url, own=own))
    if answer.status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return too_large(url)
    if answer.status in (httpx.codes.BAD_GATEWAY, httpx.codes.GATEWAY_TIMEOUT):
        late = answer.status == httpx.codes.GATEWAY_TIMEOUT
        return ServerUnreachable(
            f"a proxy answers at {url}, but Label Studio behind it {'was too slow' if late else 'does not'}: "
            f"{status}",
            hint="is Label Studio running there? ask whoever runs the server",
            step="HTTP",
        )
    return None


def busy(url: str, answer: Answer) -> ServerBusy:
    """Say that a server, or what stands before it, asks to come later."""
    pause = asked_pause(answer.headers)
    later = f"; it asks to come back in {pause:.0f} seconds" if pause is not None else ""
    return ServerBusy(
        f"{url} is busy or lets only so many requests through: HTTP {answer.status}{later}",
        hint="try again later: what was sent is there, the same command completes the rest",
        retry_after=pause,
    )


def too_large(url: str) -> BodyTooLarge:
    """Say that a body did not pass."""
    return BodyTooLarge(
        f"{url} takes no request of this size: HTTP 413",
        hint="ask whoever runs the server for a larger limit (nginx: client_max_body_size)",
    )


def _password(url: str, answer: Answer) -> NotLabelStudio:
    scheme = (answer.headers.get("www-authenticate", "") or "Basic").split()[0]
    return NotLabelStudio(
        f"{url} asks for a user name and password ({scheme} authentication) before Label Studio is reached: "
        f"HTTP {answer.status}",
        hint="ask whoever runs the server to let /api/ and /user/ through without: the token has to go where "
        "that password goes",
    )


def _where(url: str, *, own: bool = False) -> str:
    path = httpx.URL(url).path
    if _PAGE.search(path):
        return _page_hint(url)
    if own:
        return f"leave out its path: set {base_of(str(httpx.URL(url).copy_with(path='/')))} in {SET}"
    under = f" instead of {path}" if path.strip("/") else ", such as https://HOST/label-studio"
    return f"does it stand under another path{under}? set what a browser shows before /projects in {SET}"


def _page_hint(url: str) -> str:
    return f"that is the address of a page; set {base_of(url)} in {SET}"


def _titled(text: str) -> str:
    found = _TITLE.search(text)
    return f" ({_short(found.group(1))})" if found else ""


def _short(text: str) -> str:
    return " ".join(text.split())[:80]
