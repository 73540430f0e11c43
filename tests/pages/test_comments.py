"""Comment headers of many sites: author, time, depth."""

import pytest

from framing.pages.comments import Comment, talk_of
from framing.pages.lines import lines_of
from framing.pages.times import cut_time


def talk(page: str, kinds: str) -> list[Comment | None]:
    """`kinds`: one letter a line, m for a header or button, c for text, - for neither."""
    names = {"m": "comment_meta", "c": "comment", "-": "furniture"}
    return talk_of(lines_of(page), [names[kind] for kind in kinds])


def last(header: str, kinds: str) -> Comment | None:
    return talk(header, kinds)[-1]


@pytest.mark.parametrize(
    ("header", "author", "time"),
    [
        ("1. Bo Offline Bo\nBo (Bo Lane) 31 May 2021 13: 37", "Bo", "2021-05-31T13:37"),
        ("2. Bo lane (Bo Lane) 31 May 2021 14: 37", "Bo lane", "2021-05-31T14:37"),
        ("Bo says:\nMay 5, 2024 at 9:02 pm", "Bo", "2024-05-05T21:02"),
        ("Bo Lane 3 hours ago", "Bo Lane", "3 hours ago"),
        ("BoLane, Arle, 1 day ago", "BoLane", "1 day ago"),
        ("@bo_lane · 5h", "@bo_lane", "5h"),
        ("bo (44m)", "bo", "44m"),
        ("Bo Lane\n06.03.2023 | 13:02", "Bo Lane", "2023-03-06T13:02"),
        ("[12.07.2023 14:05] Bo → Ann:", "Bo", "2023-07-12T14:05"),
        ("#1 Bo on Jun 16, 2022 at 12:05 AM wrote:", "Bo", "2022-06-16T00:05"),
        ("Posted by Bo on 26/05/2024 at 08:12", "Bo", "2024-05-26T08:12"),
        ("Posted by Bo on 5/26/2024", "Bo", "2024-05-26"),
        ("From: B. Lane (Arle), 13.07.2023", "B. Lane", "2023-07-13"),
        ("B. Lane, MD, 2021-05-31 07:15", "B. Lane, MD", "2021-05-31T07:15"),
        ("bo 212 points 3 hours ago", "bo", "3 hours ago"),
        ("bo replying to ann (1h)", "bo", "1h"),
        ("User avatar\nBo Lane\nTop commenter\nyesterday", "Bo Lane", "yesterday"),
        ("bo wrote at 10:02 on 25 May:", "bo", "10:02 on 25 May"),
        ("Bo – Moderator\n1 day ago", "Bo", "1 day ago"),
        ("Bo\nOct 27, 2018\n9:02 p.m.", "Bo", "2018-10-27T21:02"),
        ("On 3 May 2021, Bo Lane wrote:", "Bo Lane", "2021-05-03"),
        ("Comment 3: Bo Lane last week", "Bo Lane", "last week"),
        ("Bo Lane, Arle, 3 minutes", "Bo Lane", "3 minutes"),
        ("Bo Lane at 9:12 am", "Bo Lane", "9:12 am"),
        ("Bo Lane, Tuesday at 3:15 pm", "Bo Lane", "Tuesday at 3:15 pm"),
        ("\N{BUST IN SILHOUETTE} Bo Lane\n2 weeks ago", "Bo Lane", "2 weeks ago"),
        ("Author: Bo Lane ★ 4\n2 weeks ago", "Bo Lane", "2 weeks ago"),
        ("Anonymous\nSeptember 14, 2022 10:12 AM", "Anonymous", "2022-09-14T10:12"),
    ],
)
def test_headers_tell_author_and_time(header: str, author: str, time: str) -> None:
    kinds = "m" * (header.count("\n") + 1) + "c"
    found = last(f"{header}\nWell said.", kinds)
    assert found is not None
    assert (found.author, found.time) == (author, time)


@pytest.mark.parametrize(
    "buttons",
    [
        "Reply",
        "Like (8) Reply",
        "Click to rate 88 4",
        "12 up / 90 down",
        "41",
        "Show more replies",
        "Up vote 5 Down vote 2",
        "Reply to Bo",
    ],
)
def test_buttons_belong_to_the_comment_before_and_open_none(buttons: str) -> None:
    page = f"Bo 2 hours ago\nHm.\n{buttons}\nAnn 1 hour ago\nYes."
    found = talk(page, "mcmmc")
    assert [comment.author for comment in found if comment] == ["Bo", "Bo", "Bo", "Ann", "Ann"]


def test_every_line_of_a_header_knows_what_the_header_tells() -> None:
    found = talk("Bo says:\nMay 5, 2024 at 9:02 am\nHm.", "mmc")
    assert found[0] == found[1] == found[2] == Comment("Bo", "2024-05-05T09:02", 0)


def test_depth_comes_from_indentation() -> None:
    page = "A 1h\nx\n   B 1h\n   x\n      C 1h\n      x\n   D 1h\n   x\nE 1h\nx"
    depths = [comment.depth for comment in talk(page, "mc" * 5) if comment]
    assert depths[::2] == [0, 1, 2, 1, 0]


def test_depth_comes_from_marks() -> None:
    page = "A 1h\nx\n↳ B 1h\nx\n  ↳ C 1h\nx\nD 1h\nx\n> E 1h\nx\n>> F 1h\nx"
    depths = [comment.depth for comment in talk(page, "mc" * 6) if comment]
    assert depths[::2] == [0, 1, 2, 0, 1, 2]


def test_depth_comes_from_whom_a_comment_answers() -> None:
    page = "A • 3 hours ago\nx\nB ➤ A • 2 hours ago\nx\nC\nReplying to B\n1 hour ago\nx"
    depths = [comment.depth for comment in talk(page, "mcmcmmmc") if comment]
    assert depths == [0, 0, 1, 1, 2, 2, 2, 2]


def test_a_removed_comment_has_neither_author_nor_time() -> None:
    found = talk("A 31 May 2021 9:00\nx\n3. The comment was deleted.\nB 1h\ny", "mcmmc")
    assert found[2] == Comment()
    assert found[4] is not None
    assert found[4].author == "B"


def test_lines_outside_comments_belong_to_none() -> None:
    assert talk("Menu\nA 1h\nx\n© 2024", "-mc-") == [None, Comment("A", "1h"), Comment("A", "1h"), None]


def test_impossible_dates_are_left_as_they_are() -> None:
    assert cut_time("Bo 45.13.2021") == ("Bo 45.13.2021", "")
    assert cut_time("Bo 31.12.2021 27:80") == ("Bo ", "2021-12-31")
