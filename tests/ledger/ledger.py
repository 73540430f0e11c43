"""An independent account of who answered what, where, and what a table of labels must hold of it.

It knows nothing of how the product joins answers: it is written down while the answers are given.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

#: What one version of an answer says: value, note, and whether the coder skipped.
Content = tuple[str, str, bool]
#: Server, project, task, annotation, unit, coder, value, note, skipped, withdrawn, current.
Row = tuple[str, int, int, int, str, str, str, str, bool, bool, bool]


@dataclass
class Answer:
    """One answer in one place on one server, from the moment at which it was given.

    Attributes
    ----------
    server, project, task, number, unit
        Where; a number may be given again after it was deleted, so it does not name the answer.
    person : int
        User id on that server.
    now : Content or None
        What it says on the server; None once it is deleted.
    changed : datetime
        When the server changed it last.
    seen : list of Content
        What pulls have seen of it.
    shown : Content or None
        What the last pull saw.
    withdrawn, gone : bool
        A pull has seen that it was deleted; its project is no longer there.
    """

    server: str
    project: int
    task: int
    number: int
    unit: str
    person: int
    now: Content | None
    changed: datetime
    seen: list[Content] = field(default_factory=list)
    shown: Content | None = None
    shown_at: datetime | None = None
    withdrawn: bool = False
    gone: bool = False


@dataclass
class Ledger:
    """All answers of all servers, and the name that each person had at their server's last pull."""

    answers: list[Answer] = field(default_factory=list)
    names: dict[tuple[str, int], str] = field(default_factory=dict)

    def alive(self, server: str) -> list[Answer]:
        """Answers that stand on a server."""
        return [item for item in self.answers if item.server == server and item.now and not item.gone]

    def pulled(self, server: str, names: dict[int, str], *, accepted: bool = False) -> None:
        """A pull has seen a server, on which persons have these names now."""
        self.names |= {(server, person): name for person, name in names.items()}
        for item in self.answers:
            if item.server != server:
                continue
            if item.gone:
                item.withdrawn |= accepted and bool(item.seen)
            elif item.now is None:
                item.withdrawn |= bool(item.seen)
            else:
                item.shown, item.shown_at = item.now, item.changed
                if item.now not in item.seen:
                    item.seen.append(item.now)

    def rows(self) -> set[Row]:
        """What the labels must hold."""
        current = self._current()
        return {
            (item.server, item.project, item.task, item.number, item.unit, self._name(item), *content,
             item.withdrawn, (id(item), content) in current)
            for item in self.answers
            for content in item.seen
        }  # fmt: skip

    def _name(self, item: Answer) -> str:
        return self.names[item.server, item.person]

    def _current(self) -> set[tuple[int, Content]]:
        groups: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
        for item in self.answers:
            if item.shown and not item.withdrawn:
                groups[item.unit, self._name(item)].append(item)
        last = (max(members, key=_shown_at) for members in groups.values())
        return {(id(item), item.shown) for item in last if item.shown}


def _shown_at(item: Answer) -> datetime:
    if item.shown_at is None:
        raise ValueError("an answer that no pull has seen")
    return item.shown_at


def difference(there: Iterable[Row], expected: Iterable[Row]) -> str:
    """Say what a table has that it must not, and lacks that it must have."""
    held, must = set(there), set(expected)
    lines = [f"  has     {row}" for row in sorted(held - must)] + [
        f"  lacks   {row}" for row in sorted(must - held)
    ]
    return "\n".join(lines)
