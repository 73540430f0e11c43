"""What stands before an institute's Label Studio: limits on size, rate and time, and connections that are cut."""

import random
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from framing.formats import read_frame
from tests.conftest import Run
from tests.install_nginx import program
from tests.labelstudio.faulty import FAULTS, Fault, misbehaving
from tests.labelstudio.institute import Guest, Institute, answer_some
from tests.labelstudio.nginx import Met, Proxy, nginx

pytestmark = [pytest.mark.server, pytest.mark.skipif(not program(), reason="no nginx on this machine")]

#: Requests that change something are kept to one a second, whoever sends them.
_WRITES = "map $request_method $writing { POST all; default ''; } limit_req_zone $writing zone=writes:1m rate=60r/m;"


def write_pages(guest: Guest, sentences: int) -> None:
    lines = [f"Sentence number {n} of the report says plainly what was decided." for n in range(sentences)]
    (guest.workspace.seeds / "page.txt").write_text("\n\n".join(lines), encoding="utf-8")


def in_order(ls: Institute, project: int) -> list[str]:
    with closing(ls.database()) as base:
        query = "select json_extract(data, '$.uid') from task where project_id = ? order by id"
        return [row[0] for row in base.execute(query, (project,))]


def refused(proxy: Proxy, status: int, path: str = "") -> list[Met]:
    return [item for item in proxy.met() if item.status == status and path in item.path]


@pytest.mark.parametrize(
    ("limit", "sentences"), [("60k", 300), pytest.param("1m", 6000, marks=pytest.mark.prove)]
)
def test_batches_are_halved_until_they_pass_and_the_limit_is_remembered(
    guest: Guest, ls: Institute, run: Run, limit: str, sentences: int
) -> None:
    write_pages(guest, sentences)
    command = ["push", "seeds", "--select", "random", "-n", str(sentences), "--overlap", "0.5", "--json"]
    with nginx(ls.url, location=f"client_max_body_size {limit};") as proxy:
        guest.goes_to(proxy.url)
        done = run(*command)
        imports = [item for item in proxy.met() if item.path.endswith("/import")]
    assert done.code == 0, done.err
    main, blind = (item["project"] for item in done.json["projects"])
    units = ls.units(main) + ls.units(blind)
    assert set(units.values()) == {1} and units.total() == sentences
    assert {item.path for item in imports if item.status == 413} == {f"/api/projects/{main}/import"}
    assert max(item.bytes for item in imports if item.status == 201) < 1.1 * int(limit[:-1]) * 1024 ** (
        1 + (limit[-1] == "m")
    )
    guest.goes_to(ls.url)
    guest.starts_another()
    plain = [item["project"] for item in run(*command).json["projects"]]
    assert [in_order(ls, main), in_order(ls, blind)] == [in_order(ls, project) for project in plain]


def test_a_unit_that_does_not_pass_is_named_and_no_empty_project_is_left(
    guest: Guest, ls: Institute, run: Run
) -> None:
    (guest.workspace.seeds / "page.txt").write_text("word " * 20_000, encoding="utf-8")
    before = ls.titles()
    with nginx(ls.url, location="client_max_body_size 60k;") as proxy:
        guest.goes_to(proxy.url)
        done = run("push", "seeds")
    assert done.code == 1
    error, hint = done.err.strip().splitlines()[-2:]
    assert "the task of unit " in error and " bytes, more than " in error
    assert "client_max_body_size" in hint
    assert ls.titles() == before


@pytest.mark.parametrize(
    "saying",
    ["", pytest.param("limit_req_status 429; add_header Retry-After 2 always;", marks=pytest.mark.prove)],
)
def test_a_rate_that_is_limited_is_waited_for(guest: Guest, ls: Institute, run: Run, saying: str) -> None:
    """Also where a request is sent once: making a project, and tasks into it."""
    guest.patch.setattr("framing.labelstudio.importing.BATCH", 20)
    with nginx(ls.url, http=_WRITES, location=f"limit_req zone=writes; {saying}") as proxy:
        guest.goes_to(proxy.url)
        pushed = run("push", "seeds", "--json")
        status = 429 if saying else 503
        assert refused(proxy, status, "/api/projects/") and refused(proxy, status, "/import")
    assert pushed.code == 0, pushed.err
    assert set(ls.units(pushed.json["project"]).values()) == {1}
    assert ls.units(pushed.json["project"]).total() == 30
    assert ls.titles().count(f"{guest.study} · main") == 1


