# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Compiled twins of the slowest loops of this room; the same numbers as the plain ones, bit by bit.

`tests/classifier/test_native.py` holds them against each other. Where no compiler was at hand when
framing was installed this module is missing, and the plain loops do the work.
"""

import os

import numpy as np

cimport cython
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_Substring,
)
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memset

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4) noexcept
    bint Py_UNICODE_ISALNUM(Py_UCS4) noexcept
    bint Py_UNICODE_ISALPHA(Py_UCS4) noexcept
    bint Py_UNICODE_ISDIGIT(Py_UCS4) noexcept
    bint Py_UNICODE_ISUPPER(Py_UCS4) noexcept

cdef uint64_t PRIME = 0x9E3779B97F4A7C15ULL
cdef uint64_t MIX = 0xBF58476D1CE4E5B9ULL
cdef uint64_t FIRST = 0xD6E8FEB86659FD93ULL
cdef uint64_t SECOND = 0xA0761D6478BD642FULL
cdef int LONGEST_FRAGMENT = 100


cdef inline uint32_t mixed(uint64_t value) noexcept nogil:
    value = (value ^ (value >> 30)) * MIX
    return <uint32_t>((value ^ (value >> 27)) >> 32)


cdef inline uint64_t spread(uint64_t value) noexcept nogil:
    value = (value ^ (value >> 30)) * MIX
    return value ^ (value >> 31)


cdef inline bint in_word(Py_UCS4 sign) noexcept:
    return sign == 95 or Py_UNICODE_ISALNUM(sign)


cdef class Strings:
    """A table from strings to numbers that takes pieces of texts without making strings of them.

    Its order of look-up hangs on a secret of the process, so that no text can be made to slow it down.
    """

    cdef list names
    cdef int64_t *slots
    cdef uint64_t *hashes
    cdef int64_t size, room, count
    cdef uint64_t secret

    def __cinit__(self):
        self.names = []
        self.size, self.room, self.count = 1024, 512, 0
        self.slots = <int64_t *>malloc(self.size * sizeof(int64_t))
        self.hashes = <uint64_t *>malloc(self.room * sizeof(uint64_t))
        if not self.slots or not self.hashes:
            raise MemoryError
        memset(self.slots, 255, self.size * sizeof(int64_t))
        self.secret = <uint64_t>int.from_bytes(os.urandom(8), "little")

    def __dealloc__(self):
        free(self.slots)
        free(self.hashes)

    cdef uint64_t hashed(self, int kind, void *data, Py_ssize_t start, Py_ssize_t end) noexcept:
        cdef uint64_t value = self.secret
        cdef Py_ssize_t at
        for at in range(start, end):
            value = (value ^ <uint32_t>PyUnicode_READ(kind, data, at)) * PRIME
            value ^= value >> 29
        return spread(value)

    cdef int64_t find(self, int kind, void *data, Py_ssize_t start, Py_ssize_t end, uint64_t value):
        """The number of a piece of a text, -1 if it has none."""
        cdef uint64_t mask = <uint64_t>self.size - 1
        cdef uint64_t slot = value & mask
        cdef int64_t number
        while True:
            number = self.slots[slot]
            if number < 0:
                return -1
            if self.hashes[number] == value and self.same(number, kind, data, start, end):
                return number
            slot = (slot + 1) & mask

    cdef bint same(self, int64_t number, int kind, void *data, Py_ssize_t start, Py_ssize_t end):
        cdef str name = <str>self.names[number]
        cdef int other = PyUnicode_KIND(name)
        cdef void *held = PyUnicode_DATA(name)
        cdef Py_ssize_t at
        if PyUnicode_GET_LENGTH(name) != end - start:
            return False
        for at in range(end - start):
            if <Py_UCS4>PyUnicode_READ(other, held, at) != <Py_UCS4>PyUnicode_READ(kind, data, start + at):
                return False
        return True

    cdef int64_t add(self, str name, uint64_t value) except -1:
        """Give a new string the next number."""
        if self.count == self.room:
            self.grow()
        self.hashes[self.count] = value
        self.names.append(name)
        self.place(self.count)
        self.count += 1
        return self.count - 1

    cdef void place(self, int64_t number) noexcept:
        cdef uint64_t mask = <uint64_t>self.size - 1
        cdef uint64_t slot = self.hashes[number] & mask
        while self.slots[slot] >= 0:
            slot = (slot + 1) & mask
        self.slots[slot] = number

    cdef int grow(self) except -1:
        cdef int64_t *slots = <int64_t *>realloc(self.slots, 2 * self.size * sizeof(int64_t))
        if not slots:
            raise MemoryError
        self.slots = slots
        cdef uint64_t *hashes = <uint64_t *>realloc(self.hashes, 2 * self.room * sizeof(uint64_t))
        if not hashes:
            raise MemoryError
        self.hashes = hashes
        self.size, self.room = 2 * self.size, 2 * self.room
        memset(self.slots, 255, self.size * sizeof(int64_t))
        cdef int64_t number
        for number in range(self.count):
            self.place(number)
        return 0

    cdef int64_t number_of(self, str text, Py_ssize_t start, Py_ssize_t end) except -1:
        """The number of a piece of a text; a new one gets the next."""
        cdef int kind = PyUnicode_KIND(text)
        cdef void *data = PyUnicode_DATA(text)
        cdef uint64_t value = self.hashed(kind, data, start, end)
        cdef int64_t number = self.find(kind, data, start, end, value)
        if number >= 0:
            return number
        return self.add(PyUnicode_Substring(text, start, end), value)


cdef class Numbering(Strings):
    """Numbers for tokens, each the next one at its first look-up."""

    def __len__(self):
        return self.count

    def __iter__(self):
        return iter(self.names)

    def since(self, int64_t known):
        """The tokens from a number on."""
        return self.names[known:]

    def cut(self, texts):
        """Cut texts at white space into numbered tokens: where each text's begin, and all of them."""
        cdef Py_ssize_t count = len(texts), row = 0, at, start, length
        cdef int64_t used = 0, room = 64 + 32 * count
        cdef str text
        cdef int kind
        cdef void *data
        starts = np.zeros(count + 1, dtype=np.int64)
        tokens = np.empty(room, dtype=np.int64)
        cdef int64_t[::1] begins = starts
        cdef int64_t[::1] found = tokens
        for given in texts:
            text = given if type(given) is str else str(given)  # a kind of str is read as one
            length = PyUnicode_GET_LENGTH(text)
            kind, data = PyUnicode_KIND(text), PyUnicode_DATA(text)
            at = 0
            while True:
                while at < length and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
                    at += 1
                if at == length:
                    break
                start = at
                while at < length and not Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
                    at += 1
                if used == room:
                    room *= 2
                    tokens = np.concatenate([tokens, np.empty(room - used, dtype=np.int64)])
                    found = tokens
                found[used] = self.number_of(text, start, at)
                used += 1
            row += 1
            begins[row] = used
        return starts, tokens[:used].copy()


