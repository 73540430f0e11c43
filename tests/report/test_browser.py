"""The report in a real Chromium: small and large, light, dark and printed, by keyboard, with hostile text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from framing.formats import read_frame, writing
from framing.settings import Workspace
from framing.steps.report import report
from framing.steps.study import Study

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)

HOSTILE = (
    "</script><script>document.title='owned'</script>",
    "<img src=https://example.org/x.png onerror=\"document.title='owned'\">",
    '"><svg onload=alert(1)>{{ 7 * 7 }}{% include "/etc/passwd" %}',
    '=HYPERLINK("https://example.org") \u202e\u2066 backwards \u0000 \ud7ff',
    "javascript:alert(1) &lt;b&gt; ]]> --> '",
)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def file(whole_study: Workspace) -> Path:
    output = whole_study.root.parent / "report.html"
    report(Study(whole_study), output)
    return output


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Open a page of ours; at the end it must have made no error, no dialog and no request."""
    faults: list[str] = []
    contexts = []

    def opening(file: Path, width: int = 1280, **options: object) -> Page:
        contexts.append(chromium.new_context(viewport={"width": width, "height": 844}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.on("request", lambda asked: faults.append(asked.url) if asked.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    yield opening
    for context in contexts:
        context.close()
    assert faults == []


def open_article(page: Page, number: int = 0) -> None:
    page.locator(".article summary").nth(number).click()
    expect(page.locator(".article .unit").first).to_be_visible()


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_quiet(file: Path, opened: Open, width: int, scheme: str) -> None:
    page = opened(file, width, color_scheme=scheme)
    expect(page.locator("#count")).to_have_text("10 of 10 articles")
    open_article(page)
    page.locator(".unit").nth(2).click()
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert width_of(page) == width
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, colour[4:-1].split(","))) < 200) == (scheme == "dark")


def test_print_is_light_and_without_tools(file: Path, opened: Open) -> None:
    page = opened(file, color_scheme="dark")
    expect(page.locator("#count")).to_have_text("10 of 10 articles")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for hidden in ("nav", ".tools", "#copy"):
        expect(page.locator(hidden)).not_to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_text("The wording itself alarms").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_text("The wording itself alarms").first).not_to_be_visible()


def test_filters_work_by_keyboard(file: Path, opened: Open) -> None:
    page = opened(file)
    count = page.locator("#count")
    expect(count).to_have_text("10 of 10 articles")
    page.locator("#find").focus()
    page.keyboard.type("PRICE of a burger")
    expect(count).to_have_text("1 of 10 articles")
    assert page.locator(".article:visible").count() == 1
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(count).to_have_text("10 of 10 articles")
    page.keyboard.press("Tab")
    page.keyboard.type("North")
    expect(count).to_have_text("1 of 10 articles")
    page.keyboard.press("Tab")
    page.locator("#label").select_option("h0")
    expect(count).to_have_text("0 of 10 articles")
    page.locator("#label").select_option("h2")
    expect(count).to_have_text("1 of 10 articles")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(count).to_have_text("10 of 10 articles")
    assert page.locator("#outlet").input_value() == ""


