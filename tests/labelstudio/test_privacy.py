"""A server of one's own, as another user of the machine meets it; what its pulls leave; a restore that is killed."""

import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from framing.labelstudio.connection import Connection
from framing.labelstudio.server import EmbeddedServer
from framing.settings import Workspace
from framing.steps.init import init
from framing.steps.push import push
from framing.steps.studio import add_coder, start
from framing.steps.study import Study
from tests.conftest import PAGE, Run
from tests.labelstudio.test_secrets import answered

pytestmark = pytest.mark.server
ROOT = Path(__file__).resolve().parents[2]
_NOBODY = 65534

#: What another user of the machine tries: to list, read and write all that there is; prints what worked.
_LOOK = """
import json, os, sys
os.setgroups([]); os.setgid({0}); os.setuid({0})
got, tries = [], 0
for path in json.load(sys.stdin):
    for action in (os.listdir, lambda name: open(name, "rb").read(1), lambda name: open(name, "ab").close()):
        tries += 1
        try:
            action(path)
            got.append(path)
        except OSError:
            pass
print(json.dumps([got, tries]))
"""
#: A restore that is killed as soon as the old folder is out of its place.
_KILLED = """
import os, signal, sys
from pathlib import Path
from framing.cli import main
rename = Path.rename
def killing(self, target):
    rename(self, target)
    if Path(target).name == "old":
        os.kill(os.getpid(), signal.SIGKILL)
Path.rename = killing
sys.argv = ["framing", "studio", "restore", {!r}, "--replace"]
main()
"""


@pytest.fixture(scope="module", autouse=True)
def careless() -> Iterator[None]:
    """A umask that keeps nothing from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture(scope="module")
def own(careless: None) -> Iterator[Workspace]:
    """A workspace with a server of its own, coded, where everybody may look.

    What an older version left in it stands open.
    """
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "study"
        Path(place).chmod(0o755)
        init(root)
        (root / "seeds" / "page.txt").write_text(PAGE, encoding="utf-8", newline="")
        old = root / ".framing" / "studio" / "data" / "media" / "upload"
        old.mkdir(parents=True)
        (old / "page.txt").write_text("text")
        said: list[str] = []
        workspace = Workspace(root)
        start(Study(workspace), port=0, say=said.append)
        assert any("could read this Label Studio's files until now" in line for line in said)
        server = EmbeddedServer(workspace.studio)
        try:
            pushed = push(Study(workspace), [root / "seeds"])
            answered(connection(workspace), pushed.project)
            yield workspace
        finally:
            server.stop()


def connection(workspace: Workspace) -> Connection:
    server = EmbeddedServer(workspace.studio)
    return Connection(server.status().url, server.token())


def tasks(workspace: Workspace) -> int:
    speaking = connection(workspace)
    return len(list(speaking.client.tasks.list(project=1, fields="task_only")))


def test_nobody_else_can_read_the_server_with_any_umask(own: Workspace, run: Run) -> None:
    speaking = connection(own)
    client = speaking.client
    # What people do in Label Studio: a snapshot, and a file with tasks; Django gives such files modes of its own.
    client.projects.exports.create(id=1, title="mine")
    data = next(iter(client.tasks.list(project=1, fields="all"))).data
    uploaded = ("tasks.json", json.dumps([{"data": data | {"uid": "x"}}]).encode(), "application/json")
    client._client_wrapper.httpx_client.httpx_client.post(
        f"{speaking.url}/api/projects/1/import",
        files={"file": uploaded},
        headers=client._client_wrapper.get_headers(),
    ).raise_for_status()
    assert run("pull", "--workspace", own.root).code == 0
    add_coder(Study(own), "ada")

    top = own.root / ".framing"
    paths = [top, *top.rglob("*")]
    names = {path.name for path in paths}
    assert {
        "label_studio.sqlite3",
        "token",
        "password",
        ".env",
        "log.txt",
        "ada",
        "server.json",
        "lock",
    } <= names
    files = [str(path) for path in paths if path.is_file()]
    assert any("/media/export/" in name for name in files)
    assert any("/media/upload/" in name and name.endswith(".json") for name in files)
    assert {str(path): oct(path.lstat().st_mode) for path in paths if path.lstat().st_mode & 0o077} == {}
    if os.geteuid() != 0:
        pytest.skip("not root: another user was not tried, only the modes were looked at")
    looked = subprocess.run(
        [sys.executable, "-c", _LOOK.format(_NOBODY)],
        input=json.dumps([*map(str, paths), str(own.codebook)]),
        cwd="/",
        capture_output=True,
        text=True,
    )
    got, tries = json.loads(looked.stdout)
    assert tries == 3 * (len(paths) + 1)
    # The codebook, for reading and, under this umask, for writing, shows that the other user can look at all.
    assert got == [str(own.codebook)] * 2, looked


def test_a_pull_leaves_no_copy_of_the_answers_and_touches_nobody_elses(own: Workspace, run: Run) -> None:
    kept = own.studio / "data" / "export"
    speaking = connection(own)
    exports = speaking.client.projects.exports
    before = set(kept.iterdir())
    # Of the same answers, perhaps in the same minute: Label Studio would give both the same name.
    b"".join(exports.download_sync(id=1, export_type="JSON", download_all_tasks=False))
    others = set(kept.iterdir()) - before
    assert len(others) == 2
    for command in ("pull", "doctor"):
        run(command, "--workspace", own.root)
        assert set(kept.iterdir()) == before | others
    noted = next(path for path in others if path.name.endswith("-info.json"))
    assert "made_by" not in noted.read_text()
    # A pull that is killed leaves its own behind; an hour later they go.
    left = {kept / "project-1-at-2026-05-01-10-00-0123abcd.json", kept / "project-1-at-2026-05-01-10-00-0123abcd-info.json"}  # fmt: skip
    for path in left:
        path.write_text(noted.read_text().replace('"GET":{', '"GET":{"made_by":["framing-pull"],'))
    assert run("pull", "--workspace", own.root).code == 0
    assert left <= set(kept.iterdir()), "another pull may be fetching it"
    for path in left:
        os.utime(path, (time.time() - 4000,) * 2)
    assert run("pull", "--workspace", own.root).code == 0
    assert set(kept.iterdir()) == before | others


def test_a_restore_that_is_killed_has_lost_nothing_and_start_goes_on(
    own: Workspace, tmp_path: Path, run: Run
) -> None:
    """Between its two renames: the data are out of their place, and an empty server must not take it."""
    file = tmp_path / "server.tar"
    assert run("studio", "backup", file, "--workspace", own.root).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.startswith("data/export/")]
    # A snapshot that somebody asked for is data: Label Studio lists it and gives it out.
    assert [name for name in names if name.startswith("data/media/export/")]

    before = tasks(own)
    run("studio", "stop", "--workspace", own.root)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED.format(str(file))],
        cwd=own.root,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert killed.returncode == -signal.SIGKILL
    assert not own.studio.exists()
    told = run("studio", "status", "--workspace", own.root)
    assert told.out == "not running\n"
    assert "a restore was ended midway: what was there before lies in" in told.err
    assert "framing studio start" in told.err
    findings = run("doctor", "--workspace", own.root, "--json").json
    assert [item["state"] for item in findings if item["check"] == "restore"] == ["fault"]

    begun = run("studio", "start", "--port", "0", "--workspace", own.root)
    assert begun.code == 0, begun
    assert "what was there before is back" in begun.err
    assert tasks(own) == before > 0
    assert run("studio", "status", "--workspace", own.root, "--json").json["interrupted_restore"] == ""
