"""Files to articles: what to read, in which encoding, and who each article is."""

from framing.articles.presplit import read_units
from framing.articles.read import read_articles

__all__ = ["read_articles", "read_units"]
