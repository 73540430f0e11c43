"""Letters to readers are whole, whatever they tell in between."""

import pytest

from framing.pages.letters import whole_letters
from framing.pages.lines import lines_of

LETTERS = {"a": "appeal", "b": "body", "r": "related", "s": "subhead", "f": "furniture"}


def seen(texts: list[str], kinds: str) -> str:
    found = whole_letters(lines_of("\n".join(texts)), [LETTERS[kind] for kind in kinds])
    return "".join(region[0] for region in found)


@pytest.mark.parametrize(
    "greeting",
    [
        "Dear readers,",
        "Dear reader:",
        "Dear friends of the Courier,",
        "A message from the Courier:",
        "A personal letter from our editor",
        "Friends,",
    ],
)
def test_what_a_letter_tells_is_part_of_it(greeting: str) -> None:
    texts = [greeting, "The court fined us.", "We paid.", "Please help us.", "It rained again."]
    assert seen(texts, "abbab") == "aaaab"


@pytest.mark.parametrize("between", ["r", "s"])
def test_no_letter_goes_on_beyond_another_part_of_the_page(between: str) -> None:
    texts = ["Dear readers,", "We ask you.", "Read on", "It rained.", "Give now"]
    assert seen(texts, f"aa{between}ba") == f"aa{between}ba"


def test_a_plea_alone_opens_no_letter() -> None:
    assert seen(["Subscribe today", "It rained.", "It snowed.", "Give now"], "abba") == "abba"


def test_a_far_plea_is_another_one() -> None:
    texts = ["Dear readers,", *["It rained."] * 40, "Give now"]
    assert seen(texts, "a" + "b" * 40 + "a") == "a" + "b" * 40 + "a"
