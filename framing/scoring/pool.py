"""Batches on several processes, results in the order of the batches."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice

from framing.articles.read import Record
from framing.errors import FramingError
from framing.records import Unusable
from framing.scoring.feed import Batch, Item
from framing.scoring.work import Order, Outcome, work

#: So many batches are done in this process; other ones are started only if there are more.
FEW = 12
#: Batches under way for each process.
_AHEAD = 3
#: If so many items seem to kill whoever works on them, it is not the items.
_MOST_DEATHS = 10

Result = tuple[Batch, list[Outcome]]


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def results(order: Order, batches: Iterable[Batch], jobs: int) -> Generator[Result, None, None]:
    """Work on batches with so many processes; few batches are done in this one.

    Yields
    ------
    (Batch, list of Outcome)
        In the order of the batches; the same whatever `jobs` is. An item of which processes die
        is unusable.

    Raises
    ------
    FramingError
        If processes die of whatever they get.
    """
    rest = iter(batches)
    first = list(islice(rest, FEW)) if jobs > 1 else []
    if len(first) < FEW:
        for batch in chain(first, rest):
            yield batch, work(order, batch.items)
        return
    yield from Crew(order, jobs, lambda: _processes(jobs)).results(chain(first, rest))


@dataclass
class Crew:
    """Whoever works on batches; one that dies costs no more than its batch's time.

    Attributes
    ----------
    order : Order
    jobs : int
    start : callable
        Gives an executor.
    deaths : tuple of exception types
        What it raises when a worker dies.
    """

    order: Order
    jobs: int
    start: Callable[[], Executor]
    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    _killers: int = 0
    _waiting: "deque[tuple[Batch, Future[list[Outcome]]]]" = field(default_factory=deque)

    def results(self, batches: Iterable[Batch]) -> Iterator[Result]:
        """Work on batches, in their order."""
        self._executor = self.start()
        try:
            for batch in batches:
                self._waiting.append((batch, self._submit(batch.items)))
                if len(self._waiting) >= _AHEAD * self.jobs:
                    yield from self._next()
            while self._waiting:
                yield from self._next()
        finally:
            for _, future in self._waiting:
                future.cancel()
            self._executor.shutdown(wait=True)

    def _next(self) -> Iterator[Result]:
        """Give the first result; after a death those of all batches under way, done one at a time."""
        batch, future = self._waiting.popleft()
        try:
            yield batch, future.result()
            return
        except self.deaths:
            pass
        held = [batch, *(other for other, _ in self._waiting)]
        self._waiting.clear()
        self._restart()
        for one in held:
            yield one, self._alone(one.items)

    def _alone(self, items: Sequence[Item]) -> list[Outcome]:
        try:
            return self._submit(items).result()
        except self.deaths:
            self._restart()
        if len(items) > 1:
            return [outcome for item in items for outcome in self._alone([item])]
        self._killers += 1
        if self._killers >= _MOST_DEATHS:
            raise FramingError(
                f"the processes that score die again and again, last at {_where(items[0])}",
                hint="give them more memory or use fewer: --jobs 1; the same command goes on where it was",
            )
        return [Unusable(_where(items[0]), "the process that worked on it died (out of memory?)")]

    def _restart(self) -> None:
        self._executor.shutdown(wait=True)
        self._executor = self.start()

    def _submit(self, items: Sequence[Item]) -> "Future[list[Outcome]]":
        with _undisturbed():
            try:
                return self._executor.submit(work, self.order, items)
            except self.deaths as error:
                failed: Future[list[Outcome]] = Future()
                failed.set_exception(error)
                return failed


def _where(item: Item) -> str:
    if isinstance(item, list):
        return item[0].source
    return item.where if isinstance(item, Record | Unusable) else ""


def _processes(jobs: int) -> Executor:
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin)


def _begin() -> None:
    """In a new process: leave Ctrl-C to the one that started it, and end when that one has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back while a process may be started, which inherits that for its first moments."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
