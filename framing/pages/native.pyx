# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Compiled twins of the slowest loops over lines; the same results as the plain ones, bit by bit.

`tests/pages/test_native.py` holds them against each other. Where no compiler was at hand when framing
was installed this module is missing, and the plain code does the work.
"""

import numpy as np

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int64_t, uint64_t

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4) noexcept
    bint Py_UNICODE_ISLINEBREAK(Py_UCS4) noexcept
    bint Py_UNICODE_ISALNUM(Py_UCS4) noexcept
    bint Py_UNICODE_ISDECIMAL(Py_UCS4) noexcept

cdef uint64_t BASE = 0x9E3779B97F4A7C15ULL
#: What stands for a word and for a number in a pattern: no characters.
cdef uint64_t WORD = 0x110000, NUMBER = 0x110001
#: Codes of `framing.pages.phrases`.
cdef int64_t EDGE = -2, OTHER = -1

cdef const char *MONTHS = b"janfebmaraprmayjunjulaugsepoctnovdec"

cdef new = tuple.__new__

#: Of the first signs: 1 a letter, 2 a decimal; asking Python's tables for each sign is several times as slow.
cdef char[128] FIRST
cdef int _code
for _code in range(128):
    FIRST[_code] = 2 if Py_UNICODE_ISDECIMAL(_code) else 1 if Py_UNICODE_ISALNUM(_code) else 0


cdef inline int sort_of(Py_UCS4 sign) noexcept:
    """1 a letter or what is written like one, 2 a decimal digit, 0 anything else."""
    if sign < 128:
        return FIRST[sign]
    return 2 if Py_UNICODE_ISDECIMAL(sign) else 1 if Py_UNICODE_ISALNUM(sign) else 0


def lines_of(str page, kind_of_line):
    """See `framing.pages.lines.lines_of`."""
    cdef int kind = PyUnicode_KIND(page)
    cdef void *data = PyUnicode_DATA(page)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(page), at = 0, begun, first, last
    cdef Py_ssize_t number = 0, before = -2, above = 1, indent = 0, start = 0, end = 0
    cdef Py_UCS4 sign = 0
    cdef list found = []
    while at < size:
        begun, first, last = at, -1, -1
        while at < size:
            sign = PyUnicode_READ(kind, data, at)
            if not Py_UNICODE_ISSPACE(sign):
                if first < 0:
                    first = at
                last = at
            elif Py_UNICODE_ISLINEBREAK(sign):
                break
            at += 1
        if at < size:  # over the break, which may be of two characters
            at += 2 if sign == 13 and at + 1 < size and <Py_UCS4>PyUnicode_READ(kind, data, at + 1) == 10 else 1
        if first >= 0:
            if before >= 0:
                cells = (before, start, end, page[start:end], indent, above, number - before - 1)
                found.append(new(kind_of_line, cells))
                above = number - before - 1
            start, end, indent, before = first, last + 1, first - begun, number
        number += 1
    if before >= 0:
        found.append(new(kind_of_line, (before, start, end, page[start:end], indent, above, 1)))
    return found


def add(float[:, ::1] sums, const float[:, ::1] table, const int64_t[::1] held, lines):
    """Add `table[held[i]]` to the sums of line `i`, or of ``lines[i]``, where `held` is not negative."""
    cdef Py_ssize_t at, row, column, width = sums.shape[1]
    cdef bint all_lines = lines is None
    cdef const int64_t[::1] rows = held if all_lines else lines
    for at in range(held.shape[0]):
        if held[at] >= 0:
            row = at if all_lines else rows[at]
            for column in range(width):
                sums[row, column] += table[held[at], column]


def best(
    float[:, ::1] scores,
    const int64_t[::1] sizes,
    const int64_t[::1] blank,
    const float[:, :, ::1] moves,
    const float[::1] opening,
    const float[::1] closing,
):
    """See `framing.pages.model._best`; `scores` are changed."""
    cdef Py_ssize_t states = scores.shape[1], page, line, state, before, begin = 0, end, move
    cdef float value, most
    path_ = np.empty(scores.shape[0], dtype=np.int64)
    cdef int64_t[::1] path = path_
    for page in range(sizes.shape[0]):
        end = begin + sizes[page]
        for state in range(states):
            scores[begin, state] += opening[state]
        for line in range(begin + 1, end):
            move = blank[line]
            most = -1e30
            for state in range(states):
                value = moves[move, 0, state] + scores[line - 1, 0]
                for before in range(1, states):
                    value = max(value, moves[move, before, state] + scores[line - 1, before])
                scores[line, state] += value
                most = max(most, scores[line, state])
            for state in range(states):
                scores[line, state] -= most
        path[end - 1] = 0
        most = scores[end - 1, 0] + closing[0]
        for state in range(1, states):
            value = scores[end - 1, state] + closing[state]
            if value > most:
                most, path[end - 1] = value, state
        for line in range(end - 1, begin, -1):
            move, state = blank[line], path[line]
            path[line - 1] = 0
            most = scores[line - 1, 0] + moves[move, 0, state]
            for before in range(1, states):
                value = scores[line - 1, before] + moves[move, before, state]
                if value > most:
                    most, path[line - 1] = value, before
        begin = end
    return path_.tolist()


def long_words(str text, Py_ssize_t lines, Py_ssize_t shortest):
    """See `framing.pages.looks._long_words`: counts and numbers; a line feed stands before and behind each line."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), at = 0, begun, line = -1, used = 0, mark = 0, index
    cdef Py_UCS4 sign
    cdef uint64_t total, power
    counts_ = np.zeros(lines, dtype=np.int64)
    words_ = np.empty(size // shortest + 1, dtype=np.int64)
    cdef int64_t[::1] counts = counts_
    cdef int64_t[::1] words = words_
    while at < size:
        sign = PyUnicode_READ(kind, data, at)
        if sort_of(sign) != 1:
            at += 1
            if sign == 10:
                line, mark = line + 1, used
            continue
        begun, total, power = at, 0, 1
        while at < size:
            sign = PyUnicode_READ(kind, data, at)
            if sort_of(sign) != 1:
                break
            total += (<uint64_t>sign + 1) * power
            power *= BASE
            at += 1
        if at - begun < shortest:
            continue
        for index in range(mark, used):
            if words[index] == <int64_t>total:
                break
        else:
            words[used] = <int64_t>total
            used += 1
            counts[line] += 1
    return counts_, words_[:used].copy()


def patterns(list texts):
    """See `framing.pages.looks._patterns`, of short texts."""
    cdef Py_ssize_t count = len(texts), row, at
    found_ = np.empty(count, dtype=np.int64)
    cdef int64_t[::1] found = found_
    cdef str text
    cdef int kind, sort, before
    cdef void *data
    cdef Py_UCS4 sign
    cdef uint64_t total, power
    for row in range(count):
        text = <str>texts[row]
        kind, data = PyUnicode_KIND(text), PyUnicode_DATA(text)
        total, power, before = 0, 1, 0
        for at in range(PyUnicode_GET_LENGTH(text)):
            sign = PyUnicode_READ(kind, data, at)
            sort = sort_of(sign)
            if sort == 0 or sort != before:
                total += ((<uint64_t>sign if sort == 0 else WORD if sort == 1 else NUMBER) + 1) * power
                power *= BASE
            before = sort
        found[row] = <int64_t>total
    return found_


def humps(str text):
    """See `framing.pages.phrases._humps`."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef Py_ssize_t at
    cdef Py_UCS4 sign, before = 0
    cdef list found = []
    for at in range(PyUnicode_GET_LENGTH(text)):
        sign = PyUnicode_READ(kind, data, at)
        if u"A" <= sign <= u"Z" and u"a" <= before <= u"z":
            found.append(at)
        before = sign
    return found


cdef inline bint is_word(Py_UCS4 sign) noexcept:
    return sort_of(sign) != 0 or sign == u"_"


cdef Py_ssize_t over_letters(int kind, void *data, Py_ssize_t size, Py_ssize_t at, Py_ssize_t most) noexcept:
    cdef Py_ssize_t limit = min(size, at + most)
    while at < limit and sort_of(PyUnicode_READ(kind, data, at)) == 1:
        at += 1
    return at


cdef Py_ssize_t over_blanks(int kind, void *data, Py_ssize_t size, Py_ssize_t at) noexcept:
    while at < size and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
        at += 1
    return at


cdef bint opens_month(int kind, void *data, Py_ssize_t size, Py_ssize_t at) noexcept:
    """Whether three letters of an English month follow, or one that is not ASCII."""
    cdef Py_ssize_t month, place
    cdef Py_UCS4 sign
    for month in range(12):
        for place in range(3):
            sign = PyUnicode_READ(kind, data, at + place) if at + place < size else 0
            if sign > 127:
                return True
            if <int>sign | 32 != MONTHS[3 * month + place]:
                break
        else:
            return True
    return False


cdef bint unit_of_time(int kind, void *data, Py_ssize_t size, Py_ssize_t at) noexcept:
    """Whether a short word follows, and behind it “ago”, a sign that separates, or nothing."""
    cdef Py_ssize_t begun, ended
    cdef Py_UCS4 sign
    begun = over_blanks(kind, data, size, at)
    ended = over_letters(kind, data, size, begun, 9)
    if begun == ended or ended - begun > 8:
        return False
    sign = PyUnicode_READ(kind, data, begun)
    if sign not in u"smhdwySMHDWY" and sign < 128:
        return False
    at = over_blanks(kind, data, size, ended)
    return at == size or <Py_UCS4>PyUnicode_READ(kind, data, at) in u"·•,|aA"


cdef bint date_around(int kind, void *data, Py_ssize_t size, Py_ssize_t begun, Py_ssize_t ended) noexcept:
    """Whether figures stand before two signs with figures between, or beside what may be a month."""
    cdef Py_ssize_t at = ended
    if at < size and <Py_UCS4>PyUnicode_READ(kind, data, at) in u"./-":
        at += 1
        while at < size and sort_of(PyUnicode_READ(kind, data, at)) == 2:
            at += 1
        if ended + 1 < at < size and <Py_UCS4>PyUnicode_READ(kind, data, at) in u"./-":
            return True
        at = ended
    if ended - begun > 2:
        return False
    at = over_letters(kind, data, size, at, 2)  # 2nd, 3rd
    while at < size and <Py_UCS4>PyUnicode_READ(kind, data, at) in u".,":
        at += 1
    if opens_month(kind, data, size, over_blanks(kind, data, size, at)):
        return True
    at = begun
    while at > 0 and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at - 1)):
        at -= 1
    if at > 0 and <Py_UCS4>PyUnicode_READ(kind, data, at - 1) == u".":
        at -= 1
    while at > 0 and sort_of(PyUnicode_READ(kind, data, at - 1)) == 1:
        at -= 1
    return opens_month(kind, data, size, at)


def times(list texts):
    """Which lines may hold a date, which an age; all that `dated` and `AGO` of `framing.pages.features` find may."""
    cdef Py_ssize_t row, at, ended, size
    dates_, ages_ = np.zeros(len(texts), dtype=np.bool_), np.zeros(len(texts), dtype=np.bool_)
    cdef unsigned char[::1] dates = dates_.view(np.uint8), ages = ages_.view(np.uint8)
    cdef str text
    cdef int kind
    cdef void *data
    cdef Py_UCS4 sign
    for row in range(len(texts)):
        text = <str>texts[row]
        kind, data, size = PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)
        at = 0
        while at < size:
            sign = PyUnicode_READ(kind, data, at)
            ended = at + 1
            if at == 0 or not is_word(PyUnicode_READ(kind, data, at - 1)):
                if sort_of(sign) == 2:
                    while ended < size and sort_of(PyUnicode_READ(kind, data, ended)) == 2:
                        ended += 1
                    dates[row] |= date_around(kind, data, size, at, ended)
                    ages[row] |= unit_of_time(kind, data, size, ended)
                elif sign in u"aA":
                    ages[row] |= unit_of_time(kind, data, size, ended)
                    if ended < size and <Py_UCS4>PyUnicode_READ(kind, data, ended) in u"nN":
                        ages[row] |= unit_of_time(kind, data, size, ended + 1)
                elif sign in u"oO" and over_letters(kind, data, size, at, 3) == at + 3:
                    ages[row] |= unit_of_time(kind, data, size, at + 3)
            at = ended
    return dates_, ages_


cdef inline bint joins(Py_UCS4 sign) noexcept:
    return sign == u"." or sign == u"'" or sign == u"&" or sign == u":" or sign == u"-"


cdef int64_t place_of(int64_t value, const int64_t[::1] keys) noexcept:
    """Where a value stands among sorted keys, -1 if it does not."""
    cdef Py_ssize_t low = 0, high = keys.shape[0], middle
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low if low < keys.shape[0] and keys[low] == value else -1


def codes(
    str text,
    str tokens,
    const int64_t[::1] words,
    const int64_t[::1] order,
    const unsigned char[::1] may,
):
    """See `framing.pages.phrases._codes`; `tokens` are the signs that are words of their own."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), at = 0, used = 0
    cdef Py_UCS4 sign
    cdef bint inside
    cdef uint64_t total, power
    cdef int64_t place
    found_ = np.empty(size, dtype=np.int64)
    cdef int64_t[::1] found = found_
    while at < size:
        sign = PyUnicode_READ(kind, data, at)
        at += 1
        if sign == 10:
            found[used] = EDGE
            used += 1
            continue
        total, power = <uint64_t>sign + 1, BASE
        if sort_of(sign):
            while at < size:
                sign = PyUnicode_READ(kind, data, at)
                inside = sort_of(sign) or (
                    joins(sign)
                    and sort_of(PyUnicode_READ(kind, data, at - 1))
                    and at + 1 < size
                    and sort_of(PyUnicode_READ(kind, data, at + 1))
                )
                if not inside:
                    break
                total += (<uint64_t>sign + 1) * power
                power *= BASE
                at += 1
        elif sign not in tokens:
            continue
        found[used] = OTHER
        if may[(total >> 20) & (may.shape[0] - 1)]:
            place = place_of(<int64_t>total, words)
            if place >= 0:
                found[used] = order[place]
        used += 1
    return found_[:used].copy()
