"""Parquet, some rows at a time: a page, a dictionary or a run can stand for any number of bytes.

The footer says how large all is, and may lie; the header of each page says what will be unpacked, and can't.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from framing.formats.bombs import TIMES, is_bomb

#: Bytes that the texts of a dictionary may come to in one batch, if the file is not itself larger.
_AT_ONCE = 128 << 20
#: Bytes that a value in a list takes at least while it is read.
_NESTED = 16
#: A page's header is short, but for the statistics in it; no reader takes a longer one than the second.
_HEADERS = (1 << 12, 16 << 20)
#: Kinds of texts, by what Parquet calls them.
_TEXTS = frozenset({"STRING", "NONE", "JSON", "ENUM", "BSON"})
_DICTIONARY = 2


def parquet_columns(
    stream: IO[bytes], size: int, rows: int, names: Sequence[str] | None = None
) -> Iterator["Rows"]:
    """Read columns, the values of some rows at a time; a text that is repeated is one object.

    Parameters
    ----------
    stream : binary file
        Open for reading; must be seekable.
    size : int
        Its bytes.
    rows : int
        At most so many at a time.
    names : sequence of str, optional
        Of the columns that are wanted; all by default.

    Yields
    ------
    Rows
        Before the first ones come the columns with no values.

    Raises
    ------
    ValueError
        If it stands for more than `TIMES` times its size, or two columns have one name.
    pyarrow.ArrowException, OSError
        If it is no Parquet, or damaged.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(stream) as file:
        found = list(file.schema_arrow.names)
        wanted = [name for name in found if names is None or name in names]
        if len(set(wanted)) < len(wanted):
            raise ValueError("two columns of one name")
        leaves = [_Leaf(file, index) for index in range(file.metadata.num_columns)]
        leaves = [leaf for leaf in leaves if leaf.column in wanted]
        _look(stream, file, leaves, size)
    at_once = max(_AT_ONCE, min(TIMES * size, 8 * _AT_ONCE))
    step = _step(leaves, at_once, rows)
    shared = [
        leaf.path for leaf in leaves if leaf.nested and leaf.is_text and _is_risky(stream, leaf, at_once)
    ]
    yield Rows(0, 0, {name: [] for name in wanted})
    with pq.ParquetFile(stream, read_dictionary=shared) as file:
        # Each of them has dictionaries of its own, which the library does not join within lists.
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(batch_size=step, row_groups=[group], columns=wanted):
                columns = {name: _values(batch.column(name)) for name in wanted}
                held = sum(_held(batch.column(name), columns[name]) for name in wanted)
                yield Rows(batch.num_rows, held, columns)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows that follow one another.

    Attributes
    ----------
    count : int
    held : int
        Bytes or characters of text that they hold, each repetition counted.
    columns : dict of str to list
        Their values by column; lists and structs as Python has them.
    """

    count: int
    held: int
    columns: dict[str, list[Any]]


class _Leaf:
    """A column as it is stored: where a list or a struct ends in plain values."""

    def __init__(self, file: Any, index: int) -> None:
        stored = file.schema.column(index)
        self.index, self.path = index, stored.path
        self.column = stored.path.partition(".")[0]
        self.nested = "." in stored.path or stored.max_repetition_level > 0
        self.is_text = stored.physical_type == "BYTE_ARRAY" and stored.logical_type.type in _TEXTS
        self.dictionary = self.values = 0
        # A column's own name may hold a dot.
        names = [name for name in file.schema_arrow.names if stored.path == name]
        if names:
            self.column, self.nested = names[0], stored.max_repetition_level > 0


def _look(stream: IO[bytes], file: Any, leaves: Sequence[_Leaf], size: int) -> None:
    """Add up what the pages unpack to; note each column's largest dictionary and most values in a group."""
    held = 0
    for group in range(file.metadata.num_row_groups):
        stored = file.metadata.row_group(group)
        for leaf in leaves:
            count = 0
            for kind, unpacked, values in _pages(stream, stored.column(leaf.index), size):
                held += unpacked + (_NESTED * values if leaf.nested else 0)
                if kind == _DICTIONARY:
                    leaf.dictionary = max(leaf.dictionary, unpacked)
                else:
                    count += values
                if is_bomb(held, size):
                    raise ValueError(f"holds pages of over {TIMES} times its size")
            leaf.values = max(leaf.values, count)


