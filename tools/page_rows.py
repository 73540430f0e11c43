"""Lines of pages with their regions, and templates of lines filled by chance."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


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


def nick(rng: random.Random) -> str:
    """What a commenter calls himself."""
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
        "name": nick,
        "other": nick,
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
