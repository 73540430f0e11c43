"""The model that is served; one that was trained again takes its place between two requests."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from framing.classifier import Model
from framing.errors import FramingError
from framing.serving.guard import Refusal

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Signature = tuple[tuple[int, int, int] | None, ...]
_WATCHED = ("model.json", "weights.npz")
_BATCH, _CHARACTERS = 500, 200_000


class Loaded:
    """A model in memory; a request works with one from its beginning to its end.

    Parameters
    ----------
    model : Model
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._lock = threading.Lock()

    def in_batches(
        self,
        work: Callable[[Model, Sequence[_Item]], _Result],
        items: Iterable[tuple[str, _Item]],
        deadline: float,
    ) -> Iterator[_Result]:
        """Let the model work on some items at a time, so that requests take turns.

        Parameters
        ----------
        work : callable
            Takes the model and some items.
        items : iterable of (str, item)
            Each with its text.
        deadline : float
            Of `time.monotonic`.

        Raises
        ------
        Refusal
            503 at the deadline.
        """
        for batch in _batches(items):
            check_deadline(deadline)
            # The model learns what it has met of words, so that only one thread may use it.
            with self._lock:
                result = work(self.model, batch)
            yield result


def _batches(items: Iterable[tuple[str, _Item]]) -> Iterator[list[_Item]]:
    held: list[_Item] = []
    size = 0
    for text, item in items:
        if held and (len(held) == _BATCH or size + len(text) > _CHARACTERS):
            yield held
            held, size = [], 0
        held.append(item)
        size += len(text)
    if held:
        yield held


def check_deadline(deadline: float) -> None:
    """Stop work that has taken too long.

    Raises
    ------
    Refusal
        503.
    """
    if time.monotonic() > deadline:
        raise Refusal(503, "it took too long", "send less at a time", {"Retry-After": "5"})


class CurrentModel:
    """Holds the model and watches its folder.

    Parameters
    ----------
    folder : callable
        Tells where the model lies now: the study's default can change from the shipped model to
        one of its own.
    load : callable
        Loads and checks it.
    say : callable
        Takes a line when another model is taken over or can't be.

    Raises
    ------
    ModelError
        If there is no model to begin with.
    """

    def __init__(
        self, folder: Callable[[], Path], load: Callable[[], Model], say: Callable[[str], None]
    ) -> None:
        self._folder, self._load, self._say = folder, load, say
        self._seen = self._signature()
        self.loaded = self._ready()

    @property
    def id(self) -> str:
        """``name@hash`` of the model."""
        return self.loaded.model.id

    def refresh(self) -> bool:
        """Take over what lies in the folder if it has changed; the old model stays if it can't be used.

        Returns
        -------
        bool
            Whether there is another model now.
        """
        try:
            found = self._signature()
            if found == self._seen:
                return False
            self._seen = found
            fresh = self._ready()
        except FramingError as error:
            self._say(f"{self.id} stays: {error.message}")
            return False
        changed = fresh.model.id != self.id
        if changed:
            self._say(f"{fresh.model.id} takes the place of {self.id}")
            self.loaded = fresh
        return changed

    def _ready(self) -> Loaded:
        """Load the model and use it once, so that the first request does not wait for tables."""
        model = self._load()
        model.predict_proba(["It rained."])
        return Loaded(model)

    def _signature(self) -> _Signature:
        folder = self._folder()
        return tuple(_stamp(folder / name) for name in _WATCHED)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
