"""HTML pages to lines of text, each with the region that the page's own structure tells."""

from framing.articles.html.page import HTML_LIMIT, Page, read_page

__all__ = ["HTML_LIMIT", "Page", "read_page"]
