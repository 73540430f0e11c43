"""What `min_alpha` found is said again by every later step."""

from framing.settings import Workspace
from tests.conftest import Run


def test_scores_and_prevalence_say_what_min_alpha_found(workspace: Workspace, run: Run) -> None:
    workspace.codebook.write_text(
        "variables:\n  - name: tone\n    values:\n"
        "      - {name: calm, definition: Quiet., min_alpha: 0.99}\n      - {name: loud, definition: Not quiet.}\n",
        encoding="utf-8",
    )
    rows = ["unit_id,variable,value,coder,text,article_id,story,probability"]
    for n in range(24):
        value = "calm" if n % 2 else "loud"
        other = "loud" if n in (1, 3) else value
        for coder, said in (("ada", value), ("ben", other)):
            rows.append(f"u{n},tone,{said},{coder},{value} words {n},a{n % 6},s{n % 3},0.5")
    (workspace.labels / "main.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    trained = run("train", "--json")
    assert trained.code == 0, trained.err
    (reason,) = trained.json["gates"]
    scored = run("score", "seeds", "-o", "scores.csv")
    assert f"min_alpha: {reason}\n" in scored.err
    assert run("score", "seeds", "-o", "scores.csv", "--json").json["gates"] == [reason]
    found = run("prevalence", "scores.csv")
    assert found.code == 0, found.err
    assert f"warning: min_alpha: {reason}\n" in found.err
