"""`.framing/` is its owner's alone, whatever the umask, and git does not take it."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from framing.private import keep_private, open_to_others
from framing.settings import Workspace
from framing.steps.init import init
from framing.steps.lock import locked
from framing.steps.serve import token_of
from framing.steps.study import Study
from tests.conftest import Run


@pytest.fixture
def careless() -> Iterator[None]:
    """A umask that keeps nothing from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    paths = [folder, *folder.rglob("*")]
    return {
        path.relative_to(folder.parent).as_posix(): oct(stat.S_IMODE(path.lstat().st_mode))[2:]
        for path in paths
    }


@pytest.mark.usefixtures("careless")
def test_what_a_command_writes_is_its_owners_alone(workspace: Workspace) -> None:
    with locked(workspace, "push"):
        token_of(Study(workspace))
    assert modes(workspace.root / ".framing") == {
        ".framing": "700",
        ".framing/.gitignore": "600",
        ".framing/lock": "600",
        ".framing/owner.json": "600",
        ".framing/serve": "700",
        ".framing/serve/token": "600",
    }


def test_what_was_open_is_closed(tmp_path: Path) -> None:
    place = tmp_path / ".framing" / "studio" / "data"
    place.mkdir(parents=True)
    for file in (place / "label_studio.sqlite3", place.parent / "token"):
        file.write_text("secret")
        file.chmod(0o666)
    for folder in (place, place.parent, place.parent.parent):
        folder.chmod(0o777)
    assert len(open_to_others(tmp_path / ".framing")) == 5
    assert keep_private(place.parent) == place.parent
    assert set(modes(tmp_path / ".framing").values()) == {"700", "600"}
    assert open_to_others(tmp_path / ".framing") == []


def test_a_folder_that_cannot_be_listed_is_closed_too(tmp_path: Path) -> None:
    place = tmp_path / ".framing" / "studio"
    place.mkdir(parents=True)
    (place / "log").write_text("x")
    (place / "log").chmod(0o644)
    place.chmod(0o044)
    keep_private(tmp_path / ".framing")
    assert modes(place) == {"studio": "700", "studio/log": "600"}


def test_what_links_lead_to_stays_as_it_is_and_is_told(tmp_path: Path) -> None:
    """A stranger's study may link to anything of ours."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "run.sh").write_text("x")
    (home / "run.sh").chmod(0o755)
    keep_private(tmp_path / "w" / ".framing")
    (tmp_path / "w" / ".framing" / "studio").symlink_to(home)
    keep_private(tmp_path / "w" / ".framing")
    assert (home / "run.sh").stat().st_mode & 0o777 == 0o755
    assert home / "run.sh" in [path.resolve() for path in open_to_others(tmp_path / "w" / ".framing")]

    (tmp_path / "v").mkdir()
    (tmp_path / "v" / ".framing").symlink_to(home)
    keep_private(tmp_path / "v" / ".framing")
    assert (home / "run.sh").stat().st_mode & 0o777 == 0o755
    assert not (home / ".gitignore").exists()


def test_git_takes_no_token_though_it_was_never_told(tmp_path: Path) -> None:
    if not shutil.which("git"):
        pytest.skip("no git here")
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    made = init(folder)
    assert (folder / ".gitignore").read_text() == "*.log\n"
    assert made.not_ignored == [".framing/", "models/", "scores/", "stories/"]
    token_of(Study(Workspace(folder)))
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    taken = subprocess.run(["git", "ls-files"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert "config/codebook.yaml" in taken
    assert ".framing" not in taken


def test_init_says_what_an_older_gitignore_lacks(tmp_path: Path, run: Run) -> None:
    (tmp_path / ".gitignore").write_text("/models\n.framing\n# scores/\nstories/\n")
    done = run("init", tmp_path)
    assert done.code == 0
    assert f"{tmp_path}/.gitignore stays as it is; add what git should leave out: scores/" in done.err
    assert run("init", tmp_path / "new", "--json").json["not_ignored"] == []
