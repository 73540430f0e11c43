"""Whether the compiled twins of this room's slowest loops are there; without them the plain ones serve."""

try:
    from framing.pages import native, native_units
except ImportError:
    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "native", "native_units"]
