"""HTML pages: what the structure tells about each line, and that nothing visible is lost."""

import json
import re

import pytest

from framing.articles import read_articles
from framing.articles.html import Page, read_page
from framing.articles.html.dates import iso_date, printed_time
from framing.articles.streams import UnreadableError
from framing.pages import split_article
from framing.records import Article

PARAGRAPHS = (
    "The gate above the harbour was shut on Monday evening, and nobody could say when it would open.",
    "A clerk of the port said that the keys had been taken to the county town for safe keeping.",
    "Boats lay at anchor outside all night, and two of them turned back to the islands at dawn.",
    "The harbour board will meet on Thursday, when the matter of the keys stands first on its list.",
)
PAGE = f"""\
<!doctype html><html lang="en"><head>
<title>Gate shut at harbour | The Quay</title>
<meta property="og:site_name" content="The Quay">
<link rel="canonical" href="https://quay.example/gate">
<script type="application/ld+json">{{"@graph": [{{"@type": "NewsArticle",
 "headline": "Gate shut at harbour", "author": [{{"name": "Ada Reef"}}],
 "datePublished": "2024-05-06T18:30:00+01:00"}}]}}</script>
</head><body class="single has-sidebar comments-open">
<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></nav>
<div class="cookie-banner"><p>We use cookies.</p><button>Accept</button></div>
<article><header><h1>Gate shut at harbour</h1>
<p class="standfirst">Nobody knows where the keys are.</p>
<p class="byline">By <a rel="author" href="/a">Ada Reef</a>,
<time datetime="2024-05-06">6 May 2024</time></p>
</header>
<figure><img src="g.jpg"><figcaption>The gate on Tuesday. Photo: L. Mole</figcaption></figure>
<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>
<aside class="related-stories"><a href="/x">Read more: the long history of the harbour gate</a></aside>
<h2>What the board says</h2><p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]}</p>
<div class="newsletter-signup">
<p>Sign up for our letter and support local reporting.</p><button>Send</button></div>
</article>
<section id="comments"><h3>2 comments</h3><ol class="comment-list">
<li id="comment-1" class="comment"><div class="comment-author">
<cite class="fn">Moll</cite> <span>says:</span></div>
<time datetime="2024-05-06T19:02">6 May, 19:02</time>
<div class="comment-content"><p>Try under the mat.</p></div>
<a class="comment-reply-link" href="#r">Reply</a>
<ul class="children"><li id="comment-2" class="comment"><b class="fn">Tam</b>
<span class="date">7 May 2024</span>
<p>There is no mat. I looked.</p></li></ul></li></ol>
<form id="respond"><label>Your comment</label><textarea></textarea><button>Post</button></form></section>
<footer>Copyright The Quay</footer></body></html>"""


def regions(page: Page) -> dict[str, str]:
    lines = page.text.splitlines()
    return {lines[mark.line]: mark.region for mark in page.marks}


@pytest.mark.parametrize("fast", [False, True])
def test_each_line_gets_the_region_that_its_markup_tells(fast):
    found = regions(read_page(PAGE, fast=fast))
    assert found == {
        "Home": "furniture",
        "News": "furniture",
        "We use cookies.": "furniture",
        "Accept": "furniture",
        "Gate shut at harbour": "headline",
        "Nobody knows where the keys are.": "standfirst",
        "By Ada Reef, 6 May 2024": "byline",
        "The gate on Tuesday. Photo: L. Mole": "caption",
        **dict.fromkeys(PARAGRAPHS, "body"),
        "Read more: the long history of the harbour gate": "related",
        "What the board says": "subhead",
        "Sign up for our letter and support local reporting.": "appeal",
        "Send": "furniture",
        "2 comments": "furniture",
        "Moll says:": "comment_meta",
        "6 May, 19:02": "comment_meta",
        "Try under the mat.": "comment",
        "Reply": "comment_meta",
        "Tam 7 May 2024": "comment_meta",
        "There is no mat. I looked.": "comment",
        "Your comment": "furniture",
        "Post": "furniture",
        "Copyright The Quay": "furniture",
    }


def test_comments_have_author_time_and_depth():
    page = read_page(PAGE)
    told = {
        page.text.splitlines()[mark.line]: (mark.comment_author, mark.comment_time, mark.reply_depth)
        for mark in page.marks
        if mark.region == "comment"
    }
    assert told == {
        "Try under the mat.": ("Moll", "2024-05-06T19:02", 0),
        "There is no mat. I looked.": ("Tam", "2024-05-07", 1),
    }


def test_the_page_tells_title_outlet_author_date_and_url(tmp_path):
    (tmp_path / "gate.html").write_text(PAGE, encoding="utf-8")
    (article,) = read_articles([tmp_path / "gate.html"])
    assert isinstance(article, Article)
    assert (article.source, article.title, article.outlet) == (
        "gate.html",
        "Gate shut at harbour",
        "The Quay",
    )
    assert (article.author, article.published) == ("Ada Reef", "2024-05-06T18:30:00+01:00")
    assert article.url == "https://quay.example/gate"


