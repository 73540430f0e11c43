"""Variants of coded pages, so that the region model learns what pages share and not one corpus.

A variant is a page with parts left out, parts of other pages grafted on, comment headers written in
another fashion, lines exchanged for common ones of the same region, and other blank lines. Regions
stay known throughout.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

COMMENTS = ("comment", "comment_meta")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a page: text with its indent, blank lines before it, region."""

    text: str
    blank: int
    region: str


Page = list[Row]

_FIRST = "Ann Maria Li Omar Pavel Ingrid João Tom Sana Viktor Ruth Kofi Elena Mike Yuki Bob Carla".split()
_LAST = "Holt Sato Okafor Novak Berg Silva Khan Weber Ito Marsh Petrov Dubois Reyes Lund Cole".split()
_HANDLES = "BigAl Guest Anonymous truthseeker redfox99 user_2041 Old_Timer JJ mr.brown Zed DaveB".split()
_SITES = "Daily Courier|The Harbour Post|Newsline24|Eastern Times|city-herald.example".split("|")
_MONTHS = "January February March April May June July August September October November December".split()
_TOWNS = "London|Leeds|Austin, United States|Perth|Oslo|New York".split("|")

_HEADERS = (
    ("{name}", "{date}"),
    ("{name}", "{date} {time}"),
    ("{name}", "{ago}"),
    ("{name} says:", "{date} at {time}"),
    ("{name} says:",),
    ("{name} {date} {time}",),
    ("{name} {date} at {time}",),
    ("{name} ({full}) {date} {time}",),
    ("{k}. {name} Offline {name}", "{name} ({full}) {date} {time}"),
    ("{k}. {name} ({full}) {date} {time}",),
    ("{name} • {ago}",),
    ("{name} · {ago}",),
    ("{name} - {ago}",),
    ("{name} {ago}",),
    ("{name} {ago} Edited",),
    ("Posted by {name} on {date}",),
    ("Posted by: {name} | {date} at {time}",),
    ("{name} wrote:", "{date}, {time}"),
    ("{name} on {date} at {time}",),
    ("Comment by {name} — {date} @ {time}",),
    ("{name}, {town}, {ago}",),
    ("{name} | {town}", "{ago}"),
    ("@{name} {short}",),
    ("@{name} · {short}",),
    ("#{k} {name} {date}",),
    ("#{k}", "{name}", "{date} {time}"),
    ("{date} {time}", "{name}"),
    ("{name} | {date} at {time} | Reply",),
    ("{name} > {other} • {ago}",),
    ("{name} → {other}", "{ago}"),
    ("{name} replying to {other}", "{ago}"),
    ("Avatar", "{name}", "{ago}"),
    ("{name}", "{date}", "{time}"),
    ("{name} — {date}",),
    ("{name}",),
)
_TRAILERS = (
    (),
    (),
    ("Reply",),
    ("REPLY",),
    ("Like", "Reply"),
    ("Reply", "Report"),
    ("Like Reply",),
    ("Like · Reply · {k}",),
    ("Reply Share ›",),
    ("{k} {k} Reply",),
    ("{k}", "{k}", "Reply"),
    ("{k} likes", "Reply", "Report"),
    ("Recommend ({k})", "Reply", "Share"),
    ("Report comment",),
    ("Up vote {k} Down vote {k}",),
    ("Reply to {name}",),
    ("▲ {k} ▼ Reply",),
    ("+{k}",),
    ("Share", "Report"),
    ("View {k} replies",),
    ("Show more replies",),
    ("Quote", "Reply"),
)
_REMOVED = (
    "This comment has been removed.",
    "This comment was deleted.",
    "[deleted]",
    "{k}. The comment was deleted.",
    "Comment deleted by user",
    "This comment violated our policy.",
    "Comment removed by a moderator",
    "This user is blocked.",
)
_OPENERS = (
    "Comments",
    "{k} Comments",
    "COMMENTS ({k})",
    "Comments ({k})",
    "{k} comments",
    "{k} Responses",
    "{k} thoughts on “The story so far”",
    "Join the discussion",
    "Reader comments",
    "Discussion",
    "Latest comments",
    "Show comments",
    "Sort by: Newest",
    "Log in to leave a comment",
    "",
)


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randrange(12), rng.randint(2015, 2025)
    name = _MONTHS[month]
    return rng.choice(
        (
            f"{day} {name} {year}",
            f"{name} {day}, {year}",
            f"{name[:3]} {day}, {year}",
            f"{day} {name[:3]} {year}",
            f"{year}-{month + 1:02}-{day:02}",
            f"{day:02}.{month + 1:02}.{year}",
            f"{day:02}/{month + 1:02}/{year}",
            f"{rng.choice(('Mon', 'Tuesday', 'Fri'))}, {name} {day}, {year}",
        )
    )


