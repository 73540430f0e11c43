"""How requests reach a server: which certificates count, and which proxy stands between."""

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

import certifi
import httpx

from framing.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Route:
    """What stands between this machine and a server.

    Attributes
    ----------
    authorities : mapping of str to Path
        Files or folders of certificate authorities, by the setting that names each; where there are
        any, no others count. Without: the system's and those that come with this program.
    proxies : mapping of str to str
        Proxies by scheme, as `urllib.request.getproxies_environment` gives them.
    """

    authorities: Mapping[str, Path] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)

    def context(self) -> ssl.SSLContext:
        """The certificates that count.

        Raises
        ------
        SettingsError
            If a file of authorities can't be read.
        """
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if not self.authorities:
            made.load_default_certs()
            made.load_verify_locations(certifi.where())
        for name, path in self.authorities.items():
            # A file that holds the server's own certificate, saved from a browser, will do.
            made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            _load(made, name, path)
        return made

    def proxy(self, url: httpx.URL) -> str:
        """The proxy through which requests to an address go; empty: none.

        This machine is reached without. ``NO_PROXY`` names hosts, domains and ``*``.

        Examples
        --------
        >>> route = Route(proxies={"https": "proxy.example:3128", "no": "intern.example"})
        >>> route.proxy(httpx.URL("https://a.example")), route.proxy(httpx.URL("https://a.intern.example"))
        ('http://proxy.example:3128', '')
        >>> route.proxy(httpx.URL("https://127.0.0.1:8080"))
        ''
        """
        found = self.proxies.get(url.scheme) or self.proxies.get("all", "")
        host = f"{url.host}:{url.port}" if url.port else url.host
        if not found or is_loopback(url.host) or proxy_bypass_environment(host, dict(self.proxies)):
            return ""
        return found if "://" in found else f"http://{found}"

    def transport(self, url: httpx.URL, context: ssl.SSLContext, limits: httpx.Limits) -> httpx.HTTPTransport:
        """Open the way to an address.

        Raises
        ------
        SettingsError
            If the proxy's address can't be used.
        """
        proxy = self.proxy(url)
        try:
            return httpx.HTTPTransport(verify=context, limits=limits, proxy=proxy or None, trust_env=False)
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            raise SettingsError(
                f"the proxy for {url.scheme} addresses can't be used: {without_secrets(proxy)}",
                hint=f"expected http://HOST:PORT in {url.scheme.upper()}_PROXY; or NO_PROXY={url.host}",
            ) from error


def is_loopback(host: str) -> bool:
    """Whether a host is this machine.

    Examples
    --------
    >>> [is_loopback(host) for host in ("localhost", "127.0.0.2", "::1", "192.0.2.7", "a.example")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def without_secrets(address: str) -> str:
    """An address without user name, password and question, which may be secrets.

    Examples
    --------
    >>> without_secrets("http://me:secret@proxy.example:3128/a?key=b")
    'http://proxy.example:3128/a'
    """
    try:
        found = httpx.URL(address)
    except httpx.InvalidURL:
        return "an address that can't be read"
    return str(found.copy_with(userinfo=b"", query=None, fragment=None))


def _load(context: ssl.SSLContext, name: str, path: Path) -> None:
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise SettingsError(
            f"{name}: {path}: {'no such file' if missing else 'holds no certificates'}, "
            "expected those of certificate authorities in PEM",
            hint="ask whoever runs the server for the certificate of their authority (a file .pem or .crt)",
        ) from error
