"""What the product relies on, against a real Label Studio server."""

import socket
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from framing.codebook import Codebook
from framing.errors import ServerError, ServerUnreachable, SignInError
from framing.formats import read_frame
from framing.labelstudio.accounts import add_account, users
from framing.labelstudio.connection import AGAIN, ONCE, Connection
from framing.labelstudio.environment import VERSION
from framing.labelstudio.importing import push_tasks, stored_tasks
from framing.labelstudio.projects import ensure_project, find_project
from framing.labelstudio.server import EmbeddedServer
from framing.labelstudio.tasks import Answer, Setting, neighbours, task_of
from framing.labelstudio.webform import WebSession
from framing.records import Unit
from framing.resources import packaged
from framing.sampling import Drawn
from framing.settings import StudyName, Workspace
from framing.steps.doctor import doctor
from framing.steps.pull import pull
from framing.steps.push import push
from framing.steps.study import Study
from tests.conftest import Run, Studio

pytestmark = pytest.mark.server

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=alert(1)>",
    "=HYPERLINK(1)|{{7*7}} ${7*7} & &lt;b&gt;",
    "\u202eright to left\u202c עברית العربية",
    "nul-free \x01\x1b[31m controls \u200b\ufeff\ufffd 😀",
    "x" * 200_000,
)


@pytest.fixture
def connection(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token)


def unit(number: int, text: str = "A sentence.") -> Unit:
    return Unit(
        unit_id=f"a-{number}", article_id="a", source="a.txt", start=0, end=len(text), text=text,
        region="body", paragraph=number, position=number,
    )  # fmt: skip


def tasks_for(units: list[Unit], answers: dict[str, tuple[Answer, ...]]) -> list[dict[str, object]]:
    near = neighbours(units)
    return [
        task_of(Drawn(u, "all", 1.0), near[u.unit_id], Setting(False, "c"), answers.get(u.unit_id, ()))
        for u in units
    ]


def uids_of(connection: Connection, project: int | None) -> dict[str, int]:
    return {item.unit: item.task for item in stored_tasks(connection, project or 0)}


@pytest.fixture
def book() -> Codebook:
    return Codebook.read(packaged("config") / "codebook.yaml")


def test_a_push_makes_the_project_and_a_second_one_adds_nothing(connected: Workspace, run: Run) -> None:
    first = run("push", "seeds", "--json")
    again = run("push", "seeds", "--json")
    assert (first.code, again.code) == (0, 0)
    assert first.json["units"] == first.json["new"] == 7
    assert (again.json["new"], again.json["already"]) == (0, 7)
    assert again.json["project"] == first.json["project"]


def test_a_dry_run_sends_nothing(connected: Workspace, run: Run) -> None:
    told = run("push", "seeds", "--dry-run", "--json").json
    assert (told["new"], told["project"]) == (7, None)


def test_a_project_is_found_again_under_another_title(
    connected: Workspace, connection: Connection, book: Codebook
) -> None:
    made = ensure_project(connection, StudyName("s.renamed", "f0"), "main", book)
    with connection.speaking() as client:
        client.projects.update(id=made.id, title="Anything else", request_options=AGAIN)
    found = find_project(connection, StudyName("s.renamed", "f0"), "main")
    assert found is not None
    assert (found.id, found.title) == (made.id, "Anything else")
    assert find_project(connection, StudyName("s.renamed", "f0"), "second") is None