def test_units_are_read_by_arrow_keys(file: Path, opened: Open) -> None:
    page = opened(file)
    expect(page.locator("#count")).to_have_text("10 of 10 articles")
    page.locator(".article summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".unit").first).to_be_visible()
    page.keyboard.press("Tab")
    focused = page.locator(".unit:focus")
    expect(focused).to_have_attribute("data-n", "0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    expect(focused).to_have_attribute("data-n", "2")
    expect(focused).to_have_attribute("aria-selected", "true")
    inspector = page.locator(".inspector").first
    label = page.locator(".unit:focus b").inner_text()
    expect(inspector.locator("h4")).to_have_text(label)
    expect(inspector).to_contain_text("How sure it is")
    expect(inspector).to_contain_text("in all (log-odds scale)")
    page.keyboard.press("Escape")
    expect(focused).to_have_attribute("aria-selected", "false")


def test_the_shown_probabilities_and_labels_are_those_of_the_scores(
    file: Path, whole_study: Workspace, opened: Open
) -> None:
    scores = read_frame(whole_study.scores / "units.csv")
    first = scores[scores["article_id"] == scores["article_id"].iloc[0]]
    page = opened(file)
    expect(page.locator("#count")).to_have_text("10 of 10 articles")
    expect(page.locator("#unread")).to_have_count(0)
    open_article(page)
    assert page.locator(".unit > span:first-child").all_text_contents() == first["text"].tolist()
    assert page.locator(".unit .what b").all_inner_texts() == [x.replace("_", " ") for x in first["label"]]
    for number in (0, 2):
        page.locator(".unit").nth(number).click()
        told = dict(
            zip(
                page.locator(".inspector .meter > span:nth-child(3n+1)").all_inner_texts(),
                page.locator(".inspector .meter .n").all_inner_texts(),
                strict=True,
            )
        )
        row = first.iloc[number]
        for value, shown in told.items():
            p = 100 * float(row[f"p_{value.replace(' ', '_')}"])
            number_shown = float(shown.strip("<> %"))
            assert (
                (p < 1) if shown[0] == "<" else (p > 99) if shown[0] == ">" else abs(p - number_shown) <= 0.6
            )


def test_tables_need_no_script(file: Path, opened: Open) -> None:
    page = opened(file, java_script_enabled=False)
    assert page.locator(".article:visible").count() == 10
    expect(page.get_by_text("the tables need none")).to_be_visible()
    expect(page.locator("#findings table").first).to_be_visible()
    expect(page.locator(".tools")).not_to_be_visible()


def test_hostile_text_does_nothing(study_copy: Workspace, opened: Open) -> None:
    scores = study_copy.scores / "units.csv"
    frame = read_frame(scores)
    mine = frame["article_id"] == frame["article_id"].iloc[0]
    frame.loc[mine, "title"] = HOSTILE[0]
    frame.loc[mine, "outlet"] = HOSTILE[1]
    frame.loc[mine, "published"] = HOSTILE[2]
    texts = [HOSTILE[n % len(HOSTILE)] for n in range(int(mine.sum()))]
    frame.loc[mine, "text"] = texts
    frame.loc[mine, "explanation"] = texts
    with writing(scores, list(frame.columns)) as rows:
        rows.write(frame.to_dict("records"))
    stories = study_copy.root / "stories" / "stories.csv"
    told = read_frame(stories)
    told["title"] = HOSTILE[1]
    with writing(stories, list(told.columns)) as rows:
        rows.write(told.to_dict("records"))
    book = study_copy.codebook.read_text(encoding="utf-8")
    title = book.replace(
        "title: What a sentence", "title: <script>document.title='owned'</script> What a sentence"
    )
    assert title != book
    study_copy.codebook.write_text(title, encoding="utf-8")
    output = study_copy.root / "report.html"
    report(Study(study_copy), output)
    page = opened(output, 390)
    expect(page.locator("#count")).to_have_text("10 of 10 articles")
    expect(page.locator(".article h3").first).to_have_text(HOSTILE[0])
    open_article(page)
    assert page.locator(".unit > span:first-child").all_text_contents() == texts
    for number in range(len(HOSTILE)):
        page.locator(".unit").nth(number).click()
        expect(page.locator(".inspector").first).to_contain_text("How sure it is")
    page.locator("#find").fill("<script>")
    expect(page.locator("#count")).to_have_text("1 of 10 articles")
    assert page.title() != "owned"
    assert page.evaluate("document.querySelectorAll('img, svg[onload], iframe').length") == 0
    assert width_of(page) == 390


def test_the_paragraph_can_be_copied(file: Path, opened: Open) -> None:
    page = opened(file, permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator("#count")).to_have_text("10 of 10 articles")
    page.locator("#copy").click()
    expect(page.locator("#copied")).not_to_be_empty()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert copied.startswith(page.locator("#paragraph").inner_text()[:200])
    assert "Krippendorff, K. (2019)" in copied


def test_an_article_has_an_address(file: Path, opened: Open, whole_study: Workspace) -> None:
    scores = read_frame(whole_study.scores / "units.csv")
    last = scores["article_id"].iloc[-1]
    page = opened(file)
    page.goto("about:blank")
    page.goto(f"{file.as_uri()}#a-{last}")
    expect(page.locator(f"#a-{last} .unit").first).to_be_visible()
