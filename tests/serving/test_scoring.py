"""`POST /v1/score` and the pages around it, on a real server."""

import pytest

from framing.classifier import load_model
from framing.formats import read_frame
from framing.records import UNIT_COLUMNS
from framing.settings import Workspace
from tests.conftest import PAGE, Run
from tests.serving.conftest import VALUES, Serve


def test_texts_are_scored_in_their_order(serving: Serve, workspace: Workspace) -> None:
    served = serving()
    texts = ["Please give now", "It rained on Friday", "\u202e<script>", "", "x" * 100_000]
    answer = served.score({"texts": texts}).json()
    assert (answer["model"], answer["variable"], answer["values"]) == (served.model, "frame", [*VALUES])
    assert answer["articles"] == []
    assert [row["label"] for row in answer["scores"]][:2] == ["advocacy_appeal", "neutral_report"]
    expected = load_model(workspace.models / "frame").predict_proba(texts)
    for row, proba in zip(answer["scores"], expected, strict=True):
        assert list(row) == ["variable", "label", "confidence", *(f"p_{name}" for name in VALUES), "model"]
        assert [row[f"p_{name}"] for name in VALUES] == pytest.approx(proba.tolist(), abs=1e-6)


def test_articles_are_scored_as_the_command_line_scores_them(
    serving: Serve, workspace: Workspace, run: Run
) -> None:
    answer = serving().score({"articles": [{"id": "page.txt", "text": PAGE}]}).json()
    done = run("score", "seeds", "-o", "units.jsonl", "--articles", "articles.jsonl")
    assert done.code == 0, done.err
    units, articles = (read_frame(workspace.root / name) for name in ("units.jsonl", "articles.jsonl"))
    assert [row["unit_id"] for row in answer["scores"]] == units["unit_id"].tolist()
    assert list(answer["scores"][0])[: len(UNIT_COLUMNS)] == [*UNIT_COLUMNS]
    for name in ("label", "region", "text"):
        assert [row[name] for row in answer["scores"]] == units[name].tolist()
    assert [row["units"] for row in answer["articles"]] == [int(n) for n in articles["units"]]
    shares = [row["share_neutral_report"] for row in answer["articles"]]
    assert shares == [float(n) for n in articles["share_neutral_report"]]


def test_html_is_read_as_a_page(serving: Serve) -> None:
    markup = "<title>Rain</title><h1>Rain at last</h1><p>It rained on Friday.</p>"
    answer = serving().score({"articles": [{"html": markup, "outlet": "Gannet"}]}).json()
    assert [row["text"] for row in answer["scores"]] == ["Rain at last", "It rained on Friday."]
    assert {row["outlet"] for row in answer["scores"]} == {"Gannet"}


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"{", 400, "body: Invalid JSON: EOF while parsing an object at line 1 column 1"),
        (b"[" * 15_000, 400, "body: Invalid JSON: recursion limit exceeded at line 1 column 202"),
        (b"\xff\xfe", 400, "body: Invalid JSON: expected value at line 1 column 1"),
        (b"{}", 422, "body: Value error, expected either texts or articles"),
        (b'{"texts": ["a"], "articles": [{"text": "a"}]}', 422,
         "body: Value error, expected either texts or articles"),
        (b'{"texts": [1]}', 422, "texts.0: Input should be a valid string"),
        (b'{"texts": "a"}', 422, "texts: Input should be a valid array"),
        (b'{"text": ["a"]}', 422, "body: Value error, unknown text; expected texts articles"),
        (b'{"articles": [{"text": "a", "titel": "b"}]}', 422,
         "articles.0: Value error, unknown titel; "
         "expected text html id url title outlet author published story"),
        (b'{"texts": [' + b"1," * 50_000 + b"1]}", 413, "JSON of about 50002 values in 100014 bytes"),
        (b'{"texts": ["' + b"x" * 200_001 + b'"]}', 413, "text 0: 200001 characters, expected at most 200000"),
        (b'{"articles": [{"text": "' + b"x" * 2_000_001 + b'"}]}', 413,
         "article 0: 2000001 characters, expected at most 2000000"),
        (b'{"articles": [{"text": "' + b"a.\\n" * 20_001 + b'"}]}', 413, "over 20000 units"),
        (b'{"articles": [{"text": "a", "title": "' + b"x" * 2_001 + b'"}]}', 413,
         "article 0: title: 2001 characters, expected at most 2000"),
        (b'{"articles": [{"text": " "}]}', 422, "article 0: no text"),
        (b'{"articles": [{"text": "a."}, {"text": "a."}]}', 422,
         "article 1: the same identity as article 0"),
        (b'{"articles": [{"html": "<p></p>"}]}', 422, "article 0: an HTML page without visible text"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(serving: Serve, body: bytes, status: int, error: str) -> None:
    served = serving()
    answer = served.client.post("/v1/score", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["hint"]
    assert served.said == []


def test_the_document_lists_what_there_is_and_the_page_fetches_nothing(serving: Serve) -> None:
    client = serving().client
    told = client.get("/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for path, methods in told["paths"].items():
        for method in methods:
            assert client.request(method, path, json={}).status_code not in (404, 405)
    references = [line for line in str(told).split("'") if line.startswith("#/")]
    assert {name.rpartition("/")[2] for name in references} <= set(told["components"]["schemas"])
    page = client.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "POST /v1/score" in page.text
    assert "src=" not in page.text.replace("default-src", "") and "<script" not in page.text
    missing = client.get("/nowhere")
    assert (missing.status_code, missing.json()["error"]) == (404, "GET /nowhere")
    assert client.get("/v1/score").status_code == 405
