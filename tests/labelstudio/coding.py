"""A person at work in a real Chromium."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

#: A busy machine may take its time; a test that passes waits for nothing.
expect.set_options(timeout=30_000)

_INK = """element => {
  const parts = colour => colour.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = ([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  return [light(parts(getComputedStyle(element).color)), light(parts(getComputedStyle(document.body).backgroundColor))];
}"""

#: The screen that the product is made for.
SIZE = {"width": 1280, "height": 720}
#: Height of the bar with Submit.
_BAR = 50


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("FRAMING_CHROMIUM") or shutil.which("chromium"),
            ignore_default_args=["--hide-scrollbars"],
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Person:
    """Someone who is signed in, in a window of their own."""

    page: Page
    url: str

    @classmethod
    def sign_in(
        cls, browser: Browser, url: str, email: str, password: str, *, own_authority: bool = False
    ) -> "Person":
        """Sign in; with `own_authority` a certificate of the tests' own will do."""
        context = browser.new_context(viewport=SIZE, ignore_https_errors=own_authority)  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{url}/user/login/")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda now: "/login" not in now)
        return cls(page, url)

    def open(self, project: int | None) -> None:
        """Label All Tasks; the codebook stands in front the first time.

        The address that the button leads to is no way in: opened by itself it takes no locks.
        """
        self.page.goto(f"{self.url}/projects/{project}/data")
        self.page.get_by_role("button", name="Label All Tasks").click()
        close = self.page.get_by_role("button", name="Close")
        close.or_(self.page.locator("[class*=modal] [class*=close]")).first.click()
        expect(self.unit).not_to_be_empty()

    def darken(self) -> None:
        """Change to the dark look; Label Studio does not ask the system for it."""
        self.page.get_by_role("button", name="Light").click()
        expect(self.page.get_by_role("button", name="Dark")).to_be_visible()

    def check_fits(self) -> None:
        """See the whole screen, down to the note, above the bar with Submit, and nothing to scroll but texts."""
        self._at_last(self._fits)

    def check_ink(self, *, dark: bool) -> None:
        """See that unit, names and definitions stand out, light on dark or dark on light."""
        self._at_last(lambda: self._stands_out(dark=dark))

    def _at_last(self, check: Callable[[], None]) -> None:
        """Check until it holds: colours fade and boxes settle over some frames."""
        end = time.monotonic() + 15
        while True:
            try:
                return check()
            except AssertionError:
                if time.monotonic() > end:
                    raise
                self.page.wait_for_timeout(50)

    def _fits(self) -> None:
        note = self.page.locator(".framing textarea, .framing input[type=text]").first.bounding_box()
        assert note is not None
        assert note["y"] + note["height"] < SIZE["height"] - _BAR
        unit = self.page.locator(".framing-unit").bounding_box()
        assert unit is not None
        assert unit["height"] >= 90
        scrolled = self.page.locator(".lsf-main-content").evaluate("e => [e.scrollHeight, e.clientHeight]")
        assert scrolled[0] <= scrolled[1]

    def _stands_out(self, *, dark: bool) -> None:
        for part in (".framing-unit .lsf-richtext__line", ".framing-name", ".framing-definition"):
            ink, paper = self.page.locator(part).first.evaluate(_INK)
            assert (ink > paper) == dark, part
            assert abs(ink - paper) > 0.5, part

    @property
    def unit(self) -> Locator:
        """The unit; of one with several lines the first."""
        return self.page.locator(".framing-unit .lsf-richtext__line").first

    @property
    def text(self) -> str:
        expect(self.unit).not_to_be_empty()
        return self.unit.inner_text()

    def value(self, name: str) -> Locator:
        return self.page.locator(f"input[name='{name}']")

    @property
    def chosen(self) -> list[str]:
        """Names of what is ticked."""
        return [box.get_attribute("name") or "" for box in self.page.locator(".framing input:checked").all()]

    def press(self, key: str, value: str) -> None:
        """Press a value's key and see it ticked."""
        expect(self.value(value)).not_to_be_checked()
        self.page.keyboard.press(key)
        expect(self.value(value)).to_be_checked()

    def write(self, note: str) -> None:
        """Write a note and end it with Enter."""
        self.page.locator(".framing textarea, .framing input[type=text]").first.click()
        self.page.keyboard.type(note)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".framing").get_by_text(note)).to_be_visible()

    def send(self) -> None:
        """Send with Enter and wait until it is stored."""
        self._stored(lambda: self.page.keyboard.press("Enter"))

    def skip(self) -> None:
        self._stored(lambda: self.page.get_by_role("button", name="Skip").click())

    def _stored(self, act: Callable[[], None]) -> None:
        def is_next(answer: Response) -> bool:
            return "id=next_task" in answer.url

        with self.page.expect_response(is_next), self.page.expect_response(_stores) as stored:
            act()
        assert stored.value.ok


def _stores(answer: Response) -> bool:
    return "/annotations" in answer.url and answer.request.method in ("POST", "PATCH")
