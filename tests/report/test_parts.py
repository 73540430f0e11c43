"""What the page is made of, each part by itself."""

import base64
import json
import zlib

from hypothesis import given
from hypothesis import strategies as st

from framing.report.data import packed
from framing.report.look import ink_on
from framing.report.methods import methods
from framing.report.plots import calibration, learning_curve
from framing.report.sections import key_finding

VALUES = ("calm", "loud", "none-of-both")


@st.composite
def units(draw: st.DrawFn) -> dict[str, object]:
    return {
        "text": draw(st.text(max_size=30)),
        "label": draw(st.sampled_from(["", "calm", "loud", "calm|loud"])),
        "proba": draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)),
        "region": draw(st.sampled_from(["body", "headline"])),
        "paragraph": draw(st.integers(0, 9)),
        "explanation": draw(st.text(max_size=20)),
        "gold": draw(st.sampled_from([None, "", "calm"])),
        "learnt": draw(st.booleans()),
    }


@given(st.lists(st.lists(units(), min_size=1, max_size=4), max_size=3))
def test_packed_articles_come_out_as_they_went_in(articles: list[list[dict[str, object]]]) -> None:
    text = packed(VALUES, [{"units": own} for own in articles])
    assert not set(text) & set("<>&\"'")
    found = json.loads(zlib.decompress(base64.b64decode(text)))
    assert len(found["articles"]) == len(articles)
    for article, own in zip(found["articles"], articles, strict=True):
        assert article["text"] == [str(unit["text"]) for unit in own]
        assert ["|".join(VALUES[i] for i in label) for label in article["label"]] == [u["label"] for u in own]
        assert [found["regions"][i] for i in article["region"]] == [unit["region"] for unit in own]
        assert article["gold"] == {str(n): u["gold"] for n, u in enumerate(own) if u["gold"] is not None}
        assert article["learnt"] == [n for n, unit in enumerate(own) if unit["learnt"]]
        for row, unit in zip(article["p"], own, strict=True):
            assert all(abs(p / 1000 - q) <= 0.0005 for p, q in zip(row, unit["proba"], strict=True))


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_text_on_any_colour_can_be_read(parts: tuple[int, int, int]) -> None:
    def luminance(colour: tuple[int, ...]) -> float:
        linear = [
            c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ink = ink_on("#{:02x}{:02x}{:02x}".format(*parts))
    back, front = luminance(parts), 1.0 if ink == "#fff" else 0.0
    assert (max(back, front) + 0.05) / (min(back, front) + 0.05) >= 4.5


def test_drawings_follow_the_page_and_share_no_id() -> None:
    first = calibration([{"units": 3, "confidence": 0.5, "right": 0.4}], "cal")
    second = learning_curve(
        [{"units_learnt": 10, "macro_f1": 0.5}, {"units_learnt": 20, "macro_f1": 0.6}], "curve"
    )
    ids = [{part.split('"')[0] for part in svg.split(' id="')[1:]} for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg in (first, second):
        assert svg.startswith("<svg viewBox=")
        assert "var(--accent)" in svg
        assert "#0a0b0c" not in svg
    assert first == calibration([{"units": 3, "confidence": 0.5, "right": 0.4}], "cal")


def row(group: str, share: float | None, units: int = 100) -> dict[str, object]:
    return {"group": group, "shown": share, "units": units}


def test_the_key_finding_leaves_small_outlets_out() -> None:
    outlets = [row("Small", 1.0, 2), row("High", 0.6), row("Low", 0.1), row("Unknown", None)]
    view = {"findings": {"values": [{"name": "loud_words", "outlets": outlets}]}}
    assert key_finding(view) == (
        "Outlets differ most on “loud words”: 60 % of eligible units at High, 10 % at Low."
    )
    assert key_finding({"findings": {"values": [{"name": "loud", "outlets": outlets[:2]}]}}) == ""
    assert key_finding({"findings": None}) == ""


def test_the_paragraph_says_what_is_undefined() -> None:
    whole = {"corrected": None, "interval": None, "reason": "no labelled unit where it can occur"}
    view = {
        "codebook": {"unit": "sentence", "hash": "ab", "variables": []},
        "version": "9.9",
        "corpus": None,
        "sampling": None,
        "reliability": None,
        "gold": None,
        "model": {"model": "m@1", "units": None, "articles": None, "evaluation": None, "held_out": ""},
        "findings": {"gap": None, "values": [{"name": "loud", "whole": whole}]},
    }
    sentences, references = methods(view)
    assert (
        "Its accuracy is undefined: it came without a test, or its labels hold one group only." in sentences
    )
    assert sentences[-1] == "All figures were computed with framing 9.9."
    assert "They are: loud undefined (no labelled unit where it can occur)." in sentences
    assert [line.split(" (")[0] for line in references][
        -1
    ] == "Egami, N., Hinck, M., Stewart, B. M., & Wei, H."