def _time(rng: random.Random) -> str:
    hour, minute = rng.randint(0, 23), rng.randint(0, 59)
    half = rng.choice(("am", "pm", " AM", " PM", " a.m.", " p.m."))
    return rng.choice(
        (f"{hour:02}:{minute:02}", f"{hour}: {minute:02}", f"{hour % 12 + 1}:{minute:02}{half}")
    )


def _ago(rng: random.Random) -> str:
    unit = rng.choice(("minute", "hour", "day", "week", "month", "year"))
    n = rng.randint(2, 20)
    return rng.choice((f"{n} {unit}s ago", f"{n} {unit}s ago", f"a {unit} ago", f"{n}{unit[0]} ago"))


def _person(rng: random.Random) -> str:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return rng.choice((f"{first} {last}", f"{first} {last}", f"{first[0]}. {last}", first))


def _nick(rng: random.Random) -> str:
    return rng.choice((rng.choice(_HANDLES), _person(rng), rng.choice(_FIRST).lower() + "_k"))


def filled(template: str, rng: random.Random) -> str:
    """A template with its fields filled by chance."""
    if "{" not in template:
        return template
    makers: dict[str, Callable[[random.Random], str]] = {
        "n": lambda r: str(r.randint(2, 300)),
        "k": lambda r: str(r.randint(1, 40)),
        "p": lambda r: r.choice("$€£") + str(r.choice((2, 3, 5, 10, 25, 50))),
        "d": _date,
        "date": _date,
        "t": _time,
        "time": _time,
        "a": _ago,
        "ago": _ago,
        "short": lambda r: f"{r.randint(1, 23)}{r.choice('mhdw')}",
        "N": _person,
        "full": _person,
        "name": _nick,
        "other": _nick,
        "H": lambda r: r.choice(_SITES),
        "town": lambda r: r.choice(_TOWNS),
    }
    for name, make in makers.items():
        while f"{{{name}}}" in template:
            template = template.replace(f"{{{name}}}", make(rng), 1)
    return template


def common_lines(path: Path) -> dict[str, list[str]]:
    """Lines that pages of all sorts carry, by region."""
    found: dict[str, list[str]] = {}
    for raw in path.read_text(encoding="utf-8").splitlines():
        region, _, line = raw.partition(": ")
        if line and not raw.startswith("#"):
            found.setdefault(region, []).append(line)
    return found


def parts(page: Page) -> tuple[Page, Page, Page, Page]:
    """Head (before the headline), story, foot, comments (all from the first to the last)."""
    regions = [row.region for row in page]
    head = regions.index("headline") if "headline" in regions else 0
    inside = [i for i, region in enumerate(regions) if region in ("body", "subhead", "headline")]
    last = max(inside, default=len(page) - 1)
    talk = [i for i, region in enumerate(regions) if region in COMMENTS]
    if not talk:
        return page[:head], page[head : last + 1], page[last + 1 :], []
    return (
        page[:head],
        page[head : last + 1],
        page[last + 1 : talk[0]] + page[talk[-1] + 1 :],
        page[talk[0] : talk[-1] + 1],
    )


