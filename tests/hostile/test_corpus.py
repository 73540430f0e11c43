"""Several hundred nasty files and folders: each ends in a result or a named error, within its bounds."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Of the corpus, in every run of the tests.
_SHARE = 0.06


def ran(folder: Path, *arguments: object) -> Any:
    """Run the corpus as the script does; numeric libraries keep to one thread, so that it can fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.runner", folder, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_a_part_of_the_hostile_corpus_does_no_harm(tmp_path: Path) -> None:
    told = ran(tmp_path / "corpus", 7, _SHARE)
    assert told["cases"] >= 300
    assert told["run"] >= 20
    assert told["faults"] == {}


@pytest.mark.prove
@pytest.mark.parametrize("seed", [1, 2])
def test_the_hostile_corpus_does_no_harm(tmp_path: Path, seed: int) -> None:
    told = ran(tmp_path / "corpus", seed, 1, *(["big"] if seed == 1 else []))
    sys.stdout.write(f"{told['run']} hostile inputs, slowest: {told['slowest']}")
    assert told["run"] == told["cases"] >= 300
    assert told["faults"] == {}
