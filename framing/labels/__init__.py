"""LABELS tables: reading and merging them, the current answers, gold, and label stats."""

from framing.labels.gate import Gate
from framing.labels.gold import Gold, Method, gold_of
from framing.labels.read import current_answers, read_labels
from framing.labels.stats import Stats, label_stats

__all__ = ["Gate", "Gold", "Method", "Stats", "current_answers", "gold_of", "label_stats", "read_labels"]
