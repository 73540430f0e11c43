"""Article to units: the page's lines and their regions, then sentences with exact offsets."""

from framing.pages.languages import Languages
from framing.pages.units import UnitSize, split_article, split_articles

__all__ = ["Languages", "UnitSize", "split_article", "split_articles"]