def words(list tokens):
    """See `framing.classifier.tokens._words`: starts, values, first, last."""
    cdef Py_ssize_t count = len(tokens), at, length
    cdef Py_ssize_t row
    cdef Py_ssize_t most = sum(map(len, tokens)) + count
    starts_ = np.zeros(count + 1, dtype=np.int64)
    values_ = np.empty(most, dtype=np.uint32)
    first_, last_ = np.zeros(count, dtype=np.uint32), np.zeros(count, dtype=np.uint32)
    cdef int64_t[::1] starts = starts_
    cdef uint32_t[::1] values = values_
    cdef uint32_t[::1] first = first_
    cdef uint32_t[::1] last = last_
    cdef int64_t used = 0, begun, number, index
    cdef uint64_t total, power
    cdef Py_UCS4 sign
    cdef str token
    cdef int kind
    cdef void *data
    for row in range(count):
        token = <str>tokens[row]
        length = PyUnicode_GET_LENGTH(token)
        kind, data = PyUnicode_KIND(token), PyUnicode_DATA(token)
        begun, at = used, 0
        while at < length:
            sign = PyUnicode_READ(kind, data, at)
            if not in_word(sign):
                at += 1
                continue
            total, power = 0, 1
            while at < length:
                sign = PyUnicode_READ(kind, data, at)
                if not in_word(sign):
                    break
                power *= PRIME
                total += (<uint64_t>sign + 1) * power
                at += 1
            values[used] = max(mixed(total), 1)
            used += 1
        number = used - begun
        if number:
            first[row], last[row] = values[begun], values[used - 1]
        for index in range(begun, begun + number - 1):
            values[used] = mixed(<uint64_t>values[index] * FIRST + <uint64_t>values[index + 1] * SECOND)
            used += 1
        starts[row + 1] = used
    return starts_, values_[:used], first_, last_


def letters(list tokens):
    """See `framing.classifier.tokens._letters`: starts, values."""
    cdef Py_ssize_t count = len(tokens), row, at, length, size
    starts_ = np.zeros(count + 1, dtype=np.int64)
    values_ = np.empty(4 * (sum(map(len, tokens)) + 2 * count), dtype=np.uint32)
    cdef int64_t[::1] starts = starts_
    cdef uint32_t[::1] values = values_
    cdef int64_t used = 0
    cdef uint64_t total, power
    cdef str token
    cdef int kind
    cdef void *data
    for row in range(count):
        token = <str>tokens[row]
        length = PyUnicode_GET_LENGTH(token) + 2
        kind, data = PyUnicode_KIND(token), PyUnicode_DATA(token)
        for at in range(length):
            total, power = 0, 1
            for size in range(1, min(5, length - at) + 1):
                power *= PRIME
                total += (<uint64_t>padded(kind, data, at + size - 1, length) + 1) * power
                if size > 1:
                    values[used] = mixed(total * 2 + 1)
                    used += 1
        starts[row + 1] = used
    return starts_, values_[:used]


cdef inline Py_UCS4 padded(int kind, void *data, Py_ssize_t at, Py_ssize_t length) noexcept:
    return 32 if at == 0 or at == length - 1 else PyUnicode_READ(kind, data, at - 1)


