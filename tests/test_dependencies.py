"""What is installed is explained: the table in docs/decisions.md names each dependency, and no other."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_dependency_is_explained_and_every_explained_one_is_there() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[<>=\[]", item)[0] for item in wanted}
    page = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    section = page.partition("## Dependencies, one line each\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:4] for line in section.splitlines() if line.startswith("|")][2:]
    told = {name.strip() for row in rows for name in row[0].split(",")}
    assert told == names
    assert all(row[1].strip() and row[2].strip() for row in rows)
