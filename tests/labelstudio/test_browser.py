"""Coders at work in a real Chromium."""

import os
from collections import Counter
from collections.abc import Iterator

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from framing.formats import read_frame
from framing.labelstudio.accounts import Account, add_account
from framing.labelstudio.connection import Connection
from framing.sampling import Plan
from framing.settings import Workspace
from framing.steps.adjudicate import adjudicate
from framing.steps.pull import pull
from framing.steps.push import Push, Pushed, push
from framing.steps.rounds import Wanted
from framing.steps.study import Study
from tests.conftest import Run, Studio
from tests.labelstudio.coding import Person, chromium
from tests.serving.conftest import make_model

pytestmark = [pytest.mark.server, pytest.mark.browser]


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def account(studio: Studio, name: str) -> Account:
    return add_account(Connection(studio.url, studio.token), f"{name}{os.getpid()}")


def as_owner(browser: Browser, studio: Studio) -> Person:
    return Person.sign_in(browser, studio.url, studio.email, studio.password)


def coded(study: Study) -> pd.DataFrame:
    return read_frame(pull(study).file)


def test_a_coder_codes_three_units_by_keys(connected: Workspace, studio: Studio, browser: Browser) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    coder = account(studio, "keys")
    ada = Person.sign_in(browser, studio.url, coder.email, coder.password)
    ada.open(pushed.project)
    expected = {}
    for key, value in (("5", "site_furniture"), ("1", "alarmist_headline"), ("5", "site_furniture")):
        text = ada.text
        ada.press(key, value)
        if len(expected) == 1:
            ada.press("u", "unsure")
        ada.send()
        expect(ada.unit).not_to_have_text(text)
        expected[text] = value
    frame = coded(study)
    assert dict(zip(frame["text"], frame["value"], strict=True)) == expected
    assert set(frame["coder"]) == {f"coder-{coder.user}"}
    assert frame.loc[frame["value"] == "alarmist_headline", "unsure"].tolist() == ["true"]
    assert all(float(seconds) > 0 for seconds in frame["seconds"])


