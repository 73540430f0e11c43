"""`import framing`: its steps are functions, whatever rooms have been imported."""

import importlib
import pkgutil
import shlex
from pathlib import Path

import pytest

import framing
from framing.cli.demo import what_next
from tests.conftest import Run


@pytest.mark.parametrize("name", [name for name in framing.__all__ if name != "__version__"])
def test_what_is_promised_can_be_called(name: str) -> None:
    for room in pkgutil.iter_modules(framing.__path__):
        if room.name != "__main__":
            importlib.import_module(f"framing.{room.name}")
    assert callable(getattr(framing, name))


def test_what_the_demo_names_as_next_works(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "framing-demo").code == 0
    (tmp_path / "framing-demo" / "seeds" / "page.txt").write_text("Rain fell on Friday.")
    first, *commands = what_next(Path("framing-demo"), "framing")
    assert first == "next: open framing-demo/report.html in a browser, then"
    for line in commands:
        program, *words = shlex.split(line, comments=True)
        assert program == "framing"
        assert run(*words).code == 0, line
    assert (tmp_path / "scores.csv").read_text().count("\n") == 2
    assert (tmp_path / "study" / "config" / "codebook.yaml").is_file()


TABLE = "text,label\n" + "".join(f"Rain fell {n} times.,{'calm' if n % 2 else 'loud'}\n" for n in range(6))


def test_labels_are_imported_into_a_workspace_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labels.csv").write_text(TABLE)
    told = run("labels", "import", "labels.csv")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "error: no workspace here: no config/codebook.yaml in this folder or above it\n"
        "hint: make one with: framing init DIR; or name one with --workspace DIR\n"
    )


def test_how_units_were_drawn_is_told_where_it_is_known(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "labels.csv").write_text(TABLE)
    told = run("reliability", "labels.csv")
    assert "used: 0 answers of 0 coders on 0 units\n" in told.out


def test_coders_are_told_that_values_are_ordered(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    values = "values: [{name: low, definition: Low.}, {name: high, definition: High.}]"
    book.write_text(f"variables: [{{name: tone, question: Loudness, ordered: true, {values}}}]")
    assert "Loudness (exactly one value, in their order, least first)" in run("codebook", "show", book).out
