"""Label Studio's own environment, made on first use: its pins clash with this project's."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from framing.errors import StudioError
from framing.files import whole

VERSION = "1.23.2"
_PINS = Path(__file__).with_name("environment.txt")
_DONE = "framing-complete"
_PATIENCE = 1800

DATABASE = "label_studio.sqlite3"
#: No analytics, no error reports, no look for newer versions.
PRIVATE = {
    "COLLECT_ANALYTICS": "False",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LATEST_VERSION_CHECK": "False",
    "PYTHONWARNINGS": "ignore",
}


def environment_folder() -> Path:
    """Where the environment lies: one a user, shared by all workspaces."""
    from platformdirs import user_data_path

    return user_data_path("framing", appauthor=False) / f"label-studio-{VERSION}"


def is_complete(folder: Path) -> bool:
    """Whether the environment was installed to the end, with the pins of this version."""
    mark = folder / _DONE
    return mark.is_file() and mark.read_text(encoding="utf-8") == _pins()


def ensure(folder: Path, *, say: Callable[[str], None], quiet: bool) -> Path:
    """Make the environment if it is not there; an interrupted installation is gone on with.

    Parameters
    ----------
    folder : Path
        Where it lies, see `environment_folder`.
    say : callable
        Takes progress messages.
    quiet : bool
        False shows the installer's own progress on stderr.

    Returns
    -------
    Path
        The `label-studio` program.

    Raises
    ------
    StudioError
        If the packages can't be had or another process installs for over half an hour.
    """
    program = folder / "bin" / "label-studio"
    if is_complete(folder):
        return program
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{folder}.lock", timeout=_PATIENCE):
            if not is_complete(folder):
                say(f"installing Label Studio {VERSION} into {folder} (once, about two minutes)")
                _install(folder, quiet=quiet)
    except Timeout:
        raise StudioError(
            f"another process has been installing into {folder} for half an hour",
            hint=f"wait for it, or remove {folder} and try again",
        ) from None
    return program


#: Whatever the umask, Django makes each file that it stores readable for all, unless it is told otherwise.
_PRIVATELY = """
import sys
from django.conf import global_settings
global_settings.FILE_UPLOAD_PERMISSIONS, global_settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
from label_studio.server import main
sys.argv[0] = "label-studio"
sys.exit(main())
"""


def privately(program: Path) -> list[str]:
    """Name the command that runs the `label-studio` program so that what it stores is its owner's alone."""
    return [str(program.with_name("python")), "-P", "-c", _PRIVATELY]


def _install(folder: Path, *, quiet: bool) -> None:
    if not (folder / "pyvenv.cfg").is_file():
        _uv(["venv", "--allow-existing", "--python", sys.executable, str(folder)], quiet=True)
    python = str(folder / "bin" / "python")
    _uv(["pip", "install", "--python", python, "--requirement", str(_PINS)], quiet=quiet)
    _make_database(folder, python)
    (folder / _DONE).write_text(_pins(), encoding="utf-8")


def _make_database(folder: Path, python: str) -> None:
    """Run the migrations once, so that a new server starts in seconds rather than a minute."""
    (manage,) = folder.glob("lib/python*/site-packages/label_studio/manage.py")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        result = subprocess.run(
            [python, str(manage), "migrate", "--verbosity", "0"],
            check=False,
            env=os.environ | PRIVATE | {"LABEL_STUDIO_BASE_DATA_DIR": scratch},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        made = Path(scratch) / DATABASE
        if result.returncode or not made.is_file():
            last = result.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise StudioError(
                f"Label Studio {VERSION} could not make its database: {' '.join(last)}",
                hint=f"remove {folder} and try again",
            )
        made.replace(folder / DATABASE)


def new_database(folder: Path, data: Path) -> None:
    """Give a new server its empty database; one that is there stays.

    Parameters
    ----------
    folder : Path
        The environment.
    data : Path
        The server's data folder.
    """
    if not (data / DATABASE).exists():
        with whole(data / DATABASE, mode=0o600) as scratch:
            shutil.copyfile(folder / DATABASE, scratch)


def _uv(arguments: list[str], *, quiet: bool) -> None:
    from uv import find_uv_bin

    command = [find_uv_bin(), *(["--quiet"] if quiet else []), *arguments]
    result = subprocess.run(
        command, check=False, stderr=subprocess.PIPE if quiet else None, stdout=subprocess.DEVNULL
    )
    if result.returncode:
        last = (result.stderr or b"").decode("utf-8", "replace").strip().splitlines()[-1:]
        raise StudioError(
            f"Label Studio {VERSION} could not be installed: {' '.join(last) or 'see above'}",
            hint="check the network and the package index, then start again: it goes on where it was",
        )


def _pins() -> str:
    return _PINS.read_text(encoding="utf-8")