@pytest.fixture
def round_(connected: Workspace) -> Pushed:
    """Ten units: some for two coders, blind, the others with a model's suggestion."""
    (connected.seeds / "page.txt").unlink()
    for page in range(2):
        lines = [f"Please give what you can to page {page}, say it {n} times." for n in range(5)]
        (connected.seeds / f"p{page}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    make_model(connected.models / "frame")
    wanted = Wanted(Plan("random", 10, overlap=0.4), suggest="frame")
    return push(Study(connected), ["seeds"], Push(wanted=wanted))


def code_one(coder: Person, name: str, place: int) -> tuple[str, str, str, str, str]:
    """Code the unit on the screen; gives value, unsure, skipped, note and saw_suggestion as pulled."""
    if (name, place) == ("ben", 1):
        coder.skip()
        return ("", "false", "true", "", "false")
    if (name, place) == ("ben", 0):
        coder.press("2", "advocacy_appeal")
        coder.press("u", "unsure")
        coder.write("asks for something")
        coder.send()
        return ("advocacy_appeal", "true", "false", "asks for something", "false")
    coder.press("3", "neutral_report")
    coder.send()
    return ("neutral_report", "false", "false", "", "false")


def test_two_coders_disagree_and_a_third_person_settles_it(
    connected: Workspace, round_: Pushed, studio: Studio, browser: Browser, run: Run
) -> None:
    main, blind = round_.projects
    assert main.units > 2
    assert blind.units > 2
    accounts = {name: account(studio, name) for name in ("ada", "ben", "eve")}
    ada, ben, eve = (Person.sign_in(browser, studio.url, a.email, a.password) for a in accounts.values())
    expected: dict[tuple[str, str], tuple[str, str, str, str, str]] = {}
    met: list[str] = []
    for name, coder in (("ada", ada), ("ben", ben)):
        coder.open(blind.project)
        for _ in range(blind.units):
            text = coder.text
            assert coder.chosen == []
            met.append(text)
            expected[(f"coder-{accounts[name].user}", text)] = code_one(coder, name, met.index(text))
            # Whoever comes second is given what is begun, in no fixed order.
        expect(coder.page.get_by_text("No More Tasks Left in Queue")).to_be_visible()
    disputed = met[0]
    assert Counter(Counter(met).values()) == {2: blind.units}

    for name, coder in (("ada", ada), ("ben", ben)):
        coder.open(main.project)
        expect(coder.value("advocacy_appeal")).to_be_checked()
        expected[(f"coder-{accounts[name].user}", coder.text)] = (
            "advocacy_appeal",
            "false",
            "false",
            "",
            "true",
        )
    assert ada.text != ben.text
    for coder in (ada, ben):
        coder.send()

    frame = coded(Study(connected))
    columns = ["value", "unsure", "skipped", "note", "saw_suggestion"]
    found = {(row["coder"], row["text"]): tuple(row[columns]) for _, row in frame.iterrows()}
    assert found == expected
    assert len(frame) == len(expected)
    assert set(frame["current"]) == {"true"}

    settled = adjudicate(Study(connected))
    assert settled.units == 1
    eve.open(settled.project)
    assert eve.text == disputed
    answers = eve.page.locator(".framing-answers .lsf-richtext__line")
    expect(answers).to_have_text(
        "frame: 1 × advocacy_appeal, 1 × neutral_report; 1 unsure; notes: asks for something"
    )
    assert not any(name in eve.page.inner_text(".framing") for name in ("ada", "ben", "coder-"))
    eve.press("2", "advocacy_appeal")
    eve.press("w", "rule overlooked")
    eve.send()
    frame = coded(Study(connected))
    final = frame[frame["coder"] == "adjudicator"]
    assert final[["text", "value", "reason"]].to_numpy().tolist() == [
        [disputed, "advocacy_appeal", "rule overlooked"]
    ]
    assert run("labels", "gold", "-o", "gold.csv").code == 0
    gold = read_frame(connected.root / "gold.csv").set_index("text")
    assert tuple(gold.loc[disputed, ["value", "method"]]) == ("advocacy_appeal", "adjudicated")


def test_the_screen_fits_and_runs_nothing_of_the_text(
    connected: Workspace, studio: Studio, browser: Browser
) -> None:
    hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    (connected.seeds / "page.txt").write_text(f"{hostile}\n\n{hostile * 2}\n", encoding="utf-8")
    pushed = push(Study(connected), [connected.seeds])
    owner = as_owner(browser, studio)
    errors: list[str] = []
    owner.page.on("dialog", lambda dialog: errors.append(dialog.message))
    owner.open(pushed.project)
    expect(owner.unit).to_have_text(hostile)
    assert owner.page.title() != "owned"
    assert errors == []
    note = owner.page.locator(".framing textarea, .framing input[type=text]").first
    box = note.bounding_box()
    assert box is not None and box["y"] + box["height"] < 670


def test_a_long_unit_scrolls_and_the_dark_look_can_be_read(
    connected: Workspace, studio: Studio, browser: Browser
) -> None:
    long = " ".join(f"report number {n} says that the road stays closed" for n in range(100))
    (connected.seeds / "page.txt").write_text(f"The {long}.\n", encoding="utf-8")
    owner = as_owner(browser, studio)
    owner.open(push(Study(connected), [connected.seeds]).project)
    assert owner.text == f"The {long}."
    box = owner.page.locator(".framing-unit")
    shown, whole = box.evaluate("element => [element.clientHeight, element.scrollHeight]")
    assert 90 <= shown < 400 < 3 * shown < whole
    box.hover()
    owner.page.mouse.wheel(0, 10_000)
    owner.page.wait_for_function(
        "() => { const box = document.querySelector('.framing-unit'); "
        "return box.scrollTop + box.clientHeight >= box.scrollHeight - 1; }"
    )
    note = owner.page.locator(".framing textarea, .framing input[type=text]").first.bounding_box()
    assert note is not None
    assert note["y"] + note["height"] < 670
    for dark in (False, True):
        if dark:
            owner.darken()
        owner.check_ink(dark=dark)
