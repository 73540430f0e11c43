"""Newly pulled or imported answers into a round's file, so that none is lost and each keeps its owner.

An answer of a server is known by where it was given: server, project, task, annotation and unit. The
coder's name is an attribute that a later pull may change. What was answered there before stays as an
earlier version.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from framing.labels.latest import mark_current
from framing.records import ADJUDICATOR, HUMAN, IMPORTED, former_article, former_unit
from framing.times import moment

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
#: Project, task, annotation and unit: where on a server an answer was given.
Place = tuple[str, str, str, str]

_PLACE = ("project", "task", "annotation", "unit_id")
#: What was answered; where one of these differs it is another version of the answer.
_CONTENT = ("variable", "value", "skipped", "note", "unsure", "reason")
#: What makes two answers that no server gave the same one.
_IMPORTED = ("unit_id", "kind", "coder", "coder_version", "prompt", "run", *_PLACE[:3], *_CONTENT[:3])
#: Of an answer that a server gave the place says who it is from.
_GIVEN = (*_PLACE, *_CONTENT[:3])
_ORDER = ("round", "article_id", "start", "unit_id", "variable", "coder", "made_at", "annotation")
_TIES = ("server", "project", "task", "value", "skipped", "note", "unsure", "reason", "kind", "run")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one server answered of a round, all of it.

    Attributes
    ----------
    rows : sequence of mapping
        LABELS rows, each with `created_at` beside LABELS' columns.
    family : collection of str
        Fingerprints of its database and of those that this one was copied from.
    home : callable
        Gives the fingerprint under which an answer was given, by annotation and time.
    renamed : mapping of str to str
        What its coders were called before settings named them, to their names.
    """

    rows: Sequence[Mapping[str, Any]]
    family: Collection[str]
    home: Callable[[int, datetime], str]
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer of a file that its server does not show any more.

    Attributes
    ----------
    server : str
    place : Place
    coder : str
    made_at : datetime
        When it was changed last, as far as known; else the earliest time there is.
    survived : bool
        Whether a later answer of the same server is still as the file has it: a database that was
        set back to an older backup would have lost that one too.
    """

    server: str
    place: Place
    coder: str
    made_at: datetime
    survived: bool

    @property
    def project(self) -> int:
        """The project that it was given in."""
        return int(self.place[0])

    @property
    def task(self) -> int:
        """The task that it was given on."""
        return int(self.place[1])


class Merging:
    """A round's file and what a server answers, on their way to becoming one table.

    Parameters
    ----------
    old : DataFrame
        LABELS as the file holds them; may have no rows.

    Attributes
    ----------
    renames : Counter
        Rows whose coder has another name now, by both names.
    returned : int
        Answers that count as withdrawn in the file and are there again.
    clock : list of str
        Where the order of two answers had to be decided, and how.
    """

    def __init__(self, old: "pd.DataFrame") -> None:
        self._rows = list(records(old))
        self.renames: Counter[tuple[str, str]] = Counter()
        self.returned = 0
        self.clock: list[str] = []
        self._seen: set[int] = set()
        self._live: dict[int, bool] = {}
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._family: frozenset[str] = frozenset()
        self._settled: set[Any] = set()

    def take(self, answered: Answered) -> None:
        """Join what a server answers; whatever it says now is the latest version there."""
        self._family = frozenset(answered.family)
        by_place: defaultdict[Place, list[Row]] = defaultdict(list)
        for row in self._rows:
            if row["annotation"] != "":
                by_place[place_of(row)].append(row)
        fresh: defaultdict[Place, list[Row]] = defaultdict(list)
        for given in answered.rows:
            row = {name: _filled(value) for name, value in given.items()}
            fresh[place_of(row)].append(row)
        for place, rows in fresh.items():
            self._join(rows, self._mates(rows, by_place[place]))
        self._settle_unowned(answered)
        self._rename(answered.renamed)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Join answers that no server is asked about; the same answer again changes nothing else."""
        there = {_imported(row): row for row in self._rows}
        for given in rows:
            row = {name: _filled(value) for name, value in given.items()}
            before = there.get(_imported(row))
            if before is not None and before["annotation"] != "" and before.get("server"):
                continue  # an export of what was pulled says less than the pull did
            if before is None:
                self._rows.append(row)
                there[_imported(row)] = row
            else:
                before |= row

    def missing(self) -> list[Missing]:
        """List the answers of the server's family that it does not show any more and that still count."""
        later = max((_time(row) for row in self._rows if self._live.get(id(row))), default=_NEVER)
        gone: dict[tuple[str, Place], Missing] = {}
        for row in self._rows:
            unseen = row["server"] in self._family and id(row) not in self._seen
            if not unseen or row["annotation"] == "" or row.get("withdrawn"):
                continue
            key = (str(row["server"]), place_of(row))
            made = max(_time(row), gone[key].made_at if key in gone else _NEVER)
            gone[key] = Missing(*key, str(row["coder"]), made, survived=later > made)
        return list(gone.values())

    def withdraw(self, gone: Iterable[Missing]) -> int:
        """Mark answers as withdrawn; gives how many."""
        keys = {(item.server, item.place) for item in gone}
        for row in self._rows:
            unseen = id(row) not in self._seen  # its place may hold another answer since
            if unseen and row["annotation"] != "" and (row["server"], place_of(row)) in keys:
                row["withdrawn"] = True
        return len(keys)

    def names(self, known: Mapping[str, str]) -> dict[str, str]:
        """What coders of this server are called now, by what they were called, where that is one person."""
        names = dict(known)
        for before, now in self._names.items():
            names.pop(before, None)
            if len(now) == 1 and now != {before}:
                names[before] = next(iter(now))
        return names

    def rows(self) -> list[Row]:
        """All answers in a fixed order, with `current` marked, as they are written."""
        for row in self._rows:
            row["withdrawn"] = bool(row.get("withdrawn"))
        self.clock = mark_current(self._rows, self._live)
        return [as_written(row) for row in sorted(self._rows, key=place_order)]

    def _mates(self, rows: Sequence[Row], there: Sequence[Row]) -> list[Row]:
        """The rows of the file that are versions of one answer of the server.

        Label Studio gives the ids of deleted answers again: a row from before this one was made is another.
        """
        first = rows[0]
        created, changed = moment(first["created_at"]), moment(first["made_at"])
        mates = []
        for row in there:
            made = _time(row)
            if made != _NEVER and made < created:
                continue
            if row["server"] == first["server"] or (row["server"] == "" and made <= changed):
                mates.append(row)
            elif row["server"] in self._family and _unchanged(rows, row):
                # Looked at after the copy, not answered anew: it stays the earlier database's.
                for own in rows:
                    own["server"] = row["server"]
                mates.append(row)
        return mates

    def _join(self, rows: Sequence[Row], mates: Sequence[Row]) -> None:
        coder = rows[0]["coder"]
        versions = {content_of(row): row for row in mates}
        for row in mates:
            self._seen.add(id(row))
            self._live[id(row)] = False
            self.returned += bool(row.get("withdrawn"))
            self._names[row["coder"]].add(coder)
            self._call(row, coder)
            if row["server"] == "":
                self._settled.add(row["project"])
            row |= {"server": rows[0]["server"], "withdrawn": False}
            row["kind"] = row["kind"] if row["coder"] == ADJUDICATOR else HUMAN
        for row in rows:
            kept = versions.get(content_of(row))
            if kept is None:
                self._rows.append(row)
                kept = row
            else:
                kept |= row
            self._seen.add(id(kept))
            self._live[id(kept)] = True

    def _call(self, row: Row, name: str) -> None:
        if row["coder"] != name and ADJUDICATOR not in (row["coder"], name):
            self.renames[row["coder"], name] += 1
        row["coder"] = name

    def _settle_unowned(self, answered: Answered) -> None:
        """Rows without a server, as 0.1.0 wrote them, are of the server that has others of their project."""
        for row in self._rows:
            unowned = row["server"] == "" and row["annotation"] != "" and _by_hand(row)
            if unowned and row["project"] in self._settled:
                row["server"] = answered.home(int(row["annotation"]), _time(row))

    def _rename(self, known: Mapping[str, str]) -> None:
        """Give the server's other rows the names that its coders have now, if each is one person's."""
        names = self.names(known)
        for row in self._rows:
            if id(row) not in self._seen and row["server"] in self._family:
                self._call(row, names.get(str(row["coder"]), str(row["coder"])))


