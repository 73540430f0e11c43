"""`framing init`: a new workspace that never overwrites anything."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from framing.errors import WorkspaceError
from framing.resources import packaged
from framing.settings import Workspace, change_settings
from framing.steps.identity import new_id
from framing.steps.labels_merge import install

_IGNORED = ".framing/\nmodels/\nscores/\nstories/\n"


@dataclass(frozen=True, slots=True)
class Initialised:
    """What `init` made.

    Attributes
    ----------
    workspace : Path
    files : list of str
        Relative paths of what is new.
    not_ignored : list of str
        Lines that a `.gitignore` which was there already lacks; it stays as it is. The secrets under
        `.framing/` are left out by a `.gitignore` of their own.
    """

    workspace: Path
    files: list[str]
    not_ignored: list[str] = field(default_factory=list)


def init(folder: Path, *, seeds: bool = False, codebook: str = "", program: str = "framing") -> Initialised:
    """Make a workspace from the packaged config.

    Parameters
    ----------
    folder : Path
        Made if missing; files that are there stay as they are. The study is called after it, and gets
        an id that no other has.
    seeds : bool
        Whether the starter corpus' pages come along.
    codebook : str
        One of the packaged codebooks, see `codebook_names`; empty: the default one.
    program : str
        How git is to call this program to join two versions of labels.

    Raises
    ------
    WorkspaceError
        If the folder is a workspace already, or a file, or no codebook goes by that name.
    """
    chosen = _codebook(codebook)
    workspace = Workspace(folder)
    if workspace.codebook.exists():
        raise WorkspaceError(
            f"{folder}: a workspace already, expected a new folder",
            hint="work in it as it is, or choose another folder",
        )
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(f"{folder}: a file, expected a folder", hint="choose another name")
    made: list[str] = []
    if codebook:
        workspace.codebook.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(chosen, workspace.codebook)
        made.append("config/codebook.yaml")
    for part in ("config", "seeds") if seeds else ("config",):
        made += _copy(packaged(part), folder / part, folder)
    if "config/settings.yaml" in made:
        own = {"study": study_name(folder.resolve().name), "study_id": new_id(), "server": "", "coders": {}}
        change_settings(workspace.settings, own)
    for name in ("seeds", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    new = not (folder / ".gitattributes").exists()
    install(folder, program)
    made += [".gitattributes"] if new else []
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text(_IGNORED, encoding="utf-8")
        made.append(ignore.name)
    return Initialised(folder, made, _not_ignored(ignore))


def _not_ignored(file: Path) -> list[str]:
    """The lines of a new `.gitignore` that one does not have, however they are anchored there."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    there = {line.strip().strip("/") for line in lines}
    return [line for line in _IGNORED.split() if line.strip("/") not in there]


def study_name(text: str) -> str:
    """Make a study's name of any text.

    Examples
    --------
    >>> study_name("News on floods (2026)"), study_name("…")
    ('News-on-floods-2026', 'study')
    """
    words = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-_.")
    return words[:40].rstrip("-_.") or "study"


def codebook_names() -> list[str]:
    """Name the packaged codebooks to start from."""
    return sorted(path.stem for path in (packaged("config") / "codebooks").glob("*.yaml"))


def _codebook(name: str) -> Path:
    if name and name not in codebook_names():
        raise WorkspaceError(
            f"no packaged codebook {name!r}, expected {', '.join(codebook_names())}",
            hint="leave out --codebook to start from the default one",
        )
    return packaged("config") / "codebooks" / f"{name}.yaml"


def _copy(source: Path, target: Path, root: Path) -> list[str]:
    made = []
    for path in sorted(source.rglob("*")):
        new = target / path.relative_to(source)
        if path.is_file() and not new.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, new)
            made.append(new.relative_to(root).as_posix())
    return made
