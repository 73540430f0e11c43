"""What an outlet prints on every page does not make one matter of its pages."""

from framing.findings.boilerplate import Boilerplate
from framing.steps.stories.taken import taking

TRUST = [
    "The Gannet is owned by the Ferrow Trust, and has been printed in Ashmouth since the year of the flood.",
    "Our reporters are trained by the Ferrow School of Journalism and have signed the Ashmouth code.",
    "If you want to complain about an article, write to the readers' editor of the Gannet, Ferrow Street.",
]
EVENTS = {
    "dam": "A crack in the Orrel dam worries the engineers of the water company above the valley of the Wend.",
    "loaf": "Bakers in Averland raise the price of a standard loaf by a quarter because flour is dear.",
    "wolf": "A wolf was sighted near a primary school in Hallemar and watched the bus go by the fence.",
    "tram": "The driverless tram of Corvale stopped on the bridge and would not open its doors to anybody.",
}


def pages(furniture: dict[str, list[str]]) -> list[tuple[str, str, list[str]]]:
    found = []
    for outlet, more in furniture.items():
        found += [(f"{outlet} {name}", outlet, [text, *more]) for name, text in EVENTS.items()]
    return found


def grouped(given: list[tuple[str, str, list[str]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Story and copy of each page, by name."""
    with taking(None) as taken:
        for name, outlet, lines in given:
            known = {"article_id": name, "source": name, "outlet": outlet, "published": "", "story": ""}
            taken.write(known | {"title": "", "region": "body", "text": line} for line in lines)
        found = taken.grouping()
        names = list(taken.numbers)
    return dict(zip(names, found.story, strict=True)), dict(zip(names, found.copy_of, strict=True))


def test_what_an_outlet_prints_on_every_page_makes_no_story_and_no_copy_of_it():
    story, copy_of = grouped(pages({"Gannet": TRUST}))
    assert len(set(story.values())) == len(EVENTS)
    assert not any(copy_of.values())


def test_the_same_lines_in_one_page_alone_are_part_of_it():
    boilerplate = Boilerplate()
    boilerplate.add("Gannet", TRUST)
    boilerplate.add("Gannet", TRUST)
    assert boilerplate.told("Gannet", TRUST) == [True] * 3


def test_what_another_outlet_prints_counts_for_itself():
    boilerplate = Boilerplate()
    for outlet in ("Gannet", "Pelter"):
        for text in EVENTS.values():
            boilerplate.add(outlet, [text, TRUST[0]] if outlet == "Gannet" else [text])
    assert boilerplate.told("Gannet", ["A report.", TRUST[0]]) == [True, False]
    assert boilerplate.told("Pelter", ["A report.", TRUST[0]]) == [True, True]


def test_several_copies_in_one_outlet_keep_their_text_and_stay_copies():
    report = [EVENTS["dam"], *TRUST]
    given = [(f"Gannet {n}", "Gannet", report) for n in range(4)] + pages({"Pelter": []})
    story, copy_of = grouped(given)
    assert len({story[f"Gannet {n}"] for n in range(4)}) == 1
    assert sum(map(bool, copy_of.values())) >= 3


def test_a_line_is_counted_whatever_part_of_the_hashes_it_lies_in(monkeypatch):
    monkeypatch.setattr("framing.findings.boilerplate._COUNTED", 4)
    boilerplate = Boilerplate()
    for number in range(40):
        boilerplate.add("Gannet", [f"Report number {number}.", *TRUST])
    assert boilerplate.told("Gannet", ["Report number 7.", *TRUST]) == [True, False, False, False]
