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
        ("[-] bo [score hidden] 2 hours ago", "bo", "2 hours ago"),
        ("Top fan\nBo Lane\n3d", "Bo Lane", "3d"),
        ("Re: The dam\nBo Lane, 3 May 2021 10:10", "Bo Lane", "2021-05-03T10:10"),
        ("Submitted by Bo Lane on Mon, 03/05/2021 - 10:10", "Bo Lane", "2021-05-03T10:10"),
        ("Bo Lane @bolane · 3h", "Bo Lane", "3h"),
        ("14 Bo Lane 3 May 2021 10:10", "Bo Lane", "2021-05-03T10:10"),
        ("▲ 12 ▼ Bo Lane 3 hours ago", "Bo Lane", "3 hours ago"),
        ("♥ 12 Bo Lane 3h", "Bo Lane", "3h"),
        ("(Bo Lane) 3 May 2021 10: 10", "Bo Lane", "2021-05-03T10:10"),
        ("BL\nBo Lane\n3 hours ago", "Bo Lane", "3 hours ago"),
        ("Bo Lane\n19th January 9:41 am", "Bo Lane", "19th January 9:41 am"),
        ("Bo Lane\nJanuary 19th, 9:41 am", "Bo Lane", "January 19th, 9:41 am"),
        ("Bo Lane\nMay ’21", "Bo Lane", "May ’21"),
        ("Bo Lane\n3 May 21 09:05", "Bo Lane", "2021-05-03T09:05"),
        ("Bo Lane\nMay 3, 2021\nat 9:05 am", "Bo Lane", "2021-05-03T09:05"),
        ("Bo Lane (not verified)\nMon, 05/03/2021 - 09:05", "Bo Lane", "2021-05-03T09:05"),
        ("Mon, 05/03/2021 - 09:05 | 61341 Bo Lane", "Bo Lane", "2021-05-03T09:05"),
        ("Bo Lane3 May 2021 at 09:05", "Bo Lane", "2021-05-03T09:05"),
        ("Bo LaneMay 3, 2021 at 9:05 AM", "Bo Lane", "2021-05-03T09:05"),
        ("Bo Lane\nFeb 13Edited", "Bo Lane", "Feb 13"),
        ("Bo Lane\n•\n3 yr. ago", "Bo Lane", "3 yr. ago"),
        ("Bo Lane\n3 days, 4 hours ago", "Bo Lane", "3 days, 4 hours ago"),
        ("Bo Lane\na few seconds ago", "Bo Lane", "a few seconds ago"),
        ("Bo Lane\n1 decade ago", "Bo Lane", "1 decade ago"),
        ("Bo Lane 3 hours ago 3 May 2021 09:05", "Bo Lane", "2021-05-03T09:05"),
        ("bo (Bo Lane) Today, 08: 40", "bo", "Today, 08: 40"),
        ("Today, 08:21\nBo Lane", "Bo Lane", "Today, 08:21"),
        ("Bo Lane\nYesterday at 9:05 AM", "Bo Lane", "Yesterday at 9:05 AM"),
        ("Bo Lane\n3 May 2021\nLast updated: 4 May 2021", "Bo Lane", "2021-05-03"),
        ("Bo Lane\n3 May\nAuthor", "Bo Lane", "3 May"),
        ("Bo Lane\n3 May\nLiked by Ann Holt", "Bo Lane", "3 May"),
        ("Bo Lane said...\n3 May 2021", "Bo Lane", "2021-05-03"),
        ("Comment by bo.\nbo\n2 days ago", "bo", "2 days ago"),
        ("u/bo_lane avatar\nbo_lane\n3h ago", "bo_lane", "3h ago"),
        ("Re:The dam (Score:5)\nby bo (123) on Monday May 03, 2021 @09:05AM", "bo", "2021-05-03T09:05"),
        ("Post by bo » Mon May 03, 2021 9:05 am", "bo", "2021-05-03T09:05"),
        ("Bo Lane (not verified)\n3 May 2021 - 9:05", "Bo Lane", "2021-05-03T09:05"),
        ("Bo Lane / 3 May 2021 / 9:05", "Bo Lane", "2021-05-03"),
        ("1 — Bo Lane, 3 May 2021", "Bo Lane", "2021-05-03"),
        ("2a. Bo Lane 3 May 2021", "Bo Lane", "2021-05-03"),
        ("Bo Lane\n1,204 comments\n3 hours ago", "Bo Lane", "3 hours ago"),
        ("Bo Lane [Moderator] 3 hours ago", "Bo Lane", "3 hours ago"),
        ("[21:14] Bo Lane:", "Bo Lane", "21:14"),
        ("Bo Lane 03.05., 21:14", "Bo Lane", "03.05., 21:14"),
        ("21:14 Jan Lane", "Jan Lane", "21:14"),
        ("2021-05-03T21:14Z Bo Lane", "Bo Lane", "2021-05-03T21:14"),
        ("Bo Lane answered:", "Bo Lane", ""),
        ("Bo Lane Bo Lane 3 May 2021", "Bo Lane", "2021-05-03"),
        ("12 points by Bo Lane 3 hours ago", "Bo Lane", "3 hours ago"),
        ("Picture of Bo Lane\nBo Lane\n3 May 2021", "Bo Lane", "2021-05-03"),
        ("A bridge too far for me\nBo Lane, 3 May 2021", "Bo Lane", "2021-05-03"),
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


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        ("Hm.\nBo, 3 May\nYes.\nAnn, 4 May", "cmcm"),
        ("1.\nHm.\nBo, 3 May\nReply\n2.\nYes.\nAnn, 4 May\nReply", "mcmmmcmm"),
        ("Bo\nHm.\n3 hours ago\nReply\nAnn\nYes.\n4 hours ago\nReply", "mcmmmcmm"),
        ("Bo\nHm.\nLike · Reply · 3h\nAnn\nYes.\nLike · Reply · 4h", "mcmmcm"),
        ("Bo: Hm.\nAnn: Yes.", "cc"),
        ("[9:05] Bo: Hm.\nReply\n[9:07] Ann: Yes.\nReply", "cmcm"),
    ],
)
def test_names_and_times_may_stand_below_the_text_or_in_it(page: str, kinds: str) -> None:
    found = talk(page, kinds)
    texts = [comment for comment, kind in zip(found, kinds, strict=True) if kind == "c" and comment]
    assert [comment.author for comment in texts] == ["Bo", "Ann"]
    assert all(comment.time for comment in texts) or page.startswith("Bo: ")


