"""Waiting for a server that says that it is busy."""

import time
from email.utils import parsedate_to_datetime

import httpx

#: What proxies and servers answer that did not act: too many requests, or busy.
BUSY = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})
_FIRST = 0.5
_LONGEST = 15.0
#: Seconds in all without being asked to wait, and where the server says how long.
_UNASKED, _ASKED = 60.0, 300.0


class Patience:
    """Pauses that grow until there were enough of them.

    Examples
    --------
    >>> patience = Patience()
    >>> patience.wait(0.0), patience.wait(3600.0)
    (True, False)
    """

    def __init__(self) -> None:
        self._pause = _FIRST
        self._unasked, self._asked = _UNASKED, _ASKED

    def wait(self, asked: float | None = None) -> bool:
        """Wait, unless that would take longer than there is patience for.

        Parameters
        ----------
        asked : float, optional
            Seconds that the server asked for; without it pauses grow from half a second.

        Returns
        -------
        bool
            False without a pause once a minute was waited in all; five, where the server asked for it.
        """
        if asked is None:
            pause, self._pause = self._pause, min(2 * self._pause, _LONGEST)
            self._unasked -= pause
        else:
            pause = asked
            self._asked -= pause
        if min(self._unasked, self._asked) < 0:
            return False
        time.sleep(pause)
        return True


def asked_pause(headers: httpx.Headers) -> float | None:
    """Read ``Retry-After``, in seconds or as a time of the server's own clock; None without one.

    Examples
    --------
    >>> asked_pause(httpx.Headers({"Retry-After": "7"}))
    7.0
    >>> asked_pause(httpx.Headers({
    ...     "Retry-After": "Mon, 04 May 2026 10:00:09 GMT", "Date": "Mon, 04 May 2026 10:00:00 GMT"}))
    9.0
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        now = parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else time.time()
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError):
        return None
