"""A coder at work in a real Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from framing.formats import read_frame
from framing.labelstudio.accounts import add_account
from framing.labelstudio.connection import Connection
from framing.settings import Workspace
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.study import Study
from tests.conftest import Studio

#: A busy machine may take its time; a test that passes waits for nothing.
expect.set_options(timeout=30_000)

pytestmark = [pytest.mark.server, pytest.mark.browser]


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("FRAMING_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        yield context.new_page()
        browser.close()


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(f"{url}/user/login/")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")


def test_a_coder_codes_three_units_by_keys(
    connected: Workspace, studio: Studio, page: Page, tmp_path: Path
) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    coder = add_account(Connection(studio.url, studio.token), f"keys{os.getpid()}")
    sign_in(page, studio.url, coder.email, coder.password)
    page.goto(f"{studio.url}/projects/{pushed.project}/data?labeling=1")
    close = page.get_by_role("button", name="Close").or_(page.locator("[class*=modal] [class*=close]"))
    close.first.click()
    coded = {}
    for key, value in (("5", "site_furniture"), ("1", "alarmist_headline"), ("5", "site_furniture")):
        unit = page.locator(".framing-unit .lsf-richtext__line")
        expect(unit).not_to_be_empty()
        text = unit.inner_text()
        choice = page.locator(f"input[name={value}]")
        expect(choice).not_to_be_checked()
        page.keyboard.press(key)
        expect(choice).to_be_checked()
        if len(coded) == 1:
            page.keyboard.press("u")
            page.screenshot(path=tmp_path / "screen.png")
        page.keyboard.press("Control+Enter")
        expect(unit).not_to_have_text(text)
        coded[text] = value
    frame = read_frame(pull(study).file)
    assert dict(zip(frame["text"], frame["value"], strict=True)) == coded
    assert set(frame["coder"]) == {f"coder-{coder.user}"}
    assert frame.loc[frame["value"] == "alarmist_headline", "unsure"].tolist() == ["true"]
    assert all(float(seconds) > 0 for seconds in frame["seconds"])


def test_the_screen_fits_and_runs_nothing_of_the_text(
    connected: Workspace, studio: Studio, page: Page
) -> None:
    hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    (connected.seeds / "page.txt").write_text(f"{hostile}\n\n{hostile * 2}\n", encoding="utf-8")
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    errors: list[str] = []
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    sign_in(page, studio.url, studio.email, studio.password)
    page.goto(f"{studio.url}/projects/{pushed.project}/data?labeling=1")
    unit = page.locator(".framing-unit .lsf-richtext__line")
    expect(unit).to_have_text(hostile)
    assert page.title() != "owned"
    assert errors == []
    note = page.locator(".framing textarea, .framing input[type=text]").first
    box = note.bounding_box()
    assert box is not None and box["y"] + box["height"] < 670
