"""Labels made elsewhere to rows of a LABELS table, each row that can't be used with its reason."""

from framing.labels.imports.rows import Imported, Order, imported

__all__ = ["Imported", "Order", "imported"]
