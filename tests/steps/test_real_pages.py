"""Real pages through the whole job, where they are at hand (FRAMING_GATE_DATA names them)."""

import importlib.util
import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.server

DATA = os.environ.get("FRAMING_GATE_DATA", "")
TOOL = Path(__file__).resolve().parents[2] / "tools" / "real_pages.py"


@pytest.mark.skipif(not DATA, reason="FRAMING_GATE_DATA names no folder with seeds and seeds_gold")
def test_real_pages_go_through_the_whole_job(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("real_pages", TOOL)
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    told = tool.run(Path(DATA), tmp_path / "study")
    assert told["pages"] == len(list((Path(DATA) / "seeds").glob("*.txt")))
    assert told["new in a second push"] == 0
    assert told["answers pulled"] == told["gold units found exactly"] >= 0.9 * told["gold units"]
    assert told["scored"] == told["units"]
