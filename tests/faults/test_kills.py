"""`kill -9` at any moment: the old file or the new one, and the next run completes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def ran(folder: Path, kills: int, seed: int) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed", folder, str(kills), str(seed)],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_ten_kills_leave_nothing_torn(tmp_path: Path) -> None:
    assert ran(tmp_path, 10, 4)["struck"] == 10


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(4))
def test_many_kills_leave_nothing_torn(tmp_path: Path, seed: int) -> None:
    told = ran(tmp_path, 60, seed)
    sys.stdout.write(f"{told}\n")
    assert told["struck"] == 60