def test_text_that_opens_like_a_name_names_nobody_below_a_header() -> None:
    found = talk("Bo 1h\nSo: no.\nAnn 2h\nWell: yes.", "mcmc")
    assert [comment.author for comment in found if comment] == ["Bo", "Bo", "Ann", "Ann"]


def test_every_line_of_a_header_knows_what_the_header_tells() -> None:
    found = talk("Bo says:\nMay 5, 2024 at 9:02 am\nHm.", "mmc")
    assert found[0] == found[1] == found[2] == Comment("Bo", "2024-05-05T09:02", 0)


@pytest.mark.parametrize("label", ["Award", "Respect {n}", "User ID: {n}", "Antworten"])
def test_what_a_site_prints_below_every_comment_names_nobody(label: str) -> None:
    rows = [f"{name}\n{n}h ago\nHm.\n{label.format(n=n)}" for n, name in enumerate(("Ann", "Bo", "Cy"), 1)]
    found = talk("\n".join(rows), "mmcm" * 3)
    assert found[2::4] == [Comment("Ann", "1h ago"), Comment("Bo", "2h ago"), Comment("Cy", "3h ago")]


def test_who_writes_most_comments_is_no_label() -> None:
    found = talk("\n".join(f"Ann\n{n}h ago\nHm." for n in range(1, 5)), "mmc" * 4)
    assert [comment and comment.author for comment in found] == ["Ann"] * 12


def test_a_number_above_a_reply_button_is_not_the_next_name() -> None:
    found = talk("Bo\n2h\nHm.\nUser ID: 7\n22\nReply\nAnn\n1h\nYes.", "mmcmmmmmc")
    assert found[-1] == Comment("Ann", "1h")


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


def test_names_below_letters_belong_to_what_stands_above() -> None:
    letters = talk("It is a shame.\nBo Lane, Arle\nNot at all.\nWho pays?\nAnn Ode, 3 May 2021", "cmccm")
    assert [found and found.author for found in letters] == ["Bo Lane", "Bo Lane", *["Ann Ode"] * 3]
    assert letters[2] == Comment("Ann Ode", "2021-05-03", 0)


def test_a_button_below_the_first_text_is_no_name() -> None:
    found = talk("It is a shame.\nReply\nNot at all.\nReply", "cmcm")
    assert [comment and comment.author for comment in found] == [""] * 4