def shapes(list tokens, str quotes, str closing, str endings):
    """See `framing.classifier.tokens._shapes`."""
    cdef Py_ssize_t count = len(tokens), row, at, length
    found_ = np.zeros((count, 10), dtype=np.float64)
    cdef double[:, ::1] found = found_
    cdef Py_UCS4 sign
    cdef bint word, before
    cdef str token
    cdef int kind
    cdef void *data
    for row in range(count):
        token = <str>tokens[row]
        length = PyUnicode_GET_LENGTH(token)
        kind, data = PyUnicode_KIND(token), PyUnicode_DATA(token)
        found[row, 0] = length
        before = False
        for at in range(length):
            sign = PyUnicode_READ(kind, data, at)
            word = in_word(sign)
            if word:
                found[row, 1] += Py_UNICODE_ISALPHA(sign) != 0
                found[row, 2] += Py_UNICODE_ISUPPER(sign) != 0
                found[row, 3] += Py_UNICODE_ISDIGIT(sign) != 0
                if not before:
                    found[row, 4] += 1
                    found[row, 5] += Py_UNICODE_ISUPPER(sign) != 0
            else:
                found[row, 2] += Py_UNICODE_ISUPPER(sign) != 0
                found[row, 6] += sign == 63
                found[row, 7] += sign == 33
                found[row, 8] += sign in quotes
            before = word
        for at in range(length - 1, -1, -1):
            sign = PyUnicode_READ(kind, data, at)
            if not (Py_UNICODE_ISSPACE(sign) or sign in closing):
                found[row, 9] = sign in endings
                break
    return found_


def find(const uint32_t[::1] keys, const int32_t[::1] steps, const uint32_t[::1] hashes, int bits):
    """See `framing.classifier.weights.Vocabulary.find`: known, spots."""
    cdef Py_ssize_t count = hashes.shape[0], at
    cdef int64_t used = 0
    cdef int32_t spot
    cdef uint32_t value, head
    known_, spots_ = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    cdef int64_t[::1] known = known_
    cdef int64_t[::1] spots = spots_
    for at in range(count):
        value = hashes[at]
        head = value >> (32 - bits)
        for spot in range(steps[head], steps[head + 1]):
            if keys[spot] == value:
                known[used], spots[used] = at, spot
                used += 1
                break
    return known_[:used], spots_[:used]


cdef class Pieces:
    """The names of word pieces: see `framing.classifier.pieces.PieceTable.pieces`."""

    cdef Strings whole, inner
    cdef list rows
    cdef int longest

    def __init__(self, names):
        self.whole, self.inner, self.rows, self.longest = Strings(), Strings(), [], 1
        cdef int64_t row
        cdef str name
        for row, name in enumerate(names):
            self.longest = max(self.longest, len(name))
            self.whole.number_of(name, 0, len(name))
            if name.startswith("##") and self.inner.number_of(name, 2, len(name)) == len(self.rows):
                self.rows.append(row)

    def cut(self, list tokens, plain):
        """How many pieces each token has, and their rows; `plain` takes the accents off a token."""
        cdef Py_ssize_t count = len(tokens), row
        cdef str token
        cdef list found = []
        sizes_ = np.empty(count, dtype=np.int64)
        cdef int64_t[::1] sizes = sizes_
        cdef int64_t before = 0
        for row in range(count):
            token = <str>tokens[row]
            if not self.known(token, found):
                self.token(token if token.isascii() else <str>plain(token), found)
            sizes[row] = len(found) - before
            before = len(found)
        return sizes_, np.array(found, dtype=np.int64)

    cdef bint known(self, str token, list found) except -1:
        """Add the row of a token that is a piece as it stands."""
        cdef int kind = PyUnicode_KIND(token)
        cdef void *data = PyUnicode_DATA(token)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(token)
        cdef int64_t row = self.whole.find(kind, data, 0, length, self.whole.hashed(kind, data, 0, length))
        if row >= 0:
            found.append(row)
        return row >= 0

    cdef int token(self, str token, list found) except -1:
        """Add the rows of one token's fragments: runs of letters and digits, and single signs."""
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(token), at = 0, start
        cdef int kind = PyUnicode_KIND(token)
        cdef void *data = PyUnicode_DATA(token)
        while at < length:
            start = at
            while at < length and Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at)):
                at += 1
            if at == start:
                at += 1
            self.fragment(kind, data, start, at, found)
        return 0

    cdef int fragment(self, int kind, void *data, Py_ssize_t start, Py_ssize_t end, list found) except -1:
        cdef Py_ssize_t mark = len(found), size
        cdef int64_t row
        cdef Strings names = self.whole
        if end - start > LONGEST_FRAGMENT:
            row = names.find(kind, data, start, end, names.hashed(kind, data, start, end))
            if row >= 0:
                found.append(row)
            return 0
        while start < end:
            size = min(end - start, self.longest)
            while size:
                row = names.find(kind, data, start, start + size, names.hashed(kind, data, start, start + size))
                if row >= 0:
                    break
                size -= 1
            if not size:
                del found[mark:]
                return 0
            found.append(row if names is self.whole else self.rows[row])
            start += size
            names = self.inner
        return 0