def merge(old: "pd.DataFrame", new: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Join the answers of a file with imported ones.

    Parameters
    ----------
    old : DataFrame
        LABELS as the file holds them; may have no rows.
    new : iterable of mapping
        LABELS rows, `current` not decided.

    Returns
    -------
    list of dict
        Rows in a fixed order with `current` marked.
    """
    merging = Merging(old)
    merging.add(new)
    return merging.rows()


def records(old: "pd.DataFrame") -> Iterable[Row]:
    """Rows of LABELS as plain mappings; what is missing is empty."""
    for record in old.astype(object).where(old.notna(), "").to_dict("records"):
        yield {str(name): value for name, value in record.items()}


def _by_hand(row: Row) -> bool:
    return row.get("kind") in ("", HUMAN)


def place_of(row: Mapping[str, Any]) -> Place:
    """Where on its server an answer was given."""
    project, task, annotation, unit = (str(row[name]) for name in _PLACE)
    return project, task, annotation, unit


def content_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What an answer says; where it differs it is another version."""
    return tuple(str(row.get(name, "")) for name in _CONTENT)


def version_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes two rows the same version of the same answer."""
    if row.get("annotation") in (None, ""):
        return _imported(row)
    return (str(row.get("server", "")), *place_of(row), *content_of(row))


def _imported(row: Mapping[str, Any]) -> tuple[str, ...]:
    names = _IMPORTED if row.get("annotation") in (None, "") else _GIVEN
    filled = {"kind": IMPORTED} | {name: row[name] for name in names if row.get(name) not in (None, "")}
    return tuple(str(filled.get(name, "")) for name in names)


def _unchanged(rows: Sequence[Row], row: Row) -> bool:
    return content_of(row) in {content_of(own) for own in rows}


def _filled(value: Any) -> Any:
    return "" if value is None else value


def _time(row: Mapping[str, Any]) -> datetime:
    made = row.get("made_at")
    return moment(made) if made else _NEVER


def place_order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a row stands in a file."""
    place = tuple(
        int(row.get(name) or 0)
        if name in ("start", "annotation")
        else former_unit(former_article(str(row.get(name, ""))))
        for name in _ORDER
    )
    return (*place, *(str(row.get(name, "")) for name in _TIES))


def as_written(row: Row) -> Row:
    """A row as it goes into a file."""
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items() if k != "created_at"}
