from pathlib import Path

import pytest

from framing.errors import SettingsError, WorkspaceError
from framing.settings import Secrets, Settings, Workspace, find_workspace


def test_faults_name_the_key(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("study: 'a/b'\nrounds: x\nseed: -1\n")
    with pytest.raises(SettingsError) as caught:
        Settings.read(file)
    assert caught.value.message == f"{file}: 3 settings can't be used"
    assert [fault.removeprefix(f"{file}: ")[:22] for fault in caught.value.faults] == [
        "study: found 'a/b'; St",
        "seed: found -1; Input ",
        "rounds: unknown key",
    ]


@pytest.mark.parametrize("text", ["[", "a: &a [*a]\n", "!!python/name:os.system", "- a", "3"])
def test_what_is_no_settings_file_is_an_error(text: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError):
        Settings.read(file)


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert Settings.read(tmp_path / "none.yaml") == Settings()


def test_a_workspace_is_found_by_walking_up(workspace: Workspace) -> None:
    deep = workspace.root / "a" / "b"
    deep.mkdir(parents=True)
    found = find_workspace(None, deep)
    assert found == workspace


def test_outside_a_workspace_none_is_found(tmp_path: Path) -> None:
    assert find_workspace(None, tmp_path) is None


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        find_workspace(tmp_path, tmp_path)
    assert caught.value.message == f"{tmp_path}: no workspace: config/codebook.yaml is missing"
    assert caught.value.hint == f"make one with: framing init {tmp_path}"


def test_secrets_never_show() -> None:
    secrets = Secrets.read({"LABEL_STUDIO_URL": "http://h/", "LABEL_STUDIO_API_KEY": " hush "})
    assert secrets.url == "http://h"
    assert secrets.api_key == "hush"
    assert "hush" not in repr(secrets)
