"""Every error that a user can meet, in one tree.

::

    FramingError                    exit code 1
    ├── InputError                  an article, table or stream that can't be read
    ├── TableError                  a LABELS, GOLD or SCORES table that breaks its contract
    ├── CodebookError               config/codebook.yaml, with every fault and its line
    ├── SettingsError               config/settings.yaml or the environment
    ├── WorkspaceError              no workspace, or one that is in the way
    ├── TrainingError               labels from which nothing can be learnt
    ├── ModelError                  a model folder that is damaged or does not fit
    ├── TrustError                  an address that no key may go to
    ├── StudioError                 the embedded Label Studio
    └── ServerError                 a Label Studio server that answered with an error
        ├── ServerUnreachable       … that did not answer
        ├── NotLabelStudio          … that is something else, or stands behind it
        ├── ServerBusy              … that asks to come later
        ├── BodyTooLarge            … that takes no request of this size
        └── SignInError             … that refused the token

Each carries a message (where, what was found, what was expected) and a hint (what to do next).
"""

from collections.abc import Sequence
from functools import partial
from typing import Any


class FramingError(Exception):
    """An expected failure, told in a message and a hint.

    Parameters
    ----------
    message : str
        Where it happened, what was found and what was expected, on one line.
    hint : str
        What the user can do next, on one line.
    faults : sequence of str
        The single faults, where one message stands for several.

    Examples
    --------
    >>> error = FramingError("no such file: a.txt", hint="check the path")
    >>> str(error), error.hint
    ('no such file: a.txt', 'check the path')
    """

    def __init__(self, message: str, *, hint: str, faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[Any, ...]:
        # Without it an error could not come back from another process.
        return partial(type(self), hint=self.hint, faults=self.faults), (self.message,)


class InputError(FramingError):
    """An article, table or stream that can't be read."""


class TableError(FramingError):
    """A LABELS, GOLD or SCORES table that breaks its contract."""


class CodebookError(FramingError):
    """A codebook that can't be used; `faults` names each fault with its line."""


class SettingsError(FramingError):
    """Settings or environment variables that can't be used."""


class WorkspaceError(FramingError):
    """A workspace that is missing, incomplete, or in the way."""


class TrainingError(FramingError):
    """Labels from which no model can be learnt."""


class ModelError(FramingError):
    """A model that is damaged, missing, or made for another codebook."""


class TrustError(FramingError):
    """An address that no key of the environment may go to, or not yet."""


class StudioError(FramingError):
    """The embedded Label Studio can't be installed, started or stopped."""


class ServerError(FramingError):
    """A Label Studio server answered with an error."""


class NotThere(ServerError):  # noqa: N818 - reads as what it is
    """A Label Studio server does not have what was asked for."""


class ServerUnreachable(ServerError):  # noqa: N818 - reads as what it is
    """No Label Studio server answered.

    Parameters
    ----------
    message, hint, faults
        As for `FramingError`.
    step : {"name", "connect", "TLS", "HTTP"}
        How far a request came.
    """

    def __init__(self, message: str, *, hint: str, faults: Sequence[str] = (), step: str = "connect") -> None:
        super().__init__(message, hint=hint, faults=faults)
        self.step = step

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), hint=self.hint, faults=self.faults, step=self.step), (self.message,)


class NotLabelStudio(ServerError):  # noqa: N818 - reads as what it is
    """What answered was no Label Studio, or something that stands before it."""


class ServerBusy(ServerError):  # noqa: N818 - reads as what it is
    """A server, or a proxy before it, asks to come later; it did not act.

    Parameters
    ----------
    message, hint, faults
        As for `FramingError`.
    retry_after : float, optional
        Seconds that it asks to wait.
    """

    def __init__(
        self, message: str, *, hint: str, faults: Sequence[str] = (), retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, faults=faults)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        made = partial(type(self), hint=self.hint, faults=self.faults, retry_after=self.retry_after)
        return made, (self.message,)


class BodyTooLarge(ServerError):  # noqa: N818 - reads as what it is
    """A proxy takes no request of this size; nothing was passed on."""


class SignInError(ServerError):
    """A Label Studio server refused the token."""
