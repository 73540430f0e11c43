# cython: language_level=3, wraparound=False, cdivision=True
"""Compiled twin of the loop that writes rows as JSON; the same text as the plain one, character by character.

`tests/test_formats.py` holds them against each other. Where no compiler was at hand when framing
was installed this module is missing, and the plain code does the work.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ

cdef extern from "Python.h":
    Py_UCS4 *PyUnicode_AsUCS4(object text, Py_UCS4 *buffer, Py_ssize_t room, int end) except NULL
    object PyUnicode_FromKindAndData(int kind, const void *data, Py_ssize_t size)
    long long PyLong_AsLongLongAndOverflow(object number, int *overflow) except? -1

cdef const char *HEX = b"0123456789abcdef"


cdef class Text:
    """A text that grows."""

    cdef Py_UCS4 *signs
    cdef Py_ssize_t size, room

    def __dealloc__(self):
        PyMem_Free(self.signs)

    cdef int widen(self, Py_ssize_t more) except -1:
        """Make room for more signs."""
        cdef Py_ssize_t room
        cdef Py_UCS4 *signs
        if self.size + more <= self.room:
            return 0
        room = self.size + self.size // 2 + more + 1024
        signs = <Py_UCS4 *>PyMem_Realloc(self.signs, room * sizeof(Py_UCS4))
        if signs == NULL:
            raise MemoryError
        self.signs, self.room = signs, room
        return 0

    cdef int put(self, str text) except -1:
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text)
        self.widen(size)
        PyUnicode_AsUCS4(text, self.signs + self.size, size, 0)
        self.size += size
        return 0

    cdef int put_quoted(self, str text) except -1:
        cdef int kind = PyUnicode_KIND(text)
        cdef void *data = PyUnicode_DATA(text)
        cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), at, escaped = 0
        cdef Py_UCS4 sign
        cdef Py_UCS4 *to
        for at in range(size):
            escaped += is_escaped(PyUnicode_READ(kind, data, at))
        self.widen(size + 5 * escaped + 2)
        to = self.signs + self.size
        to[0] = u'"'
        to += 1
        for at in range(size):
            sign = PyUnicode_READ(kind, data, at)
            if is_escaped(sign):
                to += escape(to, sign)
            else:
                to[0] = sign
                to += 1
        to[0] = u'"'
        self.size = to + 1 - self.signs
        return 0

    cdef int put_number(self, number) except -1:
        cdef int overflow = 0
        cdef long long rest = PyLong_AsLongLongAndOverflow(number, &overflow)
        cdef Py_ssize_t size = 1, place
        cdef long long power = 10
        if overflow or not 0 <= rest < 10**17:
            return self.put(str(number))
        while power <= rest:
            size, power = size + 1, power * 10
        self.widen(size)
        for place in range(size - 1, -1, -1):
            self.signs[self.size + place] = <Py_UCS4>(48 + rest % 10)
            rest //= 10
        self.size += size
        return 0


cdef inline bint is_escaped(Py_UCS4 sign) noexcept:
    return sign < 32 or sign == u'"' or sign == u"\\"


cdef Py_ssize_t escape(Py_UCS4 *to, Py_UCS4 sign) noexcept:
    """Write a sign that JSON escapes; gives how many signs that took."""
    to[0] = u"\\"
    to[1] = sign
    if sign == u"\n":
        to[1] = u"n"
    elif sign == u"\r":
        to[1] = u"r"
    elif sign == u"\t":
        to[1] = u"t"
    elif sign == u"\b":
        to[1] = u"b"
    elif sign == u"\f":
        to[1] = u"f"
    elif sign < 32:
        to[1], to[2], to[3] = u"u", u"0", u"0"
        to[4], to[5] = HEX[<int>sign >> 4], HEX[<int>sign & 15]
        return 6
    return 2


def rows(list fixed, list columns, list printed, Py_ssize_t count):
    """See `framing.formats.streams._rows`."""
    cdef Text text = Text()
    cdef Py_ssize_t row, column
    cdef tuple cells
    for row in range(count):
        text.put(<str>fixed[0])
        for column in range(len(columns)):
            cells = <tuple>columns[column]
            cell = cells[row]
            if printed[column]:
                text.put(<str?>cell)
            elif cell is None:
                text.put("null")
            elif isinstance(cell, str):
                text.put_quoted(<str>cell)
            else:
                text.put_number(cell)
            text.put(<str>fixed[column + 1])
    return PyUnicode_FromKindAndData(4, text.signs, text.size)
