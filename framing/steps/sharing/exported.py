"""What an exported study looks like on disk: its files, its manifest, and what counts as text in it."""

import hashlib
import json
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import WorkspaceError
from framing.formats import writing
from framing.records import UNIT_COLUMNS
from framing.tables import LABELS

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "framing study 1"
KEYS = tuple(
    "format study texts versions coders_renamed examples_left_out left_out not_made open_questions commands "
    "files".split()
)
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
DATASHEET, README = "datasheet.md", "README.md"
CODEBOOK, SETTINGS, ANSWERS = "config/codebook.yaml", "config/settings.yaml", "config/datasheet.yaml"
RESULTS = "results"
#: The settings that decide a figure; the others say where a server is and who the coders are.
SHARED_SETTINGS = ("study", "round", "seed", "show_outlet", "alpha_thresholds")
MODEL_FILES = ("model.json", "weights.npz", "metrics.json", "card.md", "training.csv", "doubts.csv")
#: Columns that hold what stands on a page, or what somebody wrote about it.
TEXTS = frozenset(
    "text before after title author comment_author comment_time note reason explanation".split()
)
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place where an exported study is not what it says.

    Attributes
    ----------
    file : str
        Relative to the study's folder.
    place : str
        Row and column, field or line; empty where the whole file is meant.
    found, expected : str
    """

    file: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        return f"{where}: found {self.found}, expected {self.expected}"


def score_columns(names: Sequence[str]) -> list[str]:
    """The columns of SCORES that a study keeps, of those that are there."""
    wanted = {*UNIT_COLUMNS, "variable", "label", "confidence", "model", "explanation"}
    return [name for name in names if name in wanted or name.startswith("p_")]


def article_columns(names: Sequence[str]) -> list[str]:
    """The columns of the articles' table that a study keeps, of those that are there."""
    wanted = {"article_id", "outlet", "title", "published", "units", "headline_label", "model"}
    figures = ("eligible_", "share_", "mean_")
    return [name for name in names if name in wanted or name.startswith(figures)]


def is_scores(names: Sequence[str]) -> bool:
    """Whether a table with these columns is SCORES."""
    return {"unit_id", "article_id", "variable", "label", "confidence", "model"} <= set(names)


def is_articles(names: Sequence[str]) -> bool:
    """Whether a table with these columns is the articles' table of `framing score`."""
    return {"article_id", "units", "model"} <= set(names) and any(n.startswith("eligible_") for n in names)


def write_table(frame: "pd.DataFrame", columns: Sequence[str], file: Path) -> None:
    """Write a table as CSV; what is missing is an empty cell, a flag ``true`` or ``false``."""
    plain = frame.astype(object).where(frame.notna(), None)
    with writing(file, columns) as rows:
        rows.write(
            {str(k): str(v).lower() if isinstance(v, bool) else v for k, v in row.items()}
            for row in plain.to_dict("records")
        )


def write_labels(frame: "pd.DataFrame", file: Path) -> None:
    """Write LABELS."""
    write_table(frame, LABELS.columns, file)


def safe_name(name: str) -> str:
    """A file's name for a variable's, whatever characters that has.

    Examples
    --------
    >>> safe_name("frame"), safe_name("a/b")
    ('frame', 'a-b-c14cdd')
    """
    if _PLACE.fullmatch(name):
        return name
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name).strip('-.')[:40]}-{mark}"


def rounded(data: Any) -> Any:
    """Plain data with floats to nine decimals, tuples as lists."""
    if isinstance(data, float):
        return round(data, 9)
    if isinstance(data, Mapping):
        return {str(key): rounded(value) for key, value in data.items()}
    return [rounded(item) for item in data] if isinstance(data, list | tuple) else data


def files_of(folder: Path) -> Iterator[str]:
    """Name all files of a study but the manifest and its seal, sorted."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in (MANIFEST, SEAL) and (path.is_file() or path.is_symlink()):
            yield name


def refuse_links(folder: Path) -> None:
    """Refuse a study that is more than files and folders: what a link leads to is not part of it.

    Raises
    ------
    WorkspaceError
        Names the first link, pipe or device.
    """
    for path in sorted(folder.rglob("*")):
        kind = path.lstat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise WorkspaceError(
                f"{path}: found a link, a pipe or a device, expected a file of the study",
                hint="take the study as it was published; an export holds files only",
            )


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def seal_of(manifest: bytes) -> str:
    """The line of `manifest.sha256`, as ``sha256sum -c`` reads it."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n"


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """Hash and size of every file of a study."""
    return {
        name: {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
        for name in files_of(folder)
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a study's manifest.

    Raises
    ------
    WorkspaceError
        If the folder holds none, or one that is not readable.
    """
    file = folder / MANIFEST
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise WorkspaceError(
            f"{folder}: no exported study: {MANIFEST} is missing", hint="make one with: framing export DIR"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise WorkspaceError(
            f"{file}: can't be read as JSON: {' '.join(str(error).split())}",
            hint="take the file from the study as it was published",
        ) from error
    keys = set(found) if isinstance(found, dict) and found.get("format") == FORMAT else set()
    if keys and (keys != set(KEYS) or not isinstance(found["files"], dict)):
        raise WorkspaceError(
            f"{file}: found the keys {' '.join(sorted(keys))}, expected {' '.join(sorted(KEYS))}",
            hint="take the file from the study as it was published",
        )
    if not keys:
        told = found.get("format") if isinstance(found, dict) else None
        raise WorkspaceError(
            f"{file}: format {told!r}, expected {FORMAT!r}",
            hint="check it with the version of framing that made it",
        )
    return dict(found)