def rewritten_comments(talk: Page, rng: random.Random) -> Page:
    """The same comments under headers and buttons of another site."""
    header, trailer = rng.choice(_HEADERS), rng.choice(_TRAILERS)
    gap = rng.choice((0, 0, 1))
    found: Page = []
    opener = filled(rng.choice(_OPENERS), rng)
    if opener:
        found.append(Row(opener, 1, "furniture"))
    for is_comment, rows in groupby(talk, key=lambda row: row.region == "comment"):
        if not is_comment:
            continue
        name = _nick(rng)
        found += [
            Row(filled(line.replace("{name}", name), rng), gap if not i else 0, "comment_meta")
            for i, line in enumerate(header)
        ]
        found += rows
        found += [Row(filled(line, rng), 0, "comment_meta") for line in trailer]
        if rng.random() < 0.08:
            found.append(Row(filled(rng.choice(_REMOVED), rng), gap, "comment_meta"))
    return found


def _exchanged(page: Page, common: dict[str, list[str]], rng: random.Random) -> Page:
    """Some lines exchanged for, or followed by, common ones of the same region."""
    share = rng.choice((0.0, 0.1, 0.3, 0.5))
    found: Page = []
    for row in page:
        choice = common.get(row.region)
        short = len(row.text) < (150 if row.region in ("caption", "appeal") else 60)
        if choice and short and rng.random() < share:
            found.append(replace(row, text=filled(rng.choice(choice), rng)))
        else:
            found.append(row)
        if choice and row.region in ("furniture", "appeal") and rng.random() < share * 0.4:
            found.append(Row(filled(rng.choice(choice), rng), 0, row.region))
    return found


_DROPPED = {
    "caption": 0.15,
    "related": 0.15,
    "standfirst": 0.25,
    "byline": 0.15,
    "subhead": 0.25,
    "headline": 0.04,
    "appeal": 0.15,
}


def _thinned(page: Page, rng: random.Random) -> Page:
    for region, share in _DROPPED.items():
        if rng.random() < share:
            page = [row for row in page if row.region != region]
    if rng.random() < 0.15:
        page = [row for row in page if row.region in COMMENTS or rng.random() > 0.1]
    return page


def _spaced(page: Page, rng: random.Random) -> Page:
    style = rng.random()
    if style < 0.2:
        return [replace(row, blank=0) for row in page]
    if style < 0.5:
        return [replace(row, blank=1) for row in page]
    if style < 0.6:
        big = ("body", "headline", "appeal", "standfirst")
        return [replace(row, blank=1) if row.region in big else row for row in page]
    if style < 0.7:
        return [replace(row, blank=int(rng.random() < 0.4)) for row in page]
    return page


def _shortened(rows: Page, rng: random.Random) -> Page:
    """Whole, cut somewhere, or not there: scrapers keep more or less of a page's frame."""
    fate = rng.random()
    if fate < 0.3:
        return []
    return rows[: rng.randint(0, len(rows))] if fate < 0.5 else rows


def variant(page: Page, others: Sequence[Page], common: dict[str, list[str]], rng: random.Random) -> Page:
    """One variant of a page.

    Parameters
    ----------
    page : list of Row
        The page.
    others : sequence of list of Row
        Pages whose heads, feet and comments may be grafted on.
    common : dict of str to list of str
        Lines to mix in, by region.
    rng : random.Random
        Decides everything.
    """
    head, story, foot, talk = parts(page)
    if rng.random() < 0.15:
        story = story[: rng.randint(2, 8)]
    if rng.random() < 0.5:
        head = parts(rng.choice(others))[0]
    head = _shortened(head[::-1], rng)[::-1]
    if rng.random() < 0.4:
        foot = parts(rng.choice(others))[2]
    foot = _shortened(foot, rng)
    if rng.random() < 0.6:
        with_talk = [found for other in others if (found := parts(other)[3])]
        talk = rng.choice(with_talk) if with_talk else talk
        start = rng.randrange(max(1, len(talk) - 6))
        talk = talk[start : start + rng.randint(5, 60)]
    if rng.random() < 0.35:
        talk = []
    if talk and rng.random() < 0.75:
        talk = rewritten_comments(talk, rng)
    before = rng.choice((0, len(foot), rng.randint(0, len(foot))))
    whole = [*head, *story, *foot[:before], *talk, *foot[before:]]
    fate = rng.random()
    if fate < 0.03 and talk:
        whole = talk
    elif fate < 0.05:
        whole = [*head, *foot]
    return _spaced(_thinned(_exchanged(whole, common, rng), rng), rng) or page
