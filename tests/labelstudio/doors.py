"""What can stand at an address that a researcher was told, instead of a Label Studio."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.labelstudio.institute import Institute
from tests.labelstudio.nginx import Authority, free_port, nginx


@contextmanager
def silent_port() -> Iterator[str]:
    """Something that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@dataclass
class Doors:
    """What can stand at the address that a researcher was told; each gives that address."""

    ls: Institute
    authority: Authority
    folder: Path

    @contextmanager
    def dead_upstream(self) -> Iterator[str]:
        with nginx(f"http://127.0.0.1:{free_port()}") as proxy:
            yield proxy.url

    @contextmanager
    def slow_upstream(self) -> Iterator[str]:
        with silent_port() as silent, nginx(silent, location="proxy_read_timeout 300ms;") as proxy:
            yield proxy.url

    @contextmanager
    def password(self) -> Iterator[str]:
        users = self.folder / "users"
        users.write_text("ada:{PLAIN}x\n", encoding="utf-8")
        with nginx(self.ls.url, location=f'auth_basic "staff"; auth_basic_user_file {users};') as proxy:
            yield proxy.url

    @contextmanager
    def proxy_password(self) -> Iterator[str]:
        with nginx(self.ls.url, location="return 407;") as proxy:
            yield proxy.url

    @contextmanager
    def no_prefix(self) -> Iterator[str]:
        with nginx(self.ls.url, prefix="/ls") as proxy:
            yield proxy.url.removesuffix("/ls")

    @contextmanager
    def wrong_prefix(self) -> Iterator[str]:
        with nginx(self.ls.url, prefix="/ls") as proxy:
            yield f"{proxy.url}-old"

    @contextmanager
    def prefix_too_many(self) -> Iterator[str]:
        with nginx(self.ls.url) as proxy:
            yield f"{proxy.url}/ls"

    @contextmanager
    def http_to_tls(self) -> Iterator[str]:
        with nginx(self.ls.url, authority=self.authority) as proxy:
            yield proxy.url.replace("https", "http")

    @contextmanager
    def tls_to_http(self) -> Iterator[str]:
        with nginx(self.ls.url) as proxy:
            yield proxy.url.replace("http", "https")

    @contextmanager
    def browser(self) -> Iterator[str]:
        with nginx(self.ls.url, prefix="/ls") as proxy:
            yield f"{proxy.url}/projects/3"

    @contextmanager
    def browser_tab(self) -> Iterator[str]:
        with nginx(self.ls.url, prefix="/ls") as proxy:
            yield f"{proxy.url}/projects/3/data?tab=3&task=9"

    @contextmanager
    def unknown_authority(self) -> Iterator[str]:
        with nginx(self.ls.url, authority=self.authority) as proxy:
            yield proxy.url

    @contextmanager
    def sign_in_page(self) -> Iterator[str]:
        with nginx(self.ls.url, location="return 302 https://sso.institute.example/login?back=1;") as proxy:
            yield proxy.url

    @contextmanager
    def page(self) -> Iterator[str]:
        with nginx(
            self.ls.url, location="default_type text/html; return 200 '<title>Welcome</title>';"
        ) as proxy:
            yield proxy.url

    @contextmanager
    def other_service(self) -> Iterator[str]:
        location = 'default_type application/json; return 404 \'{"message": "no route"}\';'
        with nginx(self.ls.url, location=location) as proxy:
            yield proxy.url

    @contextmanager
    def forbidden(self) -> Iterator[str]:
        with nginx(self.ls.url, location="deny all;") as proxy:
            yield proxy.url

    @contextmanager
    def maintenance(self) -> Iterator[str]:
        with nginx(self.ls.url, location="add_header Retry-After 3600 always; return 503;") as proxy:
            yield proxy.url

    @contextmanager
    def no_name(self) -> Iterator[str]:
        yield "https://nowhere.invalid/ls"

    @contextmanager
    def nobody(self) -> Iterator[str]:
        yield f"http://127.0.0.1:{free_port()}"

    @contextmanager
    def secret_in_address(self) -> Iterator[str]:
        yield "https://ada:geheim@labels.institute.example"


#: By door: the step at which `doctor` stops, and what the error and its hint say.
MET = {
    "dead_upstream": ("HTTP", "Label Studio behind it does not: HTTP 502 (502 Bad Gateway)", "is Label Studio running there?"),
    "slow_upstream": ("HTTP", "was too slow: HTTP 504 (504 Gateway Time-out)", "ask whoever runs the server"),
    "password": ("HTTP", "asks for a user name and password (Basic authentication)", "let /api/ and /user/ through"),
    "proxy_password": ("HTTP", "a proxy on the way to http://127.0.0.1:", "http://USER:PASSWORD@HOST:PORT"),
    "no_prefix": ("HTTP", "has no Label Studio: HTTP 404 (404 Not Found)", "another path, such as https://HOST/label-studio"),
    "wrong_prefix": ("HTTP", "has no Label Studio: HTTP 404", "another path instead of /ls-old?"),
    "prefix_too_many": ("HTTP", "/ls is a page of Label Studio, not its address", "leave out its path: set http://127.0.0.1:"),
    "http_to_tls": ("HTTP", "speaks https, the address says http", "set https://127.0.0.1:"),
    "tls_to_http": ("TLS", "no TLS is spoken there", "set the address to http://"),
    "browser": ("HTTP", "/ls/projects/3 is a page of Label Studio", "/ls in LABEL_STUDIO_URL"),
    "browser_tab": ("connect", "/ls/projects/3/data is the address of a page", "/ls in LABEL_STUDIO_URL"),
    "unknown_authority": ("TLS", "the certificate of 127.0.0.1 is not trusted: ", "ca_file in config/settings.yaml, or SSL_CERT_FILE"),
    "sign_in_page": ("HTTP", "leads on to https://sso.institute.example/login, expected", "without it: the token"),
    "page": ("HTTP", "answered with a page (Welcome), expected data (JSON)", "another path"),
    "other_service": ("HTTP", "has no Label Studio: HTTP 404", "another path"),
    "forbidden": ("HTTP", "what stands before Label Studio: HTTP 403 (403 Forbidden)", "let this machine"),
    "maintenance": ("HTTP", "is busy or lets only so many requests through: HTTP 503; it asks to come back in 3600", "later"),
    "no_name": ("name", "there is no machine of the name nowhere.invalid", "(VPN)"),
    "nobody": ("connect", "connection refused", "is it running?"),
    "secret_in_address": ("connect", "the address of labels.institute.example holds a user name or password", "https://HOST"),
}  # fmt: skip
