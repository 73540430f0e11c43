"""An exported study's folder is written whole or not at all, and never over what is not its own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from framing.errors import FramingError, WorkspaceError
from framing.files import landing, sweep
from framing.steps.sharing import exported


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give a scratch folder that takes the place of `folder` once the block has ended well; a link stays one.

    Raises
    ------
    WorkspaceError
        If something lies there that an export did not make.
    FramingError
        If it can't be written.
    """
    _refuse_foreign(folder)
    scratch: Path | None = None
    try:
        folder = landing(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name[:80]}.", suffix=".part", dir=folder.parent))
        scratch.chmod(0o755)
        new = scratch / "new"
        new.mkdir()
        yield new
        _swap(new, folder, scratch / "old")
    except OSError as error:
        raise FramingError(
            f"{folder}: can't be written: {error.strerror or error}",
            hint="free some space or choose another place",
        ) from error
    finally:
        if scratch is not None and (folder.exists() or not (scratch / "old").exists()):
            shutil.rmtree(scratch, ignore_errors=True)


def _swap(new: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise


def _refuse_foreign(folder: Path) -> None:
    """Raise if anything lies there that an export did not put there."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        known = set(exported.read_manifest(folder)["files"])
    except WorkspaceError:
        raise WorkspaceError(
            f"{folder}: holds something that framing export did not make, expected a new folder",
            hint="choose another folder",
        ) from None
    own = [name for name in exported.files_of(folder) if name not in known]
    if own:
        raise WorkspaceError(
            f"{folder}: {own[0]} is not of the study that was exported there ({len(own)} such files)",
            hint="move them away, or choose another folder",
        )