@pytest.mark.prove
def test_all_commands_wait_for_a_rate_that_is_limited(guest: Guest, ls: Institute, run: Run) -> None:
    zone = "limit_req_zone $server_port zone=all:1m rate=3r/s;"
    with nginx(ls.url, http=zone, location="limit_req zone=all burst=1 nodelay;") as proxy:
        guest.goes_to(proxy.url)
        pushed = run("push", "seeds", "--overlap", "0.2", "--select", "random", "-n", "20", "--json")
        assert pushed.code == 0, pushed.err
        answered = answer_some(ls, pushed.json["project"], 3)
        assert run("studio", "coder", "add", f"ada{id(proxy)}").code == 0
        pulled = run("pull", "--json")
        assert run("doctor").code == 0
        assert len(refused(proxy, 503)) > 5
    assert Counter(read_frame(Path(pulled.json["file"]))["unit_id"]) == answered


def test_a_server_that_stays_busy_is_one_line(guest: Guest, ls: Institute, run: Run, hurried: None) -> None:
    with nginx(ls.url, location="limit_except GET { deny all; } error_page 403 =503 /busy;") as proxy:
        guest.goes_to(proxy.url)
        told = run("pull").err
    assert told.splitlines()[0].endswith("is busy or lets only so many requests through: HTTP 503")


@pytest.mark.parametrize("fault", [pytest.param("slow", marks=pytest.mark.prove), "late"])
def test_tasks_whose_answer_came_too_late_are_not_sent_twice(
    guest: Guest, ls: Institute, run: Run, fault: Fault
) -> None:
    """The proxy gave up after a second; the server acts, at once or after that."""
    behind = misbehaving(ls.url, fault, 3, writes_only=True)
    with behind as (url, plan), nginx(url, location="proxy_read_timeout 1s;") as proxy:
        guest.goes_to(proxy.url)
        pushed = run("push", "seeds", "--json")
        assert plan["done"] and len(refused(proxy, 504, "/import")) == 1
    assert pushed.code == 0, pushed.err
    assert set(ls.units(pushed.json["project"]).values()) == {1}
    assert ls.units(pushed.json["project"]).total() == 30


def check_cut(seed: int, guest: Guest, ls: Institute, run: Run) -> None:
    """A push and a pull each meet a fault behind nginx; another run of each sets all right."""
    rng = random.Random(seed)  # noqa: S311 - a seeded choice of faults
    guest.patch.setattr("framing.labelstudio.importing.BATCH", 8)
    pushing = misbehaving(ls.url, rng.choice(FAULTS), rng.randint(1, 5), writes_only=rng.random() < 0.7)
    with pushing as (url, _), nginx(url, location="proxy_read_timeout 1s;") as proxy:
        guest.goes_to(proxy.url)
        run("push", "seeds")
    guest.goes_to(ls.url)
    pushed = run("push", "seeds", "--json")
    assert pushed.code == 0, pushed.err
    assert set(ls.units(pushed.json["project"]).values()) == {1}
    assert ls.units(pushed.json["project"]).total() == 30
    answered = answer_some(ls, pushed.json["project"], 4)
    pulling = misbehaving(ls.url, rng.choice(FAULTS), rng.randint(1, 5), writes_only=False)
    with pulling as (url, _), nginx(url, location="proxy_read_timeout 1s;") as proxy:
        guest.goes_to(proxy.url)
        run("pull")
    guest.goes_to(ls.url)
    frame = read_frame(Path(run("pull", "--json").json["file"]))
    assert Counter(frame.loc[frame["current"] == "true", "unit_id"]) == answered


@pytest.mark.parametrize("seed", range(1))
def test_nothing_is_lost_or_doubled_where_connections_are_cut(
    seed: int, guest: Guest, ls: Institute, run: Run
) -> None:
    check_cut(seed, guest, ls, run)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(1, 40))
def test_nothing_is_lost_or_doubled_where_many_connections_are_cut(
    seed: int, guest: Guest, ls: Institute, run: Run
) -> None:
    check_cut(seed, guest, ls, run)


def test_no_more_is_asked_than_needs_to_be(guest: Guest, ls: Institute, run: Run) -> None:
    """Where a request takes seconds, their number counts: of a round with two projects."""
    command = ["push", "seeds", "--select", "random", "--overlap", "0.5", "-n"]
    most, asked = {"push": 19, "push again": 5, "push more": 19, "doctor": 17}, {}
    with nginx(ls.url) as proxy:
        guest.goes_to(proxy.url)
        for name, arguments in {
            "push": [*command, "20"],
            "push again": [*command, "20"],
            "push more": [*command, "26"],
            "doctor": ["doctor"],
        }.items():
            before = len(proxy.met())
            assert run(*arguments).code == 0
            met = proxy.met()[before:]
            assert not [item for item in met if item.status >= 400]
            asked[name] = len(met)
    assert {name: count for name, count in asked.items() if count > most[name]} == {}
