"""Where people open the embedded Label Studio, if a proxy stands before it."""

from pathlib import Path

import httpx

from framing.errors import StudioError
from framing.files import whole_text

_REMEMBERED = "public_url.txt"


def public_address(given: str) -> str:
    """Check a public address; it comes back without a last slash.

    Raises
    ------
    StudioError
        If it is none, or says more than where Label Studio stands.

    Examples
    --------
    >>> public_address("https://labels.institute.example/label-studio/")
    'https://labels.institute.example/label-studio'
    """
    hint = "for example: framing studio start --public-url https://labels.institute.example"
    try:
        found = httpx.URL(given)
    except httpx.InvalidURL as error:
        raise StudioError(f"{given!r} is no public address: {error}", hint=hint) from error
    if found.scheme not in ("http", "https") or not found.host or found.userinfo:
        raise StudioError(
            "the public address can't be used, expected http:// or https:// and a name, without a password",
            hint=hint,
        )
    if found.query or found.fragment or "//" in found.path:
        raise StudioError(
            f"{given!r} is the address of a page, expected that before /projects in a browser", hint=hint
        )
    return str(found).rstrip("/")


def settings_for(url: str, public: str) -> dict[str, str]:
    """What Label Studio has to be told, so that it can be used there.

    Parameters
    ----------
    url : str
        Its own address.
    public : str
        Where people open it; empty: at its own.

    Examples
    --------
    >>> settings_for("http://127.0.0.1:8080", "")
    {'CSRF_TRUSTED_ORIGINS': 'http://127.0.0.1:8080'}
    >>> sorted(settings_for("http://127.0.0.1:8080", "https://a.example/ls"))
    ['CSRF_TRUSTED_ORIGINS', 'LABEL_STUDIO_HOST', 'SESSION_COOKIE_SECURE']
    """
    if not public:
        return {"CSRF_TRUSTED_ORIGINS": url}
    found = httpx.URL(public)
    origin = f"{found.scheme}://{found.netloc.decode('ascii')}"
    told = {"CSRF_TRUSTED_ORIGINS": f"{url},{origin}"}
    if found.scheme == "https":
        # The cookie against forged forms follows this one, both in keeping to TLS and in hiding from scripts.
        told["SESSION_COOKIE_SECURE"] = "1"
    if found.path.strip("/"):
        # Makes every link begin with it, so that without a path it is better left out: this machine's
        # own browser would be sent to the public address as well.
        told["LABEL_STUDIO_HOST"] = public
    return told


def remembered(folder: Path) -> str:
    """The public address that a server was started with last; empty: none."""
    file = folder / _REMEMBERED
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def remember(folder: Path, public: str) -> None:
    """Note a public address for later starts; empty: forget it."""
    if public:
        with whole_text(folder / _REMEMBERED) as stream:
            stream.write(f"{public}\n")
    else:
        (folder / _REMEMBERED).unlink(missing_ok=True)
