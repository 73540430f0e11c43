"""Lines with regions to units."""

from framing.pages import split_article, split_articles
from framing.pages.lines import lines_of
from framing.records import Article

PAGE = (
    "Rain ahead for Arle\n\n"
    "  It will rain in Arle all day and all night, forecasters said on Monday morning. Stay in.\r\n\r\n"
    "It may stop on Tuesday, they added, but the wind will not, and nobody knows why. It is cold."
)


def test_each_unit_size_gives_its_units() -> None:
    article = Article(source="a.txt", text=PAGE, outlet="Arle Courier", story="rain")
    by_size = {
        size: [unit.text for unit in split_article(article, unit=size)]
        for size in ("sentence", "paragraph", "article")
    }
    assert [text[-8:] for text in by_size["sentence"]] == [
        "for Arle",
        "morning.",
        "Stay in.",
        "ows why.",
        "is cold.",
    ]
    assert by_size["paragraph"] == [line.strip() for line in PAGE.splitlines() if line.strip()]
    assert by_size["article"] == [PAGE]
    assert list(split_article(Article(source="a.txt", text=" \n"), unit="article")) == []


def test_units_carry_what_is_known_of_the_article() -> None:
    unit = list(split_article(Article(source="a.txt", text=PAGE, outlet="Arle Courier", story="rain")))[2]
    assert (unit.outlet, unit.story, unit.paragraph, unit.position) == ("Arle Courier", "rain", 2, 2)


def test_lines_know_their_place() -> None:
    first, second = lines_of("\n a \n\n\nb")
    assert (first.number, first.start, first.indent, first.blank_before, first.blank_after) == (1, 2, 1, 1, 2)
    assert (second.number, second.text, second.blank_before, second.blank_after) == (4, "b", 2, 1)


def test_headlines_and_links_stay_whole_and_furniture_is_split_into_sentences() -> None:
    title = "He laughed at the rain. Now it is here"
    story = "The rain reached the town of Arle on Monday, and forecasters said that it would stay for a week."
    page = f"{title}\n\n{story}\n\n© 2024 Arle Courier. All rights reserved."
    texts = [unit.text for unit in split_article(Article(source="a.txt", text=page, title=title))]
    assert texts == [title, story, "© 2024 Arle Courier.", "All rights reserved."]


def test_many_pages_at_once_give_the_units_of_each_alone() -> None:
    """Pages of all lengths side by side: nothing of one may tell on another."""
    talk = "Bo 3 hours ago\nWell said.\nReply\nAnn 2 hours ago\nNot at all"
    texts = [
        PAGE,
        "",
        talk,
        f"{PAGE}\n\n{talk}",
        "Home | News | Sport",
        " \n",
        PAGE * 3,
        "© 2024 Arle Courier",
    ]
    articles = [Article(source=f"{i}.txt", text=text) for i, text in enumerate(texts)]
    together = list(split_articles(iter(articles)))
    assert [article for article, _ in together] == articles
    assert [units for _, units in together] == [list(split_article(article)) for article in articles]
    assert [len(units) for _, units in split_articles(articles, unit="article")] == [1, 0, 1, 1, 1, 0, 1, 1]


def test_a_title_counts_on_its_own_page_only() -> None:
    page = f"Arle today\nA crane, a channel\nOn the water\n\n{PAGE}"
    titles = ("", "A crane, a channel", "On the water")
    articles = [
        Article(source=f"{i}.txt", text=text, title=title)
        for i, (title, text) in enumerate(zip(titles, ("\n", page, page), strict=True))
    ]
    headlines = [
        [unit.text for unit in units if unit.region == "headline"] for _, units in split_articles(articles)
    ]
    assert headlines[0] == []
    assert titles[1] in headlines[1]
    assert titles[2] in headlines[2]
