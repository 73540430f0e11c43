"""Labels whose unit is no longer there."""

import pandas as pd

from framing.settings import Workspace
from framing.steps.split import split
from framing.steps.stale import stale_labels


def test_labels_of_a_changed_sentence_are_listed(workspace: Workspace) -> None:
    page = workspace.seeds / "page.txt"
    before = list(split([workspace.seeds]))
    rows = [unit.row() | {"variable": "frame", "value": "neutral_report"} for unit in before]
    other = rows[0] | {"article_id": "elsewhere", "unit_id": "elsewhere-1"}
    labels = [row | {"coder": name} for row in rows for name in ("ada", "ben")]
    pd.DataFrame([*labels, other | {"coder": "ada"}]).to_csv(workspace.labels / "main.csv", index=False)
    assert stale_labels(workspace.labels, before) == []
    page.write_text(
        page.read_text(encoding="utf-8").replace("Waves had washed", "A wave washed"), encoding="utf-8"
    )
    (stale,) = stale_labels(workspace.labels, split([workspace.seeds]))
    gone = next(unit for unit in before if unit.text.startswith("Waves had washed"))
    assert str(stale) == (
        f"{workspace.labels / 'main.csv'}: 2 answers on unit {gone.unit_id}, no longer in page.txt"
    )


def test_files_that_name_no_articles_are_left_out(workspace: Workspace) -> None:
    (workspace.labels / "plain.csv").write_text("text,label\nRain.,calm\n", encoding="utf-8")
    assert stale_labels(workspace.labels, split([workspace.seeds])) == []
