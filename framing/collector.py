"""Work without the search for cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause Python's search for objects that hold each other.

    It looks at everything that is alive each time that some hundred objects more are. Work on a
    batch makes tens of thousands that stay to its end and hold no one another: up to a fifth of the
    time goes into looking at them. What does hold each other is found once the work is done.

    Examples
    --------
    >>> with collector_paused():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
