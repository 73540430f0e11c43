"""Every way to an institute's own Label Studio, behind nginx: it works, or one line says what was met."""

from pathlib import Path

import pytest

from framing.formats import read_frame
from framing.labelstudio.connection import Connection
from tests.conftest import Run
from tests.install_nginx import program
from tests.labelstudio.doors import MET, Doors
from tests.labelstudio.forward import forward_proxy
from tests.labelstudio.institute import Guest, Institute, answer_some, as_owner, legacy_token, new_token
from tests.labelstudio.nginx import Authority, make_authority, nginx

pytestmark = [pytest.mark.server, pytest.mark.skipif(not program(), reason="no nginx on this machine")]


def code_a_round(guest: Guest, ls: Institute, run: Run) -> None:
    """Push, answer past the tool, pull, look; against a ledger of our own."""
    pushed = run("push", "seeds", "--json")
    assert pushed.code == 0, pushed.err
    project = pushed.json["project"]
    assert set(ls.units(project).values()) == {1}
    assert ls.units(project).total() == pushed.json["new"] == 30
    answered = answer_some(ls, project, 3)
    pulled = run("pull", "--json")
    assert pulled.code == 0, pulled.err
    frame = read_frame(Path(pulled.json["file"]))
    assert sorted(frame["unit_id"]) == sorted(answered)
    again = run("push", "seeds", "--json")
    assert (again.code, again.json["new"]) == (0, 0)
    looked = run("doctor", "--json")
    assert looked.code == 0, looked.out


@pytest.mark.parametrize(
    "kind", ["personal access token", pytest.param("legacy token", marks=pytest.mark.prove)]
)
def test_a_path_prefix_behind_tls_by_an_authority_of_the_institute_works(
    guest: Guest, ls: Institute, authority: Authority, run: Run, kind: str
) -> None:
    if kind == "legacy token":
        guest.patch.setenv("LABEL_STUDIO_API_KEY", legacy_token(ls))
    folder = guest.workspace.root / "config" / "ca"
    folder.mkdir()
    (folder / "institute.pem").write_bytes(authority.ca.read_bytes())
    guest.sets("ca_file", "config/ca/institute.pem")
    with nginx(ls.url, prefix="/label/studio", authority=authority) as proxy:
        guest.goes_to(f"{proxy.url}/")
        code_a_round(guest, ls, run)


@pytest.mark.parametrize("kind", ["personal", pytest.param("legacy", marks=pytest.mark.prove)])
@pytest.mark.parametrize("door", MET)
def test_what_is_met_instead_is_one_line_and_what_to_set_another(
    guest: Guest,
    ls: Institute,
    authority: Authority,
    run: Run,
    tmp_path: Path,
    hurried: None,
    door: str,
    kind: str,
) -> None:
    step, message, hint = MET[door]
    if kind == "legacy":
        guest.patch.setenv("LABEL_STUDIO_API_KEY", "a" * 40)
    with getattr(Doors(ls, authority, tmp_path), door)() as url:
        guest.goes_to(url)
        pulled, looked = run("pull"), run("doctor", "--json")
    assert (pulled.code, looked.code) == (1, 1)
    first, second = pulled.err.splitlines()
    assert first.startswith("error: ") and message in first
    assert second.startswith("hint: ") and hint in second
    fault = looked.json[-1]
    assert (fault["check"], fault["state"]) == (step, "fault")
    assert f"error: {fault['found']}" == first and f"hint: {fault['remedy']}" == second
    assert "geheim" not in pulled.err + looked.out and ls.token not in pulled.err + looked.out


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_of_the_environment_counts(
    guest: Guest, ls: Institute, authority: Authority, run: Run, name: str
) -> None:
    guest.patch.setenv(name, str(authority.ca))
    with nginx(ls.url, authority=authority) as proxy:
        guest.goes_to(proxy.url)
        assert run("push", "seeds").code == 0