def _step(leaves: Sequence[_Leaf], at_once: int, rows: int) -> int:
    """So many rows that texts of dictionaries can't fill the memory, whichever a row names."""
    largest = sum(leaf.dictionary for leaf in leaves if leaf.is_text and not leaf.nested)
    return max(1, min(rows, at_once // max(1, largest)))


def _is_risky(stream: IO[bytes], leaf: _Leaf, at_once: int) -> bool:
    """Whether a list's texts could fill the memory, were one row to name the longest in all its values."""
    return leaf.dictionary * leaf.values > at_once and _longest(stream, leaf) * leaf.values > at_once


def _longest(stream: IO[bytes], leaf: _Leaf) -> int:
    """Bytes of the longest text in a column's dictionaries; all of a dictionary's if that can't be told."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    longest = 0
    with pq.ParquetFile(stream, read_dictionary=[leaf.path]) as file:
        for group in range(file.num_row_groups):
            batches = file.iter_batches(batch_size=64, row_groups=[group], columns=[leaf.path])
            array: Any = next((batch.column(0) for batch in batches), None)
            while array is not None and pa.types.is_nested(array.type):
                array = array.field(0) if pa.types.is_struct(array.type) else getattr(array, "values", None)
            if array is None or not pa.types.is_dictionary(array.type) or not len(array.dictionary):
                return leaf.dictionary
            longest = max(longest, int(pc.max(pc.binary_length(array.dictionary)).as_py() or 0))
    return longest


def _pages(stream: IO[bytes], chunk: Any, size: int) -> Iterator[tuple[int, int, int]]:
    """Kind, unpacked bytes and number of values of each page of a stored column."""
    place = chunk.data_page_offset
    if chunk.dictionary_page_offset:
        place = min(place, chunk.dictionary_page_offset)
    left = chunk.num_values
    while left > 0 and 0 <= place < size:
        header = _header(stream, place)
        kind, unpacked, packed = (int(header.get(number, 0)) for number in (1, 2, 3))
        counts: Any = header.get(5) or header.get(7) or header.get(8) or {}
        values = int(counts.get(1, 0))
        if min(unpacked, packed, values) < 0:
            raise ValueError("a page with less than nothing in it")
        yield kind, unpacked, values
        left -= 0 if kind == _DICTIONARY else max(values, 1)
        place += header[0] + packed


def _header(stream: IO[bytes], place: int) -> dict[int, Any]:
    """The header of the page at a place, by Parquet's numbers of its fields."""
    short, long = _HEADERS
    stream.seek(place)
    try:
        return _Thrift(stream.read(short)).struct()
    except EOFError:
        stream.seek(place)
    try:
        return _Thrift(stream.read(long)).struct()
    except EOFError:
        raise ValueError("a page's header that does not end") from None


class _Thrift:
    """Reads the header of a page (Thrift, compact protocol).

    Damaged ones end in a ValueError, those that are longer than the data in an EOFError.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """A struct's fields by their number; under 0 the number of its bytes."""
        if depth > 8:
            raise ValueError("a page's header nested too deep")
        fields: dict[int, Any] = {}
        number = 0
        begin = self._at
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._zigzag()
            fields[number] = self._value(kind & 15, depth)
        fields[0] = self._at - begin
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 7:
            return self._skip(8)
        if kind == 8:
            return self._skip(self._varint())
        if kind == 9:
            return self._list(depth)
        if kind == 12:
            return self.struct(depth + 1)
        raise ValueError("a page's header that can't be read")

    def _list(self, depth: int) -> None:
        head = self._byte()
        count = self._varint() if head >> 4 == 15 else head >> 4
        for _ in range(count):
            # A truth value in a list takes a byte of its own.
            self._value(3 if head & 15 in (1, 2) else head & 15, depth + 1)

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise EOFError
        self._at += 1
        return self._data[self._at - 1]

    def _skip(self, count: int) -> None:
        self._at += count

    def _varint(self) -> int:
        number = shift = 0
        while shift < 70:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
        raise ValueError("a page's header that can't be read")

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)


def _values(array: Any) -> list[Any]:
    """A column's values; those of a dictionary are not copied."""
    from pyarrow import types

    kind = array.type
    if types.is_dictionary(kind):
        texts = array.dictionary.to_pylist()
        return [None if index is None else texts[index] for index in array.indices.to_pylist()]
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        flat = iter(_values(array.flatten()))
        lengths = array.value_lengths().to_pylist()
        return [None if count is None else [next(flat) for _ in range(count)] for count in lengths]
    if types.is_struct(kind):
        fields = [_values(field) for field in array.flatten()]
        names = [kind.field(number).name for number in range(kind.num_fields)]
        there = array.is_valid().to_pylist()
        rows = zip(*fields, strict=True) if fields else ([()] * len(array))
        return [
            dict(zip(names, row, strict=True)) if is_one else None
            for is_one, row in zip(there, rows, strict=True)
        ]
    return list(array.to_pylist())


def _held(array: Any, values: list[Any]) -> int:
    """How much text a column's values hold; what the library shares it would count only once."""
    from pyarrow import types

    plain = not (types.is_nested(array.type) or types.is_dictionary(array.type))
    return int(array.nbytes) if plain else _weight(values)


def _weight(value: Any) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_weight, value.values()))
    return sum(map(_weight, value)) if isinstance(value, list | tuple) else 0
