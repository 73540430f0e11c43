"""LABELS tables: reading and merging them, the current answers, gold, and label stats."""

from framing.labels.gold import Gold, gold_of
from framing.labels.read import current_answers, read_labels
from framing.labels.stats import Stats, label_stats

__all__ = ["Gold", "Stats", "current_answers", "gold_of", "label_stats", "read_labels"]
