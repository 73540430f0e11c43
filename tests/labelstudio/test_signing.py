"""The key that signs tokens: what is written is what the next start reads."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from framing.labelstudio.environment import environment_folder
from framing.labelstudio.signing import NAME, ensure_key
from framing.steps.push import push
from framing.steps.studio import connect, embedded
from framing.steps.study import Study
from tests.conftest import Run
from tests.labelstudio.test_database import own_server, start

__all__ = ["own_server"]


@pytest.mark.parametrize("held", ["", "\n", "OTHER=1", "SECRET_KEY=\n", "SECRET_KEY=''", "SECRET_KEY=$ab\n"])
def test_a_key_that_would_not_be_read_back_is_followed_by_one_that_is(tmp_path: Path, held: str) -> None:
    file = tmp_path / ".env"
    file.write_text(held)
    ensure_key(tmp_path)
    written = file.read_text()
    assert written.startswith(held)
    assert len(written.splitlines()[-1]) > len(NAME) + 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ensure_key(tmp_path)
    assert file.read_text() == written


@pytest.mark.parametrize(
    "held", ["SECRET_KEY=ab$c", "export SECRET_KEY=x\n", "SECRET_KEY=$a\nSECRET_KEY=#b\nO=\n"]
)
def test_a_sound_key_stays(tmp_path: Path, held: str) -> None:
    (tmp_path / ".env").write_text(held)
    ensure_key(tmp_path)
    assert (tmp_path / ".env").read_text() == held


def key_as_read(data: Path) -> str:
    """The key that Label Studio's own code finds in a data folder."""
    code = (
        "import sys, environ; environ.Env.read_env(sys.argv[1]); print(environ.Env().str('SECRET_KEY', ''))"
    )
    command = [environment_folder() / "bin" / "python", "-c", code, data / ".env"]
    free = {name: value for name, value in os.environ.items() if name != NAME}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=free).stdout.strip()


@pytest.mark.server
def test_a_server_whose_key_was_lost_is_signed_in_to_anew(
    own_server: Study, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = embedded(own_server)
    start(run)
    token = server.token()
    first = key_as_read(server.data)
    assert first in (server.data / ".env").read_text().splitlines()[-1]
    push(own_server, ["seeds"])
    server.stop()
    monkeypatch.setenv(NAME, "of-another-program")
    start(run)
    assert (server.token(), key_as_read(server.data)) == (token, first)
    server.stop()
    (server.data / ".env").write_text("SECRET_KEY=$drawn-by-chance\n")
    assert not key_as_read(server.data)
    start(run)
    assert server.token() != token
    assert stat.S_IMODE(server.token_file.stat().st_mode) == 0o600
    assert connect(own_server).whoami()["email"] == server.status().username
    assert push(own_server, ["seeds"]).new == 0
