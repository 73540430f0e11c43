"""The wheel, installed in an empty environment, runs the demo from an empty folder, twice."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from framing import __version__
from framing.formats import read_frame

pytestmark = pytest.mark.server

ROOT = Path(__file__).resolve().parent.parent


def call(*command: object, cwd: Path, **environment: str) -> str:
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LABEL_STUDIO_", "VIRTUAL_ENV"))
    } | environment
    told = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return told.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and with the wheel that was built from it alone."""
    folder = tmp_path_factory.mktemp("wheel")
    call(find_uv_bin(), "build", "--quiet", "--out-dir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    uv = find_uv_bin()
    (wheel,) = built.glob("framing-*.whl")
    call(uv, "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    call(
        uv, "pip", "install", "--quiet", "--python", python, "-c", ROOT / "constraints.txt", wheel, cwd=folder
    )
    return folder / "env" / "bin" / "framing"


def test_the_demo_runs_from_the_wheel_and_runs_again(installed: Path, tmp_path: Path) -> None:
    first = json.loads(call(installed, "demo", "--port", "0", "--json", cwd=tmp_path))
    work = tmp_path / "framing-demo"
    labels = (work / "labels" / "main.csv").read_bytes()
    assert first["pushed"]["new"] == first["pushed"]["units"]
    assert first["pulled"]["coders"] == 2
    assert first["unmatched"] < 0.05 * first["pulled"]["rows"]
    assert first["trained"]["evaluation"]["macro_f1"] > 0.75
    again = json.loads(call(installed, "demo", "--port", "0", "--json", cwd=tmp_path))
    assert (again["pushed"]["new"], again["pulled"]["new"]) == (0, 0)
    assert (work / "labels" / "main.csv").read_bytes() == labels
    assert again["trained"]["model"] == first["trained"]["model"]
    articles = read_frame(work / "scores" / "articles.csv")
    assert len(articles) == first["pushed"]["articles"] >= 30
    assert set(articles["model"]) == {first["trained"]["model"]}
    assert "<title>" in (work / "report.html").read_text(encoding="utf-8")
    assert (work / "stories" / "index.html").is_file()
    status = json.loads(call(installed, "studio", "status", "--json", "--workspace", work, cwd=tmp_path))
    assert status["running"] is False


def test_the_archives_hold_the_package_and_its_data_and_no_test(built: Path) -> None:
    (archive,) = built.glob("framing-*.tar.gz")
    with tarfile.open(archive) as members:
        files = {member.name.partition("/")[2] for member in members if member.isfile()}
    data = {
        path.relative_to(ROOT).as_posix()
        for name in ("config", "labels", "seeds")
        for path in (ROOT / name).rglob("*")
        if path.is_file()
    }
    tops = {name.partition("/")[0] for name in files}
    assert tops == {
        *("framing", "config", "labels", "seeds", "tools"),
        *(".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"),
    }
    assert {name for name in files if name.startswith(("config/", "labels/", "seeds/"))} == data
    assert {name for name in files if name.startswith("tools/")} == {"tools/build_core.py"}
    assert "framing/py.typed" in files
    (wheel,) = built.glob("framing-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {"framing/py.typed", *(f"framing/_data/{name}" for name in data)} <= packed
    assert {name.partition("/")[0] for name in packed} == {"framing", f"framing-{__version__}.dist-info"}


def test_the_packaged_parts_are_found_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    made = json.loads(call(installed, "init", "study", "--seeds", "--json", cwd=tmp_path))
    assert {"config/codebook.yaml", "config/settings.yaml", "seeds/metadata.csv"} <= set(made["files"])
    told = json.loads(call(installed, "codebook", "check", "--json", cwd=tmp_path))
    assert told["file"] == "packaged codebook"


def test_without_a_compiler_the_wheel_is_the_plain_one(tmp_path: Path) -> None:
    call(find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", tmp_path, ROOT, cwd=tmp_path, CC="false")
    (wheel,) = tmp_path.glob("framing-*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".so", ".pyd", ".pyx"))]
