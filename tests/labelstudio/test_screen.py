"""The labelling screen of each packaged codebook in a real Chromium, and what its tasks carry."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from framing.codebook import Codebook
from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import Connection
from framing.labelstudio.tasks import Answer, Setting, neighbours, task_of
from framing.records import Unit
from framing.resources import packaged
from framing.sampling import Drawn
from framing.settings import Workspace
from framing.steps.adjudicate import adjudicate
from framing.steps.pull import pull
from framing.steps.push import Push, push
from framing.steps.split import split
from framing.steps.study import Study
from tests.conftest import Studio
from tests.labelstudio.coding import Person, chromium

BOOKS = {"default": packaged("config") / "codebook.yaml"} | {
    file.stem: file for file in sorted((packaged("config") / "codebooks").glob("*.yaml"))
}
#: Places left over to the left and to the right of a text in its line.
_MARGINS = """element => {
  const range = document.createRange();
  range.selectNodeContents(element.firstChild ?? element);
  const [text, line] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
  return [text.left - line.left, line.right - text.right];
}"""


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.server
@pytest.mark.browser
@pytest.mark.parametrize("name", BOOKS)
def test_a_packaged_codebook_fits_the_screen(
    name: str, connected: Workspace, studio: Studio, browser: Browser
) -> None:
    connected.codebook.write_text(BOOKS[name].read_text(encoding="utf-8"), encoding="utf-8")
    book = Codebook.read(connected.codebook)
    long = " ".join(f"report number {n} says that the road stays closed" for n in range(200))
    lines = [f"{name} the {long}" for name in ("Storm", "First", "Second")]
    (connected.seeds / "page.txt").write_text("\n\n".join(lines), encoding="utf-8")
    rows = "file,title\npage.txt,A title that tells what the page is about\n"
    (connected.seeds / "metadata.csv").write_text(rows, encoding="utf-8")
    person = Person.sign_in(browser, studio.url, studio.email, studio.password)
    pushed = push(Study(connected), ["seeds"])
    person.open(pushed.project)
    if pushed.units > 1:  # the second unit has neighbours on both sides
        person.skip()
        expect(person.unit).to_contain_text("First")
    page = person.page
    for look in ("light", "dark"):
        if look == "dark":
            person.darken()
        person.check_fits()
        assert page.locator(".framing-title").inner_text() == "A title that tells what the page is about"
        for value in (value for variable in book.variables for value in variable.values):
            item = page.locator(".lsf-choice__item", has=person.value(value.name))
            shown = item.inner_text()
            assert value.name in shown
            assert value.definition[:40] in shown
        person.check_ink(dark=look == "dark")
    first = book.variables[0].values[0]
    person.press(first.hotkey, first.name)


@pytest.mark.server
@pytest.mark.browser
@pytest.mark.parametrize("name", ["default", "media_frames"])
def test_adjudication_fits_the_screen(
    name: str, connected: Workspace, studio: Studio, browser: Browser
) -> None:
    connected.codebook.write_text(BOOKS[name].read_text(encoding="utf-8"), encoding="utf-8")
    variable = Codebook.read(connected.codebook).variables[0]
    long = " ".join(f"report number {n} says that the road stays closed" for n in range(200))
    (connected.seeds / "page.txt").write_text(f"Storm\n\n{long}\n\n{long}", encoding="utf-8")
    connection = Connection(studio.url, studio.token)
    coders = [add_account(connection, f"{who}{id(connected)}").user for who in ("ada", "ben", "eve")]
    given = tuple(
        Answer(coder, {variable.name: [value]}, note=f"{value} {long[:300]}")
        for coder, value in zip(coders, variable.names, strict=False)
    )
    units = list(split([connected.seeds], unit=Study(connected).codebook.unit))
    push(Study(connected), ["seeds"], Push(answers={units[-1].unit_id: given}))
    pull(Study(connected))
    person = Person.sign_in(browser, studio.url, studio.email, studio.password)
    person.open(adjudicate(Study(connected)).project)
    expect(person.page.locator(".framing-answers")).to_contain_text(variable.names[0])
    person.check_fits()


@pytest.mark.server
@pytest.mark.browser
def test_two_lines_and_short_answers_need_no_scrolling(
    connected: Workspace, studio: Studio, browser: Browser
) -> None:
    line = "Storm closes the harbour road, and nobody in the town hall can say for how many days or weeks it will have to stay shut"
    (connected.seeds / "page.txt").write_text(f"Weather\n\n{line}\n\nBy Ada Holt", encoding="utf-8")
    rows = "file,title\npage.txt,Storm closes the harbour road\n"
    (connected.seeds / "metadata.csv").write_text(rows, encoding="utf-8")
    connection = Connection(studio.url, studio.token)
    coders = [add_account(connection, f"{who}{id(connected)}").user for who in ("ada", "ben")]
    values = ("alarmist_headline", "neutral_report")
    given = tuple(
        Answer(coder, {"frame": [value]}, note="so it seems")
        for coder, value in zip(coders, values, strict=True)
    )
    unit = next(unit for unit in split([connected.seeds]) if unit.text == line)
    push(Study(connected), ["seeds"], Push(answers={unit.unit_id: given}))
    pull(Study(connected))
    person = Person.sign_in(browser, studio.url, studio.email, studio.password)
    person.open(adjudicate(Study(connected)).project)
    for part in ("unit", "answers"):
        whole, seen = person.page.locator(f".framing-{part}").evaluate(
            "e => [e.scrollHeight, e.clientHeight]"
        )
        assert whole <= seen, part


@pytest.mark.server
@pytest.mark.browser
def test_right_to_left_text_begins_at_the_right(
    connected: Workspace, studio: Studio, browser: Browser
) -> None:
    lines = ("הכביש נסגר ביום שישי (12 במאי).", "The road was closed.")
    (connected.seeds / "page.txt").write_text("\n\n".join(lines), encoding="utf-8")
    person = Person.sign_in(browser, studio.url, studio.email, studio.password)
    person.open(push(Study(connected), ["seeds"]).project)
    assert person.text == lines[0]
    left, right = person.unit.evaluate(_MARGINS)
    assert right < 10 < 100 < left
    left, right = person.page.locator(".framing-near .lsf-richtext__line", has_text=lines[1]).evaluate(
        _MARGINS
    )
    assert left < 10 < 100 < right


@pytest.mark.parametrize(("shown", "where"), [(False, "body · 1 of 1"), (True, "Gannet · body · 1 of 1")])
def test_the_outlet_is_shown_only_where_settings_say_so(shown: bool, where: str) -> None:
    unit = Unit("a-1", "a", "a.txt", 0, 5, "Rain.", "body", 0, 0, outlet="Gannet")
    task = task_of(Drawn(unit, "all", 1.0), neighbours([unit])["a-1"], Setting(shown, "c"))
    assert task["data"]["where"] == where
    assert ("Gannet" in str(task["data"])) == shown
    assert task["meta"]["outlet"] == "Gannet"
