"""Train, evaluate, score: what the commands leave behind."""

import csv
import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from framing.classifier import DOUBTS
from framing.cli.app import app
from framing.errors import ModelError, TableError, TrainingError
from framing.settings import Workspace
from framing.steps.evaluate import evaluate
from framing.steps.models import SHIPPED, find_model, model_folder, show
from framing.steps.score import score
from framing.steps.study import Study
from framing.steps.train import train, weights_of
from tests.conftest import Run

WORDS = {
    "calm": "rain fell over the harbour while trains ran and the council met",
    "loud": "TERROR looms as deadly doom threatens YOU in chaos and panic",
}


def labels(file: Path, units: int = 80, seed: int = 1, first: int = 0) -> Path:
    draw = random.Random(seed)  # noqa: S311
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label", "article_id", "story", "outlet", "region"])
        for number in range(first, first + units):
            value = draw.choice(list(WORDS))
            text = " ".join(draw.choices(WORDS[value].split(), k=9)) + f" {number}"
            article = number // 5
            region = "headline" if value == "loud" else "body"
            writer.writerow([text, value, f"a{article}", f"s{article // 2}", f"o{article % 2}", region])
    return file


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(None)


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models")
    train(study, [labels(place / "labels.csv")], output=place / "label")
    return place / "label"


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_model_folder_holds_data_card_and_held_out_predictions(folder: Path) -> None:
    names = {item.name for item in folder.iterdir()}
    assert names == {"model.json", "weights.npz", "metrics.json", "card.md", "training.csv", "doubts.csv"}
    training = rows(folder / "training.csv")
    assert len(training) == 80
    assert list(training[0]) == "unit_id article_id story region value label p_calm p_loud".split()
    for row in training:
        assert float(row["p_calm"]) + float(row["p_loud"]) == pytest.approx(1, abs=1e-5)
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    right = sum(row["label"] == row["value"] for row in training)
    assert metrics["evaluation"]["accuracy"] == pytest.approx(right / 80)
    assert metrics["baselines"]["last_model"] == {"reason": "there was none"}
    assert set(metrics["largest_weights"]) == {"calm", "loud"}
    card = (folder / "card.md").read_text(encoding="utf-8")
    assert card.startswith(f"# Model {metrics['model']}\n")
    for part in ("## By outlet", "## By region", "## Learning curve", "## Confusion", "## Largest weights"):
        assert part in card
    half, whole = metrics["learning_curve"][-2:]
    gain = whole["macro_f1"] - half["macro_f1"]
    assert f"The second half of the labels changed macro-F1 by {gain:+.3f}.\n" in card
    diagram = card.partition("## Calibration")[2].partition("##")[0].splitlines()
    bins = [line.split("|")[3].strip() for line in diagram if line.startswith("| 0.")]
    assert sum(map(int, bins)) == len(training)


def test_units_count_by_how_far_their_coders_agreed(study: Study, tmp_path: Path) -> None:
    lines = ["unit_id,variable,value,coder,text,article_id,story"]
    for n in range(24):
        value = "calm" if n % 2 else "loud"
        said = [value, value, "loud" if n == 1 else value]
        lines += [f"u{n},tone,{s},c{c},{value} words {n},a{n},s{n % 3}" for c, s in enumerate(said)]
    file = tmp_path / "three.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = train(study, [file], output=tmp_path / "m")
    assert done.further["weighting"] == (
        "A unit counts by the share of answers for its value minus the share of all others (at least 0.1), "
        "so those count little that the coders hardly agree on; values are balanced by how often they occur."
    )
    alike = tmp_path / "alike.csv"
    alike.write_text("\n".join(line for line in lines if ",c0," in line or "unit" in line), encoding="utf-8")
    other = train(study, [alike], output=tmp_path / "n")
    assert other.further["weighting"].startswith("Every unit with gold counts the same;")
    assert (tmp_path / "m" / "weights.npz").read_bytes() != (tmp_path / "n" / "weights.npz").read_bytes()


def test_weights_are_the_margin_of_the_vote_and_never_nothing() -> None:
    assert weights_of(pd.Series([1.0, 0.5, 2 / 3])) == pytest.approx(np.array([30, 3, 10]) * 3 / 43)
    assert weights_of(pd.Series([1.0, 1.0])) is None


