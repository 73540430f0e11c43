"""The embedded Label Studio behind a proxy that speaks TLS, as `docs/team.md` advises."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from framing.errors import StudioError
from framing.formats import read_frame
from framing.labelstudio.public import public_address, remember, remembered
from framing.settings import Workspace
from framing.steps.studio import embedded
from framing.steps.study import Study
from tests.conftest import Run
from tests.install_nginx import program
from tests.labelstudio.coding import Person, chromium
from tests.labelstudio.nginx import Authority, free_port, nginx

needs_nginx = pytest.mark.skipif(not program(), reason="no nginx on this machine")


@pytest.mark.parametrize(
    "given",
    ["labels.institute.example", "ftp://a.example", "https://me:geheim@a.example", "https://", "a b", ""],
)
def test_what_is_no_public_address_is_refused(given: str) -> None:
    with pytest.raises(StudioError) as caught:
        public_address(given)
    assert "geheim" not in caught.value.message
    assert "framing studio start --public-url https://" in caught.value.hint


@pytest.mark.parametrize(
    "given", ["https://a.example/ls?tab=3", "https://a.example/#x", "https://a.example//ls"]
)
def test_the_address_of_a_page_is_refused(given: str) -> None:
    with pytest.raises(StudioError, match="is the address of a page"):
        public_address(given)


def test_it_is_remembered_until_it_is_taken_back(tmp_path: Path) -> None:
    assert remembered(tmp_path) == ""
    remember(tmp_path, "https://a.example")
    assert remembered(tmp_path) == "https://a.example"
    remember(tmp_path, "")
    assert remembered(tmp_path) == ""


@pytest.fixture
def stopped(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace whose Label Studio is stopped at the end."""
    yield workspace
    embedded(Study(workspace)).stop()


def sign_in_from(origin: str, url: str) -> int:
    """What the server answers to a sign-in form of a page at `origin`."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        mark = client.get("/user/login/").cookies["csrftoken"]
        form = {"csrfmiddlewaretoken": mark, "email": "a@b.example", "password": "x"}
        sent = {"Origin": origin, "Cookie": f"csrftoken={mark}"}
        client.cookies.clear()
        return client.post("/user/login/", data=form, headers=sent).status_code


@pytest.mark.server
@pytest.mark.browser
@needs_nginx
@pytest.mark.parametrize("prefix", ["", pytest.param("/label-studio", marks=pytest.mark.prove)])
def test_a_coder_signs_in_through_the_proxy_and_codes_three_units(
    stopped: Workspace, authority: Authority, run: Run, prefix: str
) -> None:
    port = free_port()
    public = f"https://127.0.0.1:{port}{prefix}"
    started = run("studio", "start", "--port", "0", "--public-url", f"{public}/", "--json")
    assert started.code == 0, started.err
    assert started.json["public_url"] == public
    pushed = run("push", "seeds", "--json").json
    assert pushed["url"] == f"{public}/projects/{pushed['project']}"
    coder = run("studio", "coder", "add", "ada", "--json").json
    assert coder["url"] == public
    password = Path(coder["password_file"]).read_text(encoding="utf-8")
    expected = {}
    with nginx(started.json["url"], prefix=prefix, authority=authority, port=port), chromium() as browser:
        ada = Person.sign_in(browser, public, coder["email"], password, own_authority=True)
        cookies = {item["name"]: item for item in ada.page.context.cookies()}
        assert cookies["sessionid"]["secure"] and cookies["csrftoken"]["secure"]
        ada.open(pushed["project"])
        for key, value in (("5", "site_furniture"), ("1", "alarmist_headline"), ("3", "neutral_report")):
            text = ada.text
            ada.press(key, value)
            ada.send()
            expect(ada.unit).not_to_have_text(text)
            expected[text] = value
    frame = read_frame(Path(run("pull", "--json").json["file"]))
    assert dict(zip(frame["text"], frame["value"], strict=True)) == expected
    assert set(frame["coder"]) == {"ada"}
    assert run("doctor").code == 0


@pytest.mark.prove
@pytest.mark.server
def test_a_later_start_remembers_and_another_address_needs_a_stop(stopped: Workspace, run: Run) -> None:
    public = "https://labels.institute.example"
    plain = run("studio", "start", "--port", "0", "--json").json
    assert plain["public_url"] == ""
    assert sign_in_from(public, plain["url"]) == 403
    refused = run("studio", "start", "--public-url", public)
    assert refused.err == (
        f"error: it runs for no public address, expected {public}\nhint: stop it first: framing studio stop\n"
    )
    run("studio", "stop")
    assert (
        run("studio", "start", "--port", "0", "--public-url", public, "--json").json["public_url"] == public
    )
    run("studio", "stop")
    again = run("studio", "start", "--port", "0", "--json").json
    assert again["public_url"] == public
    assert sign_in_from(public, again["url"]) == 200
    assert sign_in_from("https://elsewhere.example", again["url"]) == 403
    assert run("studio", "status", "--json").json["public_url"] == public
    run("studio", "stop")
    assert run("studio", "start", "--port", "0", "--public-url", "", "--json").json["public_url"] == ""
