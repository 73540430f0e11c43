"""The mean of region models, as `tools/train_regions.py` ships it."""

import importlib
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def model(bias: int, weights: dict[str, list[int]]) -> dict[str, object]:
    return {
        "parts": ["body", "story"],
        "states": ["body/story"],
        "bias": [bias],
        "first": [0],
        "last": [4],
        "moves": [[[bias]], [[0]]],
        "weights": weights,
    }


def test_the_mean_counts_a_feature_that_a_model_lacks_as_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    averaged = importlib.import_module("chain").averaged
    edge = [0] * 6
    one = model(10, {"edge": edge, "ends .": [8, 0, 0, 0, 0, -8], "faint": [1, 0, 0, 0, 0, 0]})
    other = model(20, {"edge": edge, "ends ,": [0, 6, 0, 0, 0, 0]})
    assert averaged([one, other]) == model(
        15, {"edge": edge, "ends ,": [0, 3, 0, 0, 0, 0], "ends .": [4, 0, 0, 0, 0, -4]}
    )
    assert averaged([one]) == one