def test_doubts_hold_copies_beside_what_the_model_contradicts(study: Study, tmp_path: Path) -> None:
    file = labels(tmp_path / "labels.csv")
    with file.open("a", encoding="utf-8") as stream:
        stream.write("Same words,calm,a1,s0,o0,body\nsame words,loud,a2,s1,o0,body\n")
    train(study, [file], output=tmp_path / "m")
    found = rows(tmp_path / "m" / "doubts.csv")
    assert list(found[0]) == list(DOUBTS)
    assert [(row["kind"], row["value"], row["suggested"]) for row in found[-2:]] == [
        ("copy", "calm", "loud"),
        ("copy", "loud", "calm"),
    ]
    assert [row["copy_of"] for row in found[-2:]] == [row["unit_id"] for row in found[:-3:-1]]


def test_the_same_labels_and_seed_give_the_same_bytes(study: Study, folder: Path, tmp_path: Path) -> None:
    train(study, [folder.parent / "labels.csv"], output=tmp_path / "label")
    for file in folder.iterdir():
        assert (tmp_path / "label" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_second_training_is_compared_with_the_model_it_replaces(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        done = train(study, [folder.parent / "labels.csv"], output=tmp_path / "label")
    last = done.further["baselines"]["last_model"]
    assert last["units"] == 80
    assert done.evaluation is not None
    assert last["macro_f1"] == done.evaluation.macro_f1
    assert last["macro_f1_gain"] == 0.0


def test_a_model_is_tried_on_new_units_and_against_another(
    study: Study, folder: Path, tmp_path: Path
) -> None:
    fresh = labels(tmp_path / "fresh.csv", seed=5, first=1000)
    other = train(study, [labels(tmp_path / "other.csv", 20, seed=9, first=500)], output=tmp_path / "other")
    done = evaluate(study, str(folder), [fresh], against=str(other.folder))
    assert done.evaluation.units == 80
    assert done.seen == 0
    assert done.against is not None
    gap = done.evaluation.macro_f1 - done.against.evaluation.macro_f1
    assert done.against.difference.macro_f1 == pytest.approx(gap)


def test_units_that_were_learnt_from_are_left_out(study: Study, folder: Path) -> None:
    with pytest.raises(TableError) as caught:
        evaluate(study, str(folder), [folder.parent / "labels.csv"])
    assert "was trained on all 80 labelled units, expected new ones" in caught.value.message
    assert caught.value.hint == "its figures on units held out stand in its card: framing model show"


def test_texts_that_were_learnt_from_on_other_pages_are_told(folder: Path, run: Run, tmp_path: Path) -> None:
    table = pd.read_csv(folder.parent / "labels.csv", dtype=str, keep_default_na=False)
    table["article_id"] = "b" + table["article_id"]
    table.to_csv(tmp_path / "again.csv", index=False)
    told = run("evaluate", folder, tmp_path / "again.csv")
    assert told.code == 0
    assert "warning: 80 of these have a text that it was trained on, on another page\n" in told.err


def test_labels_of_quite_other_values_are_refused(folder: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("text,label\nRain fell.,0\nTerror looms.,1\n")
    told = run("evaluate", folder, tmp_path / "other.csv")
    assert (told.code, told.out) == (1, "")
    model = find_model(Study(None), str(folder)).id
    assert told.err == (
        f"error: {model} predicts calm loud, the labels have 0 1; expected a value in common\n"
        "hint: name labels of the same values, or train on these: framing train\n"
    )


def test_labels_of_another_variable_are_named(folder: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("unit_id,variable,value,coder\nu1,tone,calm,ada\n")
    told = run("evaluate", folder, tmp_path / "other.csv")
    assert told.code == 1
    assert told.err == (
        "error: no answers on the variable 'label', found answers on: tone\n"
        "hint: name labels of that variable; train and labels gold take --variable; or: framing pull\n"
    )


def test_models_of_different_variables_are_not_compared(study: Study, folder: Path) -> None:
    with pytest.raises(ModelError, match=r"label@\w+ predicts label \(calm loud\), frame@"):
        evaluate(study, str(folder), [folder.parent / "labels.csv"], against=str(SHIPPED))


def test_one_value_teaches_nothing(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("text,label\na,x\nb,x\n", encoding="utf-8")
    with pytest.raises(TrainingError) as caught:
        train(study, [file], output=tmp_path / "m")
    assert caught.value.message == (
        "2 units with gold on 'label', all with the value 'x', expected two values or more to tell apart"
    )
    assert not (tmp_path / "m").exists()


def test_hardly_more_units_than_values_teach_nothing(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "ids.csv"
    file.write_text("text,label\n" + "".join(f"rain {n},{n % 15}\n" for n in range(29)), encoding="utf-8")
    with pytest.raises(TrainingError) as caught:
        train(study, [file], output=tmp_path / "m")
    assert caught.value.message == (
        "the 29 units with gold on 'label' have 15 different values, expected 2 units or more for each on average"
    )


def test_one_story_can_be_learnt_but_not_tried(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("text,label,story\na b,x,s\nc d,y,s\n", encoding="utf-8")
    done = train(study, [file], output=tmp_path / "m")
    assert done.evaluation is None
    assert "It was not tested" in (tmp_path / "m" / "card.md").read_text(encoding="utf-8")
    assert list(rows(tmp_path / "m" / "training.csv")[0]) == "unit_id article_id story region value".split()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.txt"
    file.write_text("Terror looms over town\n\nRain fell over the harbour on Monday.\n", encoding="utf-8")
    return file


def test_explanations_sum_to_the_score(study: Study, page: Path, tmp_path: Path) -> None:
    score(study, [page], output=tmp_path / "scores.csv", explain=True)
    for row in rows(tmp_path / "scores.csv"):
        told, _, summands = row["explanation"].partition(" = ")
        assert told.rpartition(" ")[0] == row["label"]
        total = float(told.rpartition(" ")[2])
        parts = [float(part.rpartition(" ")[2]) for part in summands.split("; ")]
        assert sum(parts) == pytest.approx(total, abs=0.01 * len(parts))


def test_without_explain_the_columns_are_the_contract_s(study: Study, page: Path, tmp_path: Path) -> None:
    score(study, [page], output=tmp_path / "scores.csv")
    columns = list(rows(tmp_path / "scores.csv")[0])
    values = "alarmist_headline advocacy_appeal neutral_report reader_comment site_furniture".split()
    assert columns[-9:] == ["variable", "label", "confidence", *(f"p_{v}" for v in values), "model"]


def test_the_shipped_model_scores_right_after_installation(study: Study, tmp_path: Path) -> None:
    assert model_folder(study) == SHIPPED
    assert find_model(study).variable == "frame"
    with pytest.raises(ModelError, match="no model there"):
        find_model(study, "nothing")


def test_show_gives_card_and_figures(study: Study, folder: Path, tmp_path: Path) -> None:
    shown = show(study, str(folder))
    assert shown.card == (folder / "card.md").read_text(encoding="utf-8")
    assert shown.description["metrics"]["units"] == 80
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("model.json", "weights.npz"):
        (bare / name).write_bytes((folder / name).read_bytes())
    assert "It came without a card." in show(study, str(bare)).card
    assert show(study, str(bare)).description["metrics"] is None
    (bare / "metrics.json").write_text("{")
    with pytest.raises(ModelError, match=r"metrics.json: no JSON"):
        show(study, str(bare))


def test_commands(folder: Path, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    shown = run(app, ["model", "show", str(folder)])
    assert shown.exit_code == 0
    assert "## Learning curve" in shown.stdout
    told = json.loads(run(app, ["model", "show", str(folder), "--json"]).stdout)
    assert told["variable"] == "label"
    assert told["metrics"]["evaluation"]["units"] == 80
    fresh = labels(tmp_path / "fresh.csv", seed=5, first=1000)
    found = run(app, ["evaluate", str(folder), str(fresh), "--against", str(folder), "--json"])
    assert json.loads(found.stdout)["against"]["difference"]["macro_f1_interval"] == [0.0, 0.0]
    scored = run(app, ["score", str(page), "--explain", "-o", "out.jsonl"])
    assert scored.exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert all(line["explanation"].startswith(line["label"]) for line in lines)


def test_the_card_says_what_min_alpha_found(workspace: Workspace, run: Run) -> None:
    workspace.codebook.write_text(
        "variables:\n  - name: tone\n    values:\n"
        "      - {name: calm, definition: Quiet., min_alpha: 0.99}\n      - {name: loud, definition: Not quiet.}\n",
        encoding="utf-8",
    )
    rows = ["unit_id,variable,value,coder,text,article_id,story"]
    for n in range(24):
        value = "calm" if n % 2 else "loud"
        other = "loud" if n in (1, 3) else value
        for coder, said in (("ada", value), ("ben", other)):
            rows.append(f"u{n},tone,{said},{coder},{value} words {n},a{n % 6},s{n % 3}")
    (workspace.labels / "main.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    told = run("train", "--json")
    assert told.code == 0, told.err
    (reason,) = told.json["gates"]
    assert "calm" in reason
    assert "0.99" in reason or ".990" in reason
    assert reason in (workspace.models / "tone" / "card.md").read_text(encoding="utf-8")
