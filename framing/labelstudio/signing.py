"""The key with which the embedded Label Studio signs its tokens and sessions."""

import re
import secrets
from pathlib import Path

from framing.files import whole

NAME = "SECRET_KEY"
_FILE = ".env"
_LINE = re.compile(rf"^(?:export )?{NAME}=(.*)$", re.MULTILINE)


def ensure_key(data: Path) -> None:
    """Give a server's data folder a key that is read back as it was written; a sound one stays.

    Label Studio draws a key of its own where none is, and one in fifty of those begins with ``$``.
    At the next start that one is taken for the name of a variable, nothing is found under it and
    another key is drawn: every token and every session is refused from then on.

    Parameters
    ----------
    data : Path
        The server's data folder.

    Examples
    --------
    >>> import tempfile
    >>> data = Path(tempfile.mkdtemp())
    >>> _ = (data / ".env").write_text("SECRET_KEY=$drawn-by-chance")
    >>> ensure_key(data)
    >>> (data / ".env").read_text().startswith("SECRET_KEY=$drawn-by-chance\\nSECRET_KEY=")
    True
    """
    file = data / _FILE
    held = file.read_text(encoding="utf-8", errors="surrogateescape") if file.is_file() else ""
    keys = [value.strip("'\"") for value in _LINE.findall(held)]
    if keys and keys[-1] and not keys[-1].startswith("$"):
        return
    before = f"{held}\n" if held and not held.endswith("\n") else held
    with whole(file, mode=0o600) as scratch:
        scratch.write_text(
            f"{before}{NAME}={secrets.token_urlsafe(50)}\n", encoding="utf-8", errors="surrogateescape"
        )
