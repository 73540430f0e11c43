"""The docs say what the commands do: the tutorial and the recipes are run, the reference is compared."""

import csv
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from framing.cli import main
from framing.resources import packaged
from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Articles whose labels the tutorial's test uses: all would take minutes to learn from.
_ARTICLES = 14


def blocks(page: str, kind: str) -> list[str]:
    return [text for info, text in _BLOCK.findall((DOCS / page).read_text("utf-8")) if info == kind]


def some_labels(target: Path) -> None:
    with (packaged("labels") / "starter.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = set(sorted({row["article_id"] for row in rows})[:_ARTICLES])
    target.parent.mkdir()
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row["article_id"] in kept)


def do(line: str, patch: pytest.MonkeyPatch) -> int:
    """Run one line of the tutorial as a shell would; gives the exit code."""
    words = shlex.split(line)
    if words[0] == "cd":
        patch.chdir(words[1])
    elif words[0] == "cp":
        shutil.copyfile(words[1], words[2])
    else:
        assert words[0] == "framing", line
        patch.setattr(sys, "argv", words)
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
    return 0


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that the tutorial leaves."""
    place = tmp_path_factory.mktemp("tutorial")
    some_labels(place / "labels" / "starter.csv")
    lines = [line for text in blocks("tutorial.md", "sh") for line in text.splitlines() if line]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for line in lines:
            assert do(line, patch) == 0, line
    return place / "study"


def test_the_tutorial_leaves_what_it_says(tutorial: Path) -> None:
    assert (tutorial / "pages.html").is_file()
    with (tutorial / "prevalence.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["figure"] for row in rows} == {"share", "difference"}
    assert any(row["low"] for row in rows)
    assert "\\toprule" in (tutorial / "prevalence.tex").read_text(encoding="utf-8")
    assert (tutorial / "stories" / "index.html").is_file()
    assert (tutorial.parent / "restored" / "manifest.json").is_file()


def test_a_command_of_the_tutorial_is_run_or_marked() -> None:
    infos = {info for info, _ in _BLOCK.findall((DOCS / "tutorial.md").read_text("utf-8"))}
    assert infos == {"sh", "sh needs-server"}
    for text in blocks("tutorial.md", "sh needs-server"):
        for line in text.splitlines():
            assert re.match(r"framing (studio|push|pull|adjudicate)\b", line), line


@pytest.mark.parametrize("number", range(len(blocks("recipes.md", "python"))))
def test_a_recipe_finds_something(
    tutorial: Path, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tutorial)
    recipe = blocks("recipes.md", "python")[number]
    known = {"framing_study": tutorial.parent / "published"}
    exec(compile(recipe, f"recipe {number}", "exec"), known)  # noqa: S102 - our own page
    told = capsys.readouterr().out
    assert "Empty DataFrame" not in told
    assert told.strip() or "to_csv" in recipe


def test_the_recipe_s_table_has_a_cell_for_each_outlet(
    tutorial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tutorial)
    text = next(text for text in blocks("recipes.md", "python") if "table.csv" in text)
    exec(compile(text, "recipe", "exec"), {})  # noqa: S102
    with (tutorial / "table.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) > 3
    assert any(re.fullmatch(r"\d+ \[\d+, \d+\]", row["neutral_report"]) for row in rows)


def test_every_file_of_the_recipes_is_made_by_the_tutorial(tutorial: Path) -> None:
    page = (DOCS / "recipes.md").read_text(encoding="utf-8")
    for name in set(re.findall(r'(?:read_csv|read\.csv|open)\("([^"]+)"', page)):
        assert (tutorial / name).is_file(), name


def test_the_command_reference_is_what_the_commands_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from tools.commands import FILE, reference

    assert FILE.read_text(encoding="utf-8") == reference(), "make it again: python tools/commands.py"


def test_every_command_has_a_section_with_its_options(run: Run) -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## framing (.+)\n((?:.|\n)*?)(?=^## |\Z)", page, re.MULTILINE))
    assert {"split", "export", "check", "restore", "labels gold", "studio coder add"} <= sections.keys()
    for name in ("export", "prevalence", "labels gold"):
        told = run(*name.split(), "--help").out
        for flag in re.findall(r"--[a-z-]+", sections[name]):
            if flag != "--" and f"`{flag}`" in sections[name]:
                assert flag in told, (name, flag)


def test_every_column_of_a_table_is_explained() -> None:
    from framing.findings.outlets import COLUMNS as OUTLETS
    from framing.labels.stats import COLUMNS as STATS
    from framing.steps.copies import COPY_COLUMNS
    from framing.steps.gold import COLUMNS as GOLD
    from framing.steps.prevalence import COLUMNS as PREVALENCE
    from framing.steps.reliability import COLUMNS as RELIABILITY
    from framing.tables import LABELS, UNITS

    words = set(re.findall(r"[a-z_0-9]+", (DOCS / "files.md").read_text(encoding="utf-8")))
    for columns in (
        LABELS.columns,
        UNITS.columns,
        GOLD,
        STATS,
        RELIABILITY,
        PREVALENCE,
        COPY_COLUMNS,
        OUTLETS,
    ):
        assert set(columns) <= words, set(columns) - words


def test_the_readme_names_every_command_and_every_page_of_docs() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^## framing (\w+)", (DOCS / "commands.md").read_text("utf-8"), re.MULTILINE)
    told = set(re.findall(r"framing (\w+)", page)) | {"demo"}
    assert set(commands) <= told, set(commands) - told
    for file in DOCS.glob("*.md"):
        assert f"docs/{file.name}" in page, file.name


def test_what_the_readme_says_to_open_is_there() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| (.+) \|$", page.partition("## I want to change")[2], re.MULTILINE)
    assert len(rows) > 20
    folder = ROOT
    for row in rows[2:]:
        for name in re.findall(r"`([\w./<>]+)`", row):
            folder = (ROOT / name).parent if "/" in name else folder
            assert "<" in name or (folder / Path(name).name).exists(), name
