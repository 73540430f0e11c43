"""A small whole study made once, and a real Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from framing.formats import read_frame, writing
from framing.resources import packaged
from framing.settings import Workspace
from framing.steps.compare import compare
from framing.steps.init import init
from framing.steps.score import score
from framing.steps.study import Study
from framing.tables import LABELS

STORIES = ("ashmouth-dam", "exam-leak")


@pytest.fixture(scope="session")
def whole_study(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two starter stories with their labels, scored by the shipped model and compared; never changed."""
    root = tmp_path_factory.mktemp("report") / "study"
    init(root)
    workspace = Workspace(root)
    for file in packaged("seeds").glob("*.txt"):
        if file.name.startswith(STORIES):
            shutil.copy(file, workspace.seeds)
    shutil.copy(packaged("seeds") / "metadata.csv", workspace.seeds)
    starter = read_frame(packaged("labels") / "starter.csv")
    own = starter[starter["story"].isin(STORIES)]
    with writing(workspace.labels / "starter.csv", LABELS.columns) as rows:
        rows.write(own.to_dict("records"))
    study = Study(workspace)
    score(study, [workspace.seeds], output=workspace.scores / "units.csv", explain=True)
    compare(study, [workspace.seeds], root / "stories")
    return workspace


@pytest.fixture
def study_copy(whole_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The same study, to be changed; the working directory is in it."""
    root = tmp_path / "study"
    shutil.copytree(whole_study.root, root)
    monkeypatch.chdir(root)
    return Workspace(root)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("FRAMING_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
