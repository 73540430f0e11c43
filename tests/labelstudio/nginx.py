"""An nginx of the tests' own before a Label Studio, and a certificate authority of their own."""

import getpass
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.install_nginx import program

#: A name that no resolver knows; `known_names` gives it an address within the test's process.
HOST = "labels.institute.example"

_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ }}
http {{
  log_format plain '$request_method $request_uri $status $request_length $http_authorization';
  access_log {folder}/access.log plain;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 0;
  {http}
  server {{
    listen 127.0.0.1:{port}{tls};
    {certificate}
    {server}
    location {prefix}/ {{
      proxy_pass {upstream}/;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_connect_timeout 5s;
      {location}
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and a certificate that it made."""

    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class Met:
    """A request that nginx answered."""

    method: str
    path: str
    status: int
    bytes: int
    authorization: str


@dataclass(frozen=True)
class Proxy:
    """A running nginx.

    Attributes
    ----------
    url : str
        What coders and researchers would be told, by number.
    port : int
    folder : Path
    """

    url: str
    port: int
    folder: Path

    def named(self, host: str = HOST) -> str:
        """The same address by name."""
        return self.url.replace("127.0.0.1", host)

    def met(self) -> list[Met]:
        """The requests so far; the last is written down once it was answered."""
        time.sleep(0.1)
        lines = (self.folder / "access.log").read_text(encoding="utf-8").splitlines()
        parts = [line.split(" ", 4) for line in lines]
        return [Met(part[0], part[1], int(part[2]), int(part[3]), part[4]) for part in parts]


@contextmanager
def nginx(
    upstream: str,
    *,
    prefix: str = "",
    authority: Authority | None = None,
    http: str = "",
    server: str = "",
    location: str = "",
    port: int = 0,
) -> Iterator[Proxy]:
    """Start nginx before a server; stop it at the end.

    Parameters
    ----------
    upstream : str
        The server's address.
    prefix : str
        The path under which it is to stand.
    authority : Authority, optional
        Makes it speak TLS.
    http, server, location : str
        More directives.
    port : int
        0 takes a free one.
    """
    with tempfile.TemporaryDirectory(prefix="framing-nginx-") as name:
        folder = Path(name)
        chosen = port or free_port()
        root = os.geteuid() == 0
        keys = (
            f"ssl_certificate {authority.certificate}; ssl_certificate_key {authority.key};"
            if authority
            else ""
        )
        config = _CONFIG.format(
            folder=folder, port=chosen, prefix=prefix, upstream=upstream.rstrip("/"),
            user=f"user {getpass.getuser()};" if root else "", tls=" ssl" if authority else "",
            certificate=keys, http=http, server=server, location=location,
        )  # fmt: skip
        (folder / "nginx.conf").write_text(config, encoding="utf-8")
        process = subprocess.Popen(
            [program() or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            _await(process, chosen)
            scheme = "https" if authority else "http"
            yield Proxy(f"{scheme}://127.0.0.1:{chosen}{prefix}", chosen, folder)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: "subprocess.Popen[str]", port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(process.stderr.read() if process.stderr else "nginx ended")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("nginx did not answer")


def make_authority(folder: Path, *, name: str = "Institute", days: int = 2) -> Authority:
    """Make an authority, and a certificate by it for loopback and `HOST`, with the openssl program."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Authority(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    ca_key, request = folder / "ca.key", folder / "request"
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl("req", "-x509", *new_key, "-keyout", ca_key, "-out", made.ca, "-days", "2", "-subj", f"/CN={name} CA",
             "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    _openssl("req", *new_key, "-keyout", made.key, "-out", request, "-subj", f"/CN={HOST}")
    extensions = folder / "extensions"
    names = f"subjectAltName=DNS:localhost,DNS:{HOST},IP:127.0.0.1"
    extensions.write_text(
        f"{names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n", encoding="utf-8"
    )
    _openssl("x509", "-req", "-in", request, "-CA", made.ca, "-CAkey", ca_key, "-CAcreateserial",
             "-out", made.certificate, "-days", days, "-extfile", extensions)  # fmt: skip
    return made


def _openssl(*arguments: object) -> None:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
