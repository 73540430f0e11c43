"""`framing serve` as a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from framing.settings import Workspace
from tests.conftest import Run
from tests.serving.conftest import make_model


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(workspace: Workspace, ending: signal.Signals) -> None:
    model = make_model(workspace.models / "frame").id
    command = [sys.executable, "-m", "framing", "serve", "--port", "0", "--token", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = ""
        while not told.endswith("}\n"):
            told += process.stdout.readline()
        started = json.loads(told)
        assert started["model"] == model
        token = Path(started["token_file"]).read_text(encoding="utf-8")
        answer = httpx.post(
            f"{started['url']}/v1/score", json={"texts": ["It rained"]}, auth=("framing", token),
            trust_env=False, timeout=30,
        )  # fmt: skip
        assert answer.json()["scores"][0]["label"] == "neutral_report"
        process.send_signal(ending)
        out, err = process.communicate(timeout=30)
    assert process.returncode == (130 if ending == signal.SIGINT else -signal.SIGTERM)
    assert out == ""
    assert "Traceback" not in err and token not in err
    assert err.startswith(f"the token is in {started['token_file']}; in Label Studio")


def test_a_fault_is_told_in_two_lines(workspace: Workspace, run: Run) -> None:
    missing = run("serve", "--model", "missing")
    assert missing.code == 1
    assert missing.err == (
        f"error: {workspace.models / 'missing'}: no model there\nhint: train one: framing train\n"
    )
    make_model(workspace.models / "frame")
    elsewhere = run("serve", "--host", "203.0.113.7", "--port", "0")
    assert (elsewhere.code, elsewhere.err.splitlines()[0]) == (
        1, "error: can't listen on 203.0.113.7, port 0: Cannot assign requested address",
    )  # fmt: skip
