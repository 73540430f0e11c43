"""What Label Studio keeps of each export: copies of all answers, which nothing reads and no request removes.

An export leaves ``project-<id>-at-<time>-<sum>.json`` and ``…-info.json`` in its server's folder. Those that
a pull made are told by the mark that it puts into its request, which Label Studio notes in the second file.
"""

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from framing.files import text_of
from framing.private import private_file

#: Label Studio does not know it, and keeps it.
MARK = {"made_by": "framing-pull"}
_NAME = re.compile(r"project-\d+-at-[\d-]+-[0-9a-f]+\.json")
_INFO = "-info.json"
#: Seconds within which another export can have taken the same name.
_JUST_NOW = 300
#: Seconds after which no export can still be under way.
_LONG = 3600


def others_exports(folder: Path) -> dict[Path, bytes]:
    """What Label Studio noted of the exports that somebody else made within the last minutes.

    An export of the same answers in the same minute takes their name, and writes over it.
    """
    found = {}
    for info in folder.glob(f"project-*{_INFO}"):
        with suppress(OSError):
            if info.stat().st_mtime > time.time() - _JUST_NOW and not _is_ours(info):
                found[info] = info.read_bytes()
    return found


def remove_exports(folder: Path, name: str, others: Mapping[Path, bytes]) -> None:
    """Remove what a pull's exports have left, and nothing that anybody else made.

    Parameters
    ----------
    folder : Path
        Where the server keeps them; need not be there.
    name : str
        The file of the export that was just fetched, as the server calls it; those of pulls that were
        ended midway are found by their mark an hour later.
    others : mapping of Path to bytes
        What `others_exports` gave before.
    """
    for info in folder.glob(f"project-*{_INFO}"):
        held = info.with_name(info.name.removesuffix(_INFO) + ".json")
        if not _NAME.fullmatch(held.name) or not _is_ours(info):
            continue
        with suppress(OSError):
            if info in others:
                with private_file(info) as stream:
                    stream.write(others[info])
            elif held.name == name or info.stat().st_mtime < time.time() - _LONG:
                held.unlink(missing_ok=True)
                info.unlink(missing_ok=True)


def _is_ours(info: Path) -> bool:
    try:
        told = json.loads(text_of(info))["download"]["GET"]
        return all(told.get(key) == [value] for key, value in MARK.items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False
