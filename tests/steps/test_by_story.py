"""`--by-story`: where stories come from, and the order that they give."""

from pathlib import Path

import pytest

from framing.records import Unit, article_id
from framing.sampling import Drawn, Sample
from framing.settings import Workspace
from framing.steps.by_story import Stories
from framing.steps.split import split
from framing.steps.study import Study

DAM = "The crack in the Ashmouth dam worries the valley of the Wend. Engineers inspect the Ashmouth wall."
BREAD = "Bakers in Averland raise the price of a loaf. Flour is dearer, the bakers of Averland said."


def page(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return article_id(name)


@pytest.fixture
def study(workspace: Workspace) -> Study:
    for name in workspace.seeds.iterdir():
        name.unlink()
    return Study(workspace)


def stories_of(study: Study, workspace: Workspace) -> dict[str, str]:
    units = list(split([workspace.seeds]))
    sources = {unit.article_id: unit.source for unit in units}
    found = Stories.among(study, units, "together").of
    return {sources[article]: story for article, story in found.items()}


def test_without_a_choice_nothing_is_looked_for(study: Study, workspace: Workspace) -> None:
    page(workspace.seeds, "a.txt", DAM)
    assert Stories.among(study, list(split([workspace.seeds])), "") == Stories()


def test_stories_come_from_metadata_then_from_the_comparison(study: Study, workspace: Workspace) -> None:
    for name, text in (("a.txt", DAM), ("b.txt", BREAD)):
        page(workspace.seeds, name, text)
    (workspace.seeds / "metadata.csv").write_text("file,story\na.txt,dam\n", encoding="utf-8")
    ids = {unit.source: unit.article_id for unit in split([workspace.seeds])}
    folder = workspace.root / "stories"
    folder.mkdir()
    rows = "".join(f"{ids[name]},{story}\n" for name, story in (("a.txt", "other"), ("b.txt", "bread")))
    (folder / "articles.csv").write_text("article_id,story\n" + rows, encoding="utf-8")
    assert stories_of(study, workspace) == {"a.txt": "dam", "b.txt": "bread"}


def test_articles_that_stand_nowhere_are_grouped(study: Study, workspace: Workspace) -> None:
    for name, text in (("a.txt", DAM), ("b.txt", BREAD), ("c.txt", f"Boats were sold. {DAM}")):
        page(workspace.seeds, name, text)
    found = stories_of(study, workspace)
    assert found["a.txt"] == found["c.txt"] != found["b.txt"]


def unit(article: str, number: int) -> Unit:
    return Unit(f"{article}-{number}", article, article, 0, 4, "Rain", "body", number, number)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("together", "a0 b0 a1 b1 c0 d0"), ("apart", "a0 c0 b0 d0 a1 b1"), ("", "a0 b0 c0 a1 d0 b1")],
)
def test_the_order_of_a_round(choice: str, expected: str) -> None:
    of = {"a": "dam", "b": "dam", "c": "bread", "d": "bread"}
    drawn = [Drawn(unit(name[0], int(name[1])), "random", 0.5) for name in "a0 b0 c0 a1 d0 b1".split()]
    stories = Stories(choice, of if choice else {})  # type: ignore[arg-type]
    ordered = stories.order(Sample(drawn, 6)).drawn
    assert " ".join(item.unit.unit_id.replace("-", "") for item in ordered) == expected