def test_the_certificate_itself_saved_from_a_browser_counts_as_well(
    guest: Guest, ls: Institute, authority: Authority, run: Run
) -> None:
    guest.sets("ca_file", str(authority.certificate))
    with nginx(ls.url, authority=authority) as proxy:
        guest.goes_to(proxy.url)
        assert run("doctor", "--json").code == 0


def test_a_certificate_that_does_not_fit_says_how(
    guest: Guest, ls: Institute, authority: Authority, run: Run, known_names: None, tmp_path: Path
) -> None:
    guest.sets("ca_file", str(authority.ca))
    other = make_authority(tmp_path / "other", name="Other")
    with nginx(ls.url, authority=authority) as proxy, nginx(ls.url, authority=other) as strange:
        guest.goes_to(proxy.named("annotate.institute.example"))
        name = run("pull").err
        guest.goes_to(strange.url)
        foreign = run("pull").err
    assert "Hostname mismatch" in name
    assert "hint: use the name that the certificate was made for" in name
    assert "hint: ca_file in config/settings.yaml holds another authority" in foreign


@pytest.mark.parametrize(
    ("content", "fault"), [(None, "no such file"), ("no certificate", "holds no certificates")]
)
def test_a_file_of_authorities_that_is_none_is_named(
    guest: Guest, run: Run, content: str | None, fault: str
) -> None:
    guest.sets("ca_file", "config/ca.pem")
    guest.goes_to("https://labels.institute.example")
    file = guest.workspace.root / "config" / "ca.pem"
    if content:
        file.write_text(content, encoding="utf-8")
    assert run("pull").err.startswith(f"error: ca_file in config/settings.yaml: {file}: {fault}, expected")


def test_http_that_leads_to_https_is_followed_before_a_key_is_sent(
    guest: Guest, ls: Institute, authority: Authority, run: Run, known_names: None
) -> None:
    guest.sets("ca_file", str(authority.ca))
    with nginx(ls.url, prefix="/ls", authority=authority) as safe:
        leading = f"return 301 https://$host:{safe.port}$request_uri;"
        with nginx(ls.url, server=leading) as plain:
            guest.goes_to(f"{plain.named()}/ls")
            code_a_round(guest, ls, run)
            met = plain.met()
    assert {(item.method, item.path, item.authorization) for item in met} == {
        ("GET", "/ls/api/version/", "-")
    }


def test_a_token_that_travels_in_clear_is_a_warning(
    guest: Guest, ls: Institute, run: Run, known_names: None
) -> None:
    with nginx(ls.url) as proxy:
        guest.goes_to(proxy.named())
        looked = run("doctor", "--json")
        guest.goes_to(proxy.url)
        here = run("doctor", "--json")
    warned = [
        item["found"] for item in looked.json if item["check"] == "server" and item["state"] == "warning"
    ]
    assert warned == [f"the token and all answers travel to {proxy.named()} in clear"]
    assert not [item for item in here.json if item["check"] == "server" and item["state"] == "warning"]


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize("kind", ["personal access token", "legacy token"])
def test_a_key_follows_to_no_other_host(
    guest: Guest, ls: Institute, authority: Authority, run: Run, known_names: None, status: int, kind: str
) -> None:
    """Nor to another port, nor to another host by TLS."""
    if kind == "legacy token":
        guest.patch.setenv("LABEL_STUDIO_API_KEY", legacy_token(ls))
    guest.sets("ca_file", str(authority.ca))
    with nginx(ls.url, prefix="/ls", authority=authority) as other:
        for host in ("$host", "other.institute.example"):
            leading = f"return {status} https://{host}:{other.port}$request_uri;"
            with nginx(ls.url, authority=authority, server=leading) as first:
                guest.goes_to(f"{first.named()}/ls")
                told = run("pull").err
                named = host.replace("$host", "labels.institute.example")
                assert f"/ls leads on to https://{named}:{other.port}/ls/api/" in told
                assert "a key is not sent after it" in told
                assert f"hint: set https://{named}:{other.port}/ls in LABEL_STUDIO_URL" in told
        assert other.met() == []


