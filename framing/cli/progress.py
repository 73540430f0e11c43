"""A bar for work that takes its time: how far, how fast, how long still."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from framing.cli.output import beneath
from framing.plural import counted

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from framing.steps.score import Progress

#: Work that ends before so many seconds shows no bar.
PATIENCE = 1.0


@contextmanager
def bar(what: str) -> Iterator[Callable[["Progress"], None] | None]:
    """Show progress on stderr: on a terminal only, and only once it has taken over a second."""
    if not sys.stderr.isatty():
        yield None
        return
    shown = _Shown(what)
    try:
        yield shown.tick
    finally:
        shown.stop()


class _Shown:
    def __init__(self, what: str) -> None:
        self._what, self._begun = what, time.monotonic()
        self._bar: Bar | None = None

    def tick(self, now: "Progress") -> None:
        if self._bar is None and time.monotonic() - self._begun > PATIENCE:
            self._bar = _bar(known=now.total > 0)
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=now.total or None, counted="")
            # What an earlier run has done is no sign of how fast this one is.
            self._bar.update(self._task, completed=now.taken)
        if self._bar:
            self._bar.update(self._task, completed=now.taken, counted=counted(now.articles, "article", ","))

    def stop(self) -> None:
        if self._bar:
            self._bar.stop()


def _bar(*, known: bool) -> "Bar":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    ends = [BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()]
    columns = ends if known else [TimeElapsedColumn(), TransferSpeedColumn()]
    text = TextColumn("{task.fields[counted]}")
    return Progress(
        TextColumn("{task.description}"),
        *columns,
        text,
        console=Console(file=beneath(sys.stderr)),
        transient=True,
    )