@pytest.mark.parametrize("page", [1, 2, 100])
def test_a_project_is_found_on_whatever_page_it_stands(
    connection: Connection, book: Codebook, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """The last page is full for one of these sizes: the server calls a page behind it an error."""
    monkeypatch.setattr("framing.labelstudio.projects._PAGE", page)
    wanted = [
        ensure_project(connection, StudyName(f"paged-{number}", "f0"), "main", book).id for number in range(2)
    ]
    found = [find_project(connection, StudyName(f"paged-{number}", "f0"), "main") for number in range(2)]
    assert [project and project.id for project in found] == wanted
    assert find_project(connection, StudyName("paged-none", "f0"), "main") is None


def test_tasks_carry_place_and_context_but_not_the_outlet(
    connected: Workspace, connection: Connection
) -> None:
    (connected.seeds / "metadata.csv").write_text("file,outlet,title\npage.txt,Gannet,Storm\n")
    study = Study(connected)
    done = push(study, [connected.seeds])
    with connection.speaking() as client:
        tasks = list(client.tasks.list(project=done.project, fields="all"))
    data = [task.data for task in tasks]
    assert all("Gannet" not in str(item) for item in data)
    second = next(item for item in data if item["text"].startswith("Storm closes"))
    assert second["before"] == "HomeNewsWeather"
    assert second["after"].startswith("By Ada Holt")
    assert second["where"].endswith(" · 2 of 7")


def test_answers_come_back_and_a_second_pull_changes_no_byte(
    connected: Workspace, connection: Connection
) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    uids = list(uids_of(connection, pushed.project).items())
    _answer(connection, uids[0][1], "neutral_report", unsure=True, note="=hm")
    _answer(connection, uids[1][1], "site_furniture")
    _answer(connection, uids[1][1], "reader_comment")
    first = pull(study)
    before = first.file.read_bytes()
    again = pull(study)
    assert again.file.read_bytes() == before
    assert (first.rows, first.current, again.new) == (3, 2, 0)
    frame = read_frame(first.file).set_index(["unit_id", "value"])
    row = frame.loc[(uids[0][0], "neutral_report")]
    assert (row["unsure"], row["note"], row["sampling"], row["probability"]) == ("true", "=hm", "all", "1.0")
    assert row["region"] and row["text"] and row["codebook"] == study.codebook.values_fingerprint
    assert frame.loc[(uids[1][0], "site_furniture"), "current"] == "false"
    assert frame.loc[(uids[1][0], "reader_comment"), "current"] == "true"


def test_a_changed_answer_keeps_the_earlier_one(connected: Workspace, connection: Connection) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    task = next(iter(uids_of(connection, pushed.project).values()))
    answer = _answer(connection, task, "neutral_report")
    pull(study)
    with connection.speaking() as client:
        client.annotations.update(id=answer, result=_result("site_furniture"), request_options=ONCE)
    frame = read_frame(pull(study).file)
    assert sorted(zip(frame["value"], frame["current"], strict=True)) == [
        ("neutral_report", "false"),
        ("site_furniture", "true"),
    ]


def test_a_push_lists_labels_whose_unit_is_gone(
    connected: Workspace, connection: Connection, run: Run
) -> None:
    pushed = push(Study(connected), [connected.seeds])
    unit, task = next(iter(uids_of(connection, pushed.project).items()))
    _answer(connection, task, "neutral_report")
    labels = pull(Study(connected)).file
    page = connected.seeds / "page.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("HomeNewsWeather", "Menu"), encoding="utf-8")
    told = run("push", "seeds", "--dry-run").err
    assert f"stale: {labels}: 1 answer on unit {unit}, no longer in page.txt" in told.splitlines()


def test_skipped_tasks_are_kept_apart(connected: Workspace, connection: Connection) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    task = next(iter(uids_of(connection, pushed.project).values()))
    with connection.speaking() as client:
        client.annotations.create(id=task, result=[], was_cancelled=True, request_options=ONCE)
    row = read_frame(pull(study).file).iloc[0]
    assert (row["value"], row["skipped"]) == ("", "true")


def test_an_answer_outside_the_codebook_is_kept_and_named(
    connected: Workspace, connection: Connection
) -> None:
    study = Study(connected)
    pushed = push(study, [connected.seeds])
    task = next(iter(uids_of(connection, pushed.project).values()))
    answer = _answer(connection, task, "panic")
    told = pull(study)
    assert read_frame(told.file)["value"].tolist() == ["panic"]
    assert [str(item) for item in told.unusable] == [
        f"task {task}, answer {answer}: frame: 'panic' is not in the codebook (kept)"
    ]
    (fault,) = [item for item in doctor(study) if item.state == "fault"]
    assert fault.check == "answers"
    assert fault.found.startswith("1 of the answers do not fit the codebook")


def test_doctor_finds_nothing_wrong(connected: Workspace, run: Run) -> None:
    assert run("push", "seeds").code == 0
    told = run("doctor", "--json")
    assert told.code == 0
    assert [item["check"] for item in told.json if item["state"] == "ok"] == [
        "workspace", "codebook", "privacy", "server", "token", "version", "clock", "sign-up", "project", "screen", "queue",
        "tasks", "answers",
    ]  # fmt: skip


def test_hostile_text_comes_back_as_it_went(
    connected: Workspace, connection: Connection, book: Codebook
) -> None:
    units = [unit(number, text) for number, text in enumerate(HOSTILE)]
    project = ensure_project(connection, StudyName("s.hostile", "f0"), "main", book)
    push_tasks(connection, project.id, tasks_for(units, {}), say=lambda done, total: None)
    with connection.speaking() as client:
        texts = {task.data["uid"]: task.data["text"] for task in client.tasks.list(project=project.id)}
    assert texts == {item.unit_id: item.text for item in units}


def test_answers_go_in_with_their_tasks(connection: Connection, book: Codebook) -> None:
    ada = add_account(connection, f"ada{id(book)}").user
    project = ensure_project(connection, StudyName("s.answers", "f0"), "main", book)
    answers = {"a-0": (Answer(ada, {"frame": ["neutral_report"]}, unsure=True, note="n"),)}
    push_tasks(connection, project.id, tasks_for([unit(0), unit(1)], answers), say=lambda done, total: None)
    with connection.speaking() as client:
        found = [task for task in client.tasks.list(project=project.id) if task.annotations]
    assert [task.data["uid"] for task in found] == ["a-0"]
    assert found[0].annotations[0]["completed_by"] == ada
    assert found[0].annotations[0]["ground_truth"] is False


def test_a_coder_can_sign_in_and_strangers_can_not_sign_up(
    connected: Workspace, connection: Connection, run: Run, studio: Studio
) -> None:
    name = f"coder{id(connected)}"
    told = run("studio", "coder", "add", name, "--json").json
    password = Path(told["password_file"])
    assert password.stat().st_mode & 0o777 == 0o600
    assert password.read_text() not in str(told)
    assert users(connection)[told["email"]] == told["user"]
    with WebSession(studio.url) as session:
        session.sign_in(told["email"], password.read_text())
        with pytest.raises(SignInError):
            session.sign_in(told["email"], "wrong")
    with WebSession(studio.url) as session, pytest.raises(ServerError):
        session.sign_up("stranger@framing.example", "long-enough-9", "no-invitation")
    again = run("studio", "coder", "add", name)
    assert again.code == 1
    assert "User with this email already exists" in again.err


def test_a_legacy_token_works_where_the_server_allows_it(connection: Connection, studio: Studio) -> None:
    with connection.speaking() as client:
        legacy = client.users.get_token(request_options=AGAIN).token or ""
    old = Connection(studio.url, legacy)
    assert old.token_kind == "legacy token"
    _allow_legacy(connection, False)
    with pytest.raises(SignInError) as caught:
        old.whoami()
    assert "legacy token authentication has been disabled" in caught.value.message
    assert caught.value.hint.startswith("make a personal access token")
    _allow_legacy(connection, True)
    try:
        assert old.whoami()["email"] == studio.email
        assert connection.token_kind == "personal access token"
    finally:
        _allow_legacy(connection, False)


@pytest.mark.parametrize("token", ["0" * 40, "a.b.c", "wrong"])
def test_a_wrong_token_is_one_line_without_secrets(
    token: str, connected: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
    told = run("pull")
    assert told.code == 1
    assert len(told.err.splitlines()) == 2
    assert "refused the" in told.err.splitlines()[0]
    assert told.err.splitlines()[1].startswith("hint: ")
    assert "Cookie" not in told.err and "headers" not in told.err


def test_no_token_says_where_to_get_one(
    connected: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch, studio: Studio
) -> None:
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    told = run("pull")
    assert told.err == (
        f"error: no token for {studio.url}\n"
        "hint: set LABEL_STUDIO_API_KEY to the token under Account & Settings in Label Studio\n"
    )


def test_a_server_that_is_down_is_one_clear_error(
    connected: Workspace, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("LABEL_STUDIO_URL", f"http://127.0.0.1:{port}")
    told = run("pull")
    assert told.code == 1
    assert told.err == (
        f"error: no Label Studio answers at http://127.0.0.1:{port}: connection refused\n"
        "hint: is it running? framing studio status; is the address right? framing doctor\n"
    )
    with pytest.raises(ServerUnreachable):
        Connection(f"http://127.0.0.1:{port}", "0" * 40).whoami()


def test_a_pull_without_a_project_says_what_to_do(connected: Workspace, run: Run) -> None:
    told = run("pull", "--round", "none")
    assert told.code == 1
    assert "has no project of study" in told.err
    assert told.err.endswith("hint: make it with: framing push seeds/\n")


def test_the_server_is_quiet_private_and_of_the_pinned_version(
    studio: Studio, connection: Connection
) -> None:
    assert connection.version() == VERSION
    process = psutil.Process(studio.pid)
    listening = {c.laddr.ip for c in process.net_connections() if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    assert studio.password not in " ".join(process.cmdline())


def test_start_finds_a_running_server_and_stop_ends_only_its_own(tmp_path: Path, studio: Studio) -> None:
    # Linux has a whole net of loopback addresses, of which any but the usual one stands for a team's network.
    host = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
    server = EmbeddedServer(tmp_path / "own")
    first = server.start(host=host, port=0, say=lambda message: None)
    try:
        assert first.url.startswith(f"http://{host}:")
        assert {c.laddr.ip for c in psutil.Process(first.pid).net_connections() if c.status == "LISTEN"} == {
            host
        }
        coder = add_account(Connection(first.url, server.token()), "ada")
        with WebSession(first.url) as session:
            session.sign_in(coder.email, coder.password)
            assert not session.anyone_may_sign_up()
        again = server.start(host=host, port=0, say=lambda message: None)
        assert (again.pid, again.url) == (first.pid, first.url)
        assert first.running
        for name in (first.password_file, first.token_file):
            assert Path(name).stat().st_mode & 0o777 == 0o600
    finally:
        assert server.stop()
    assert not server.status().running
    assert not server.stop()
    assert httpx.get(f"{studio.url}/health").status_code == 200


def test_a_taken_port_is_named(workspace: Workspace, run: Run, studio: Studio) -> None:
    port = studio.url.rpartition(":")[2]
    told = run("studio", "start", "--port", port)
    assert told.code == 1
    assert told.err == (
        f"error: port {port} on 127.0.0.1 is taken\n"
        f"hint: take another: framing studio start --port {int(port) + 1}\n"
    )


def _result(value: str, *, unsure: bool = False, note: str = "") -> list[dict[str, object]]:
    parts: list[dict[str, object]] = [
        {"from_name": "frame", "to_name": "unit", "type": "choices", "value": {"choices": [value]}}
    ]
    if unsure:
        parts.append(
            {"from_name": "unsure", "to_name": "unit", "type": "choices", "value": {"choices": ["unsure"]}}
        )
    if note:
        parts.append({"from_name": "note", "to_name": "unit", "type": "textarea", "value": {"text": [note]}})
    return parts


def _answer(connection: Connection, task: int, value: str, *, unsure: bool = False, note: str = "") -> int:
    result = _result(value, unsure=unsure, note=note)
    with connection.speaking() as client:
        made = client.annotations.create(id=task, result=result, lead_time=4.2, request_options=ONCE)
    return int(made.id or 0)


def _allow_legacy(connection: Connection, allowed: bool) -> None:
    with connection.speaking() as client:
        client.jwt_settings.update(
            api_token_ttl_days=None,  # type: ignore[arg-type]
            api_tokens_enabled=True,
            legacy_api_tokens_enabled=allowed,
            request_options=AGAIN,
        )