def test_proxies_of_the_environment_are_used_but_not_to_this_machine(
    guest: Guest, ls: Institute, authority: Authority, run: Run
) -> None:
    """Only the proxy knows the server's name."""
    guest.sets("ca_file", str(authority.ca))
    with nginx(ls.url, authority=authority) as safe, nginx(ls.url) as plain, forward_proxy() as out:
        guest.patch.setenv("HTTPS_PROXY", out.url)
        guest.patch.setenv("HTTP_PROXY", out.url)
        guest.goes_to(safe.named())
        assert run("push", "seeds").code == 0
        assert set(out.lines) == {f"CONNECT labels.institute.example:{safe.port} HTTP/1.1"}
        out.lines.clear()
        guest.goes_to(plain.named())
        assert run("pull").code == 0
        assert out.lines[0] == f"GET http://labels.institute.example:{plain.port}/api/version/ HTTP/1.1"
        out.lines.clear()
        guest.goes_to(safe.url)
        assert run("pull").code == 0
        guest.patch.setenv("NO_PROXY", "institute.example")
        guest.goes_to(safe.named())
        assert "there is no machine of the name labels.institute.example" in run("pull").err
        assert out.lines == []


@pytest.mark.parametrize(
    ("proxy", "found"),
    [
        ("http://me:geheim@127.0.0.1:1", "through the proxy http://127.0.0.1:1: connection refused"),
        ("127.0.0.1:1", "through the proxy http://127.0.0.1:1: connection refused"),
        ("http://proxy.invalid:3128", "there is no machine of the name proxy.invalid"),
        ("gopher://a.example", "the proxy for https addresses can't be used: gopher://a.example"),
        ("socks5://127.0.0.1:1", "the proxy for https addresses can't be used: socks5://127.0.0.1:1"),
    ],
)
def test_a_proxy_that_is_none_is_named_without_its_password(
    guest: Guest, run: Run, hurried: None, proxy: str, found: str
) -> None:
    guest.patch.setenv("https_proxy", proxy)
    guest.goes_to("https://labels.institute.example")
    told = run("pull").err
    assert found in told
    assert "geheim" not in told and len(told.splitlines()) == 2


def test_a_token_that_is_revoked_is_named_and_a_new_one_goes_on(
    guest: Guest, ls: Institute, run: Run
) -> None:
    with nginx(ls.url) as proxy, as_owner(ls) as client:
        guest.goes_to(proxy.url)
        key = legacy_token(ls)
        guest.patch.setenv("LABEL_STUDIO_API_KEY", key)
        guest.patch.setattr("framing.labelstudio.importing.BATCH", 10)
        posted = Connection.post_once

        def post_once(connection: Connection, path: str, body: bytes) -> None:
            posted(connection, path, body)
            client.post("/api/current-user/reset-token/").raise_for_status()

        guest.patch.setattr(Connection, "post_once", post_once)
        first = run("push", "seeds")
        guest.patch.setattr(Connection, "post_once", posted)
        assert first.code == 1
        assert "refused the legacy token" in first.err
        guest.patch.setenv("LABEL_STUDIO_API_KEY", ls.token)
        done = run("push", "seeds", "--json").json
        assert (done["new"], done["already"]) == (20, 10)
        assert set(ls.units(done["project"]).values()) == {1}
        other = new_token(ls)
        guest.patch.setenv("LABEL_STUDIO_API_KEY", other)
        assert run("pull").code == 0
        client.post("/api/token/blacklist/", json={"refresh": other}).raise_for_status()
        told = run("pull")
    assert told.code == 1
    assert "refused the personal access token: " in told.err
    assert "hint: set LABEL_STUDIO_API_KEY" in told.err
