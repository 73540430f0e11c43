"""A model that is trained again is taken over without a request failing."""

import threading
from collections import Counter
from pathlib import Path

import httpx
import pytest

from framing.classifier import Model, load_model
from framing.errors import ModelError
from framing.serving import CurrentModel
from framing.settings import Workspace
from framing.steps.models import SHIPPED, find_model, model_folder
from framing.steps.serve import serve
from framing.steps.study import Study
from tests.serving.conftest import Serve, make_model


def test_a_retrained_model_is_taken_over_under_load(serving: Serve, workspace: Workspace) -> None:
    served = serving()
    stop = threading.Event()
    seen: Counter[tuple[int, str]] = Counter()

    def asking() -> None:
        with httpx.Client(base_url=served.url, timeout=30, trust_env=False) as client:
            while not stop.is_set():
                answer = client.post("/v1/score", json={"texts": ["It rained"] * 700})
                (model,) = {row["model"] for row in answer.json()["scores"]}
                assert model == answer.json()["model"]
                seen[answer.status_code, model] += 1

    threads = [threading.Thread(target=asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    for strength in (1.0, 2.0, 5.0):
        latest = make_model(workspace.models / "frame", strength).id
        _await(lambda latest=latest: any(model == latest for _, model in seen))
    stop.set()
    for thread in threads:
        thread.join(30)
    assert {status for status, _ in seen} == {200}
    assert {served.model, latest} <= {model for _, model in seen}
    assert served.client.get("/versions").json() == {"versions": [latest]}
    assert served.said[-1].startswith(f"{latest} takes the place of frame@")


def _await(happened: "object") -> None:
    for _ in range(600):
        if happened():  # type: ignore[operator]
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not happen")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def current(tmp_path: Path, said: list[str]) -> CurrentModel:
    folder = tmp_path / "frame"
    make_model(folder)
    return CurrentModel(lambda: folder, lambda: load_model(folder), said.append)


def test_what_has_not_changed_is_not_loaded_again(current: CurrentModel, tmp_path: Path) -> None:
    before = current.loaded
    assert not current.refresh()
    make_model(tmp_path / "frame")
    assert not current.refresh(), "the same model written again is no other model"
    assert current.loaded is before


def test_a_damaged_model_is_told_once_and_the_old_one_stays(
    current: CurrentModel, tmp_path: Path, said: list[str]
) -> None:
    old = current.id
    (tmp_path / "frame" / "model.json").write_text("{", encoding="utf-8")
    assert [current.refresh() for _ in range(3)] == [False] * 3
    assert said == [f"{old} stays: {tmp_path / 'frame'}: damaged model: model.json is not readable"]
    (tmp_path / "frame" / "weights.npz").unlink()
    (tmp_path / "frame" / "model.json").unlink()
    assert not current.refresh()
    assert current.id == old
    fresh: Model = make_model(tmp_path / "frame", 1.0)
    assert current.refresh()
    assert current.id == fresh.id


def test_weights_that_come_before_their_description_are_not_taken(
    current: CurrentModel, tmp_path: Path, said: list[str]
) -> None:
    other = make_model(tmp_path / "other" / "frame", 1.0)
    folder = tmp_path / "frame"
    for name in ("weights.npz", "model.json"):
        assert current.id != other.id
        (folder / name).write_bytes((tmp_path / "other" / "frame" / name).read_bytes())
        current.refresh()
    assert current.id == other.id
    assert [line.partition(":")[0].split("@")[0] for line in said] == ["frame", "frame"]


def test_the_first_own_model_takes_the_place_of_the_shipped_one(workspace: Workspace) -> None:
    study = Study(workspace)
    current = CurrentModel(lambda: model_folder(study), lambda: find_model(study), lambda _: None)
    assert current.id == load_model(SHIPPED).id
    own = make_model(workspace.models / "frame")
    assert current.refresh()
    assert current.id == own.id


def test_a_model_of_other_values_is_not_taken(serving: Serve, workspace: Workspace) -> None:
    served = serving()
    book = workspace.codebook.read_text(encoding="utf-8")
    model = load_model(workspace.models / "frame")
    from framing.classifier import save_model

    measured = {"measures": {"type": "one", "values": ["calm", "loud"]}}
    described = Model("frame", model.estimator, "frame", model.values, measured)
    save_model(described, workspace.models / "frame")
    make_model(workspace.models / "other", 9.0)
    _await(lambda: bool(served.said))
    assert "stays: model frame@" in served.said[0]
    assert "codebook differ on frame: only in the model: calm loud" in served.said[0]
    assert served.client.get("/versions").json() == {"versions": [served.model]}
    assert workspace.codebook.read_text(encoding="utf-8") == book


def test_no_model_is_said_at_the_start(workspace: Workspace) -> None:
    with pytest.raises(ModelError, match="no model there"):
        serve(Study(workspace), model="missing", port=0)
