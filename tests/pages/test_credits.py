"""Closing credits in all their fashions."""

import pytest

from framing.pages.credits import credit_at


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("Rain falls on the old quay. ", "(Image: Getty)"),
        ("Rain falls on the old quay ", "[Arle Council/Handout]"),
        ("Rain falls on the old quay ", "(A. H.)"),
        ("Rain falls on the old quay. ", "Photo by Ada Holt"),
        ("Rain falls on the old quay ", "PICTURE: ADA HOLT"),
        ("Rain falls on the old quay ", "© Ada Holt / Arle Pictures"),
        ("Rain falls on the old quay on Monday. ", "Ada Holt / Ministry / TASS"),
        ("Rain falls on the old quay, May 4, 2021. ", "ARLEWIRE/Ada Holt/File Photo"),
        ("Rain falls on the old quay. ", "Ada Holt for The Arle Post"),
        ("Rain falls on the old quay ", "— Ada Holt"),
        ("Rain falls on the old quay ", "| A. Holt"),
        ("Rain falls on the old quay ", "/ open sources"),
        ("Rain falls on the old quay after a vote ", "AP/Ada Holt"),
        ("Rain falls on the old quay at night ", "via Getty Images"),
        ("FILE PHOTO: Rain falls on the old quay. ", "Photo: Ada Holt"),
        ("Rain falls on the old quay", "Image: Arle Courier"),
    ],
)
def test_a_closing_credit_is_found(caption: str, credit: str) -> None:
    assert (caption + credit)[credit_at(caption + credit) :] == credit


@pytest.mark.parametrize(
    "caption",
    [
        "Rain falls on the old quay.",
        "Kit on the bus (aged ten)",
        "Photo: Ada Holt",
        "(Image: Getty)",
        "Holt Pictures / TASS",
        "FILE PHOTO: rain falls on the old quay",
        "The minister left. Nobody asked why",
        "He said the photo by the door was taken by him and was never shown to anybody at all",
    ],
)
def test_captions_without_a_closing_credit_stay_whole(caption: str) -> None:
    assert credit_at(caption) == 0
