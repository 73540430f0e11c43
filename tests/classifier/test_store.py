"""The model on disk: the same predictions, the same bytes, and nothing that could run."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.classifier import FramingClassifier, Model, load_model, save_model
from framing.errors import ModelError


@pytest.fixture(scope="module")
def saved(fitted: FramingClassifier, tmp_path_factory: pytest.TempPathFactory) -> Model:
    values = ("report", "alarm", "appeal", "never")
    return save_model(Model("m", fitted, "tone", values, {"seed": 1}), tmp_path_factory.mktemp("x") / "m")


def copied(saved: Model, folder: Path) -> Path:
    assert saved.folder
    for name in ("model.json", "weights.npz"):
        (folder / name).write_bytes((saved.folder / name).read_bytes())
    return folder


def test_a_loaded_model_predicts_the_same_bits(
    saved: Model, fitted: FramingClassifier, table: pd.DataFrame
) -> None:
    assert saved.folder
    loaded = load_model(saved.folder)
    assert loaded.id == saved.id
    assert saved.id == f"m@{saved.hash[:12]}"
    proba = loaded.predict_proba(table)
    np.testing.assert_array_equal(proba[:, [1, 2, 0]], fitted.predict_proba(table))
    assert (proba[:, 3] == 0).all()


def test_the_same_labels_give_the_same_bytes(saved: Model, table: pd.DataFrame, tmp_path: Path) -> None:
    again = FramingClassifier().fit(table, table["value"])
    twin = save_model(Model("m", again, "tone", saved.values, {"seed": 1}), tmp_path / "m")
    assert saved.folder
    assert twin.hash == saved.hash
    for name in ("model.json", "weights.npz"):
        assert (tmp_path / "m" / name).read_bytes() == (saved.folder / name).read_bytes()


def test_no_file_holds_a_pickle(saved: Model) -> None:
    assert saved.folder
    with zipfile.ZipFile(saved.folder / "weights.npz") as packed:
        for name in packed.namelist():
            assert packed.read(name)[:6] == b"\x93NUMPY"
    with np.load(saved.folder / "weights.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= {"f", "u"}


def test_no_model_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_model(tmp_path / "nothing")
    assert caught.value.message == f"{tmp_path / 'nothing'}: no model there"
    assert caught.value.hint == "train one: framing train"


def test_another_format_is_told(saved: Model, tmp_path: Path) -> None:
    folder = copied(saved, tmp_path)
    told = json.loads((folder / "model.json").read_text()) | {"format": 1}
    (folder / "model.json").write_text(json.dumps(told))
    with pytest.raises(ModelError) as caught:
        load_model(folder)
    assert caught.value.message == f"{folder}: model format 1, expected 2"


@pytest.mark.parametrize(
    "key", ["variable", "values", "classes", "parameters", "temperature", "pieces", "hash"]
)
def test_a_changed_or_missing_key_is_damage(saved: Model, tmp_path: Path, key: str) -> None:
    folder = copied(saved, tmp_path)
    told = json.loads((folder / "model.json").read_text())
    for changed in ({**told, key: ["x"]}, {k: v for k, v in told.items() if k != key}):
        (folder / "model.json").write_text(json.dumps(changed))
        with pytest.raises(ModelError, match="damaged model"):
            load_model(folder)


def test_arrays_of_objects_are_never_unpickled(saved: Model, tmp_path: Path) -> None:
    folder = copied(saved, tmp_path)
    trap = np.array([{"a": 1}], dtype=object)
    np.savez_compressed(folder / "weights.npz", intercept=trap)
    with pytest.raises(ModelError, match=r"damaged model: .*allow_pickle=False"):
        load_model(folder)


def test_weights_that_would_unpack_to_gigabytes_are_refused(saved: Model, tmp_path: Path) -> None:
    folder = copied(saved, tmp_path)
    with (
        zipfile.ZipFile(folder / "weights.npz", "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("intercept.npy", "w", force_zip64=True) as stream,
    ):
        for _ in range(600):
            stream.write(bytes(2**20))
    with pytest.raises(ModelError, match="damaged model: found 629145600 bytes of weights"):
        load_model(folder)


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "[]", "", "\x00"])
def test_a_description_that_is_none_is_refused(saved: Model, tmp_path: Path, text: str) -> None:
    folder = copied(saved, tmp_path)
    (folder / "model.json").write_text(text)
    with pytest.raises(ModelError, match=r"model.json is not readable|model format None"):
        load_model(folder)


@given(st.integers(0, 2**31), st.integers(0, 255), st.sampled_from(["model.json", "weights.npz"]))
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_changes_no_prediction_unseen(
    saved: Model, tmp_path: Path, place: int, byte: int, name: str
) -> None:
    folder = copied(saved, tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[place % len(content)] = byte
    (folder / name).write_bytes(bytes(content))
    try:
        loaded = load_model(folder)
    except ModelError:
        return
    texts = ["Give today", "rain fell on the harbour"]
    np.testing.assert_array_equal(loaded.predict_proba(texts), saved.predict_proba(texts))
    assert loaded.hash == saved.hash