def test_what_a_side_file_tells_comes_first(tmp_path):
    (tmp_path / "gate.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "metadata.csv").write_text("file,author,outlet\ngate.html,A. Reef,\n", encoding="utf-8")
    (article,) = read_articles([tmp_path])
    assert isinstance(article, Article)
    assert (article.author, article.outlet) == ("A. Reef", "The Quay")


@pytest.mark.parametrize("fast", [False, True])
def test_units_take_the_marks_and_keep_every_visible_character(tmp_path, fast):
    (tmp_path / "gate.html").write_text(PAGE, encoding="utf-8")
    (article,) = read_articles([tmp_path / "gate.html"], fast=fast)
    assert isinstance(article, Article)
    units = list(split_article(article))
    assert all(article.text[unit.start : unit.end] == unit.text for unit in units)
    visible = re.sub(r"<(title|script).*?</\1>|<[^>]*>", "", PAGE, flags=re.S)
    assert "".join("".join(unit.text.split()) for unit in units) == "".join(visible.split())
    reply = next(unit for unit in units if unit.text == "There is no mat.")
    assert (reply.region, reply.comment_author, reply.reply_depth) == ("comment", "Tam", 1)


def test_html_in_a_table_is_read_as_html(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "k", "html": PAGE, "title": "Given"}), encoding="utf-8")
    (article,) = read_articles([path])
    assert isinstance(article, Article)
    assert (article.source, article.title, article.author) == ("k", "Given", "Ada Reef")
    assert PARAGRAPHS[0] in article.text


def test_ids_of_units_stay_when_a_comment_is_added(tmp_path):
    path = tmp_path / "gate.html"
    path.write_text(PAGE, encoding="utf-8")
    (before,) = read_articles([path])
    added = '<li id="comment-0" class="comment"><b class="fn">Ines</b><p>Locks rust.</p></li>'
    path.write_text(PAGE.replace('<ol class="comment-list">', f'<ol class="comment-list">{added}'), "utf-8")
    (after,) = read_articles([path])
    old, new = ({unit.unit_id for unit in split_article(item)} for item in (before, after))
    assert old < new


def test_a_role_that_would_swallow_the_article_does_not_hold():
    page = PAGE.replace("<article>", '<article class="widget sidebar related newsletter">')
    assert regions(read_page(page))[PARAGRAPHS[0]] == "body"


def test_hidden_text_is_not_on_the_page():
    page = PAGE.replace("<footer>", '<div style="display: none">Unseen menu</div><footer hidden>')
    found = read_page(page).text
    assert "Unseen menu" not in found
    assert "Copyright" not in found


@pytest.mark.parametrize("fast", [False, True])
def test_hostile_markup_is_no_danger(fast):
    deep = "<div>" * 1500 + "Deep text." + "</div>" * 1500
    assert "Deep text." in read_page(deep, fast=fast).text
    wide = "<p>" + "<b>" * 1_000 + "Wide" + "<li class='comment'>x" * 5000
    assert "Wide" in read_page(f"<html>{wide}", fast=True).text
    with pytest.raises(UnreadableError, match="nested too deep to be a page, expected at most 2,048 levels"):
        read_page("<div>" * 9000 + "Deep text.", fast=fast)


def test_a_page_without_text_is_no_article():
    with pytest.raises(UnreadableError, match="an HTML page without visible text"):
        read_page("<html><head><title>T</title></head><body><img src=x></body></html>")


def test_a_tag_with_more_attributes_than_a_parser_should_be_given_is_refused():
    tag = "<p " + " ".join(f"a{n}=1" for n in range(5001))
    with pytest.raises(UnreadableError, match=r"an HTML tag with more than 5,000 attributes"):
        read_page(f"<body>{tag}>Rain fell.</p>")
    assert read_page(f'<body><p title="{"x" * 50_000}">Rain fell.</p>').text == "Rain fell."


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-05-06T18:30:00+01:00", "2024-05-06T18:30:00+01:00"),
        ("Posted on 6 May 2024 at 6:30 pm", "2024-05-06T18:30"),
        ("May 6, 2024", "2024-05-06"),
        ("6. März 2024 um 07:05 Uhr", "2024-03-06T07:05"),
        ("06.05.2024 - 12:00", "2024-05-06T12:00"),
        ("6 de mayo de 2024", "2024-05-06"),
        ("31 February 2024", ""),
        ("5/6/2024", ""),
        ("2024-13-45", ""),
        ("no date", ""),
    ],
)
def test_dates(text, iso):
    assert iso_date(text) == iso


@pytest.mark.parametrize(
    ("text", "time"), [("Jo, 3 hours ago", "3 hours ago"), ("5/6/2024 9am", "5/6/2024"), ("Jo", "")]
)
def test_times_that_are_no_dates_stay_as_printed(text, time):
    assert printed_time(text) == time
