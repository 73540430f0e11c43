"""Gold beyond the plain majority: low agreement, Dawid & Skene, the gate, the command."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.codebook import Codebook
from framing.errors import CodebookError, TableError
from framing.labels import gold_of, read_labels
from framing.labels.votes import Votes, dawid_skene, shares
from framing.settings import Workspace
from framing.steps.gold import gates_for, gold_for
from framing.steps.study import Study
from framing.tables import LABELS, checked
from tests.conftest import Run


def book(**below: str) -> str:
    values = "".join(
        f"      - {{name: {name}, definition: d{below.get(name, '')}}}\n"
        for name in ("calm", "tense", "grave")
    )
    return f"variables:\n  - name: tone{below.get('tone', '')}\n    values:\n{values}"


def labels(answers: dict[str, str]) -> pd.DataFrame:
    """Unit → one letter a coder: c, t or g; a dot is a gap."""
    names = {"c": "calm", "t": "tense", "g": "grave"}
    rows = [
        {"unit_id": unit, "variable": "tone", "value": names[letter], "coder": f"coder-{place}"}
        for unit, letters in answers.items()
        for place, letter in enumerate(letters)
        if letter != "."
    ]
    frame = pd.DataFrame(rows, dtype=str)
    return checked(frame.assign(file="l.csv", row=frame.index.astype(str)), LABELS, "l.csv")


def simulated(errors: list[float], units: int = 600, seed: int = 5) -> tuple[Votes, "np.ndarray"]:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    true = rng.choice(3, units, p=[0.6, 0.3, 0.1])
    wrong = np.array([rng.random(units) < error for error in errors])
    given = np.where(wrong, (true + rng.integers(1, 3, wrong.shape)) % 3, true)
    places = np.tile(np.arange(units), len(errors))
    coders = np.repeat(np.arange(len(errors)), units)
    return Votes(places, coders, given.ravel(), (units, len(errors), 3)), true


def test_low_agreement_stays_open_until_enough_coders_agree() -> None:
    table = labels({"u1": "cct", "u2": "ccc", "u3": "c", "u4": "ct"})
    gold = gold_of(table, "tone", Codebook.parse(book()), min_share=0.7).table.set_index("unit_id")
    assert gold["method"].to_dict() == {
        "u1": "unresolved",
        "u2": "majority",
        "u3": "single",
        "u4": "unresolved",
    }


def test_dawid_skene_beats_the_majority_where_coders_differ_in_skill() -> None:
    votes, true = simulated([0.05, 0.45, 0.5, 0.5])
    right = [(weigh(votes).argmax(axis=1) == true).mean() for weigh in (shares, dawid_skene)]
    assert right[1] > right[0] + 0.05
    assert right[1] > 0.9


def test_dawid_skene_is_the_published_iteration() -> None:
    """Equations 2.3 to 2.5, written out in plain loops."""
    votes, _ = simulated([0.1, 0.3, 0.4], units=40)
    posterior = shares(votes).tolist()
    answers = list(zip(votes.units.tolist(), votes.coders.tolist(), votes.values.tolist(), strict=True))
    for _ in range(300):
        prior = [sum(row[j] for row in posterior) / 40 for j in range(3)]
        said = dict.fromkeys(product(range(3), repeat=3), 0.0)
        for unit, coder, value in answers:
            for j in range(3):
                said[coder, value, j] += posterior[unit][j]
        total = {(k, j): sum(said[k, value, j] for value in range(3)) for k, j in product(range(3), repeat=2)}
        likelihood = [list(prior) for _ in range(40)]
        for unit, coder, value in answers:
            for j in range(3):
                likelihood[unit][j] *= said[coder, value, j] / total[coder, j]
        posterior = [[p / sum(row) for p in row] for row in likelihood]
    assert dawid_skene(votes) == pytest.approx(np.array(posterior), abs=1e-4)


def test_dawid_skene_settles_ties_and_gives_the_probability() -> None:
    rng = np.random.default_rng(1)
    good = {f"u{n:03}": "ct"[int(rng.random() < 0.4)] for n in range(120)}
    table = labels(
        {unit: f"{v}{v}{'ct'[int(rng.random() < 0.5)]}" for unit, v in good.items()} | {"z": "c.t"}
    )
    found = gold_of(table, "tone", Codebook.parse(book()), method="dawid-skene").table.set_index("unit_id")
    assert (found.loc["z", "value"], found.loc["z", "method"]) == ("calm", "dawid-skene")
    assert 0.9 < found.loc["z", "posterior"] <= 1
    assert found.loc["z", "share"] == 0.5


def test_methods_and_shares_that_make_no_sense_are_refused() -> None:
    table = labels({"u1": "cc"})
    with pytest.raises(TableError) as caught:
        gold_of(table, "tone", None, method="vote")  # type: ignore[arg-type]
    assert caught.value.message == "no method 'vote' for gold, expected majority dawid-skene"
    with pytest.raises(TableError) as caught:
        gold_of(table, "tone", None, min_share=0.3)
    assert caught.value.message == "a least share of 0.3, expected 0.5 to 1"


# calm is agreed on; tense and grave are mixed up.
MIXED = labels({f"u{n:02}": ("ccc", "ccc", "ttg", "ggt")[n % 4] for n in range(40)})


def gated(workspace: Workspace, **below: str) -> Study:
    workspace.codebook.write_text(book(**below), encoding="utf-8")
    return Study.find(workspace.root)


def test_a_refused_value_stays_unresolved_and_carries_the_reason(workspace: Workspace) -> None:
    study = gated(workspace, tense=", min_alpha: 0.667, below: refuse", calm=", min_alpha: 0.667")
    gold = gold_for(study, MIXED, "tone")
    assert gold.values == ("calm", "grave")
    assert gold.unresolved == 10
    refused = gold.table[gold.table["method"] == "unresolved"]
    assert set(refused["gate"]) == {gold.gates[0].reason}
    assert gold.gates[0].reason.startswith("alpha of tense is 0.")
    assert gold.gates[0].reason.endswith("the codebook asks for 0.667: refused")
    assert set(gold.resolved["gate"]) == {""}


def test_a_merged_value_counts_as_the_other_which_is_judged_anew(workspace: Workspace) -> None:
    study = gated(
        workspace,
        tense=", min_alpha: 0.667, below: merge into grave",
        grave=", min_alpha: 0.667, below: refuse",
    )
    gold = gold_for(study, MIXED, "tone")
    assert [(gate.value, gate.action, gate.into) for gate in gold.gates] == [("tense", "merge", "grave")]
    assert gold.values == ("calm", "grave")
    assert gold.table["value"].value_counts().to_dict() == {"calm": 20, "grave": 20}
    assert gold.table.groupby("value")["gate"].agg(lambda told: (told != "").sum()).to_dict() == {
        "calm": 0,
        "grave": 20,
    }


def test_a_flagged_value_is_used_and_said_so(workspace: Workspace) -> None:
    gold = gold_for(gated(workspace, grave=", min_alpha: 0.667"), MIXED, "tone")
    assert gold.unresolved == 0
    assert (gold.table["gate"] != "").sum() == 10
    assert gold.gates[0].reason.endswith(": flagged")


def test_a_refused_variable_gives_no_gold(workspace: Workspace) -> None:
    study = gated(workspace, tone="\n    min_alpha: 0.9\n    below: refuse")
    with pytest.raises(TableError) as caught:
        gold_for(study, MIXED, "tone")
    assert caught.value.message.startswith("no gold on 'tone': alpha of tone is 0.")


def test_agreement_that_is_undefined_does_not_pass_the_gate(workspace: Workspace) -> None:
    study = gated(workspace, calm=", min_alpha: 0.5")
    alone = labels({"u1": "c", "u2": "t"})
    assert [gate.reason for gate in gates_for(study, alone, "tone")] == [
        "alpha of calm is undefined (no unit has answers of two coders), the codebook asks for 0.5: flagged"
    ]


@pytest.mark.parametrize(
    ("below", "told"),
    [
        (
            {"tense": ", min_alpha: 0.6, below: merge into loud"},
            "found 'merge into loud', expected another value that is not merged itself",
        ),
        (
            {"tense": ", min_alpha: 0.6, below: drop"},
            "found 'drop', expected 'refuse', 'flag', or (of a value) 'merge into NAME'",
        ),
        ({"tense": ", below: refuse"}, "values.1.below: found no min_alpha beside it, expected one"),
        ({"calm": ", min_alpha: 2"}, "found 2, expected a number above -1 and up to 1, for instance 0.667"),
        (
            {"tone": "\n    type: several\n    ordered: true"},
            "variables.0.ordered: found several values a unit, expected one",
        ),
    ],
)  # fmt: skip
def test_faulty_gates_are_named(below: dict[str, str], told: str) -> None:
    with pytest.raises(CodebookError) as caught:
        Codebook.parse(book(**below))
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].endswith(told)


def test_a_codebook_without_gates_keeps_its_hash() -> None:
    plain = Codebook.parse(book())
    assert plain.fingerprint == Codebook.parse(book(tone="\n    ordered: false")).fingerprint
    assert plain.fingerprint != Codebook.parse(book(tone="\n    ordered: true")).fingerprint
    assert plain.values_fingerprint == Codebook.parse(book(calm=", min_alpha: 0.5")).values_fingerprint


def test_the_command_writes_gold_that_is_read_again(workspace: Workspace, run: Run, tmp_path: Path) -> None:
    gated(workspace, tense=", min_alpha: 0.667, below: refuse")
    workspace.labels.mkdir(exist_ok=True)
    MIXED.drop(columns=["file", "row"]).to_csv(workspace.labels / "r1.csv", index=False)
    out = tmp_path / "gold.csv"
    ran = run("labels", "gold", "-o", out)
    assert ran.code == 0
    assert f"{out}: gold on tone of 40 units: 30 majority, 10 unresolved" in ran.out
    assert "gate: alpha of tense is 0." in ran.err
    table = pd.read_csv(out).set_index("unit_id")
    assert table.loc["u00", ["value", "method", "support", "share"]].tolist() == ["calm", "majority", 3, 1.0]
    again = read_labels([out])
    assert (len(again), set(again["coder"])) == (30, {"given"})
    second = tmp_path / "again.csv"
    assert run("labels", "gold", "-o", second).code == 0
    assert second.read_bytes() == out.read_bytes()
