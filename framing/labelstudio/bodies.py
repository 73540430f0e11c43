"""Requests that are cut to what a proxy lets through."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from framing.errors import BodyTooLarge
from framing.labelstudio.connection import Connection


@dataclass(frozen=True, slots=True)
class Body:
    """The first of some items as JSON: how many, and the bytes."""

    count: int
    data: bytes


def body_of(items: Sequence[Mapping[str, Any]], start: int, most: int, limit: int = 0) -> Body:
    """Write items as JSON, as many as pass; the SDK's own encoder takes a second for 5,000 tasks.

    Parameters
    ----------
    items : sequence of mapping
    start : int
        The first one.
    most : int
        How many at most.
    limit : int
        Bytes at most, unless a single item is larger; 0: any number.

    Examples
    --------
    >>> body_of([{"a": 1}, {"a": 2}, {"a": 3}], 1, 2000)
    Body(count=2, data=b'[{"a": 2},{"a": 3}]')
    >>> body_of([{"a": 1}, {"a": 2}, {"a": 3}], 0, 2000, limit=20).count
    2
    """
    parts: list[str] = []
    size = 1
    for item in items[start : start + most]:
        part = json.dumps(item)
        size += len(part) + 1
        if parts and limit and size > limit:
            break
        parts.append(part)
    return Body(len(parts), f"[{','.join(parts)}]".encode())


def shrink(connection: Connection, body: Body, item: str) -> None:
    """Note that a body did not pass: what is sent from now on has half its size at most.

    Parameters
    ----------
    connection : Connection
        Keeps the limit for the rest of the run.
    body : Body
        What did not pass.
    item : str
        What its first item is called.

    Raises
    ------
    BodyTooLarge
        If it holds one item only.
    """
    if body.count == 1:
        raise BodyTooLarge(
            f"{connection.url}: {item} takes {len(body.data)} bytes, more than what stands before Label "
            "Studio lets through",
            hint="ask whoever runs it for a larger limit (nginx: client_max_body_size), or leave it out",
        )
    connection.body_limit = len(body.data) // 2
