# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Compiled twins of the slowest loops from lines to units; see `native.pyx`."""

from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4) noexcept
    object PyType_GenericAlloc(object, Py_ssize_t)


cdef inline bint is_stop(Py_UCS4 sign) noexcept:
    return sign == u"." or sign == u"!" or sign == u"?" or sign == u"…"


cdef inline bint is_quote(Py_UCS4 sign) noexcept:
    return sign in u"\"'”’»“‘"


cdef inline bint closes(Py_UCS4 sign) noexcept:
    return is_quote(sign) or sign == u")" or sign == u"]"


cdef inline bint is_latin(Py_UCS4 sign) noexcept:
    return u"a" <= sign <= u"z" or u"A" <= sign <= u"Z"


cdef Py_ssize_t behind_stop(int kind, void *data, Py_ssize_t size, Py_ssize_t stop) noexcept:
    """Where the text goes on behind a run of stops, what closes after it, and white space; else -1."""
    cdef Py_ssize_t at = stop + 1, limit = min(size, stop + 10), begun
    while at < limit and is_stop(PyUnicode_READ(kind, data, at)):
        at += 1
    limit = min(size, at + 4)
    while at < limit and closes(PyUnicode_READ(kind, data, at)):
        at += 1
    begun = at
    while at < size and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at)):
        at += 1
    return at if begun < at < size else -1


cdef Py_ssize_t plain_word(int kind, void *data, Py_ssize_t stop) noexcept:
    """Where the word before a stop begins, if it is one of some Latin letters and no Roman number; else -1."""
    cdef Py_ssize_t at = stop
    while at > 0 and stop - at < 20 and is_latin(PyUnicode_READ(kind, data, at - 1)):
        at -= 1
    if stop - at < 2 or <Py_UCS4>PyUnicode_READ(kind, data, stop - 1) in u"ivxIVX":
        return -1
    return at if at == 0 or Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at - 1)) else -1


def sentences(str line, dict abbreviations, judge, loose):
    """See `framing.pages.sentences.sentence_spans`; `judge` is asked about all but the plainest stops."""
    return trimmed(line, cuts(line, abbreviations, judge, loose))


cdef list cuts(str line, dict abbreviations, judge, loose):
    cdef int kind = PyUnicode_KIND(line)
    cdef void *data = PyUnicode_DATA(line)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(line), at = 0, last = size, after, word, told
    cdef Py_UCS4 sign, following
    cdef list found = []
    while last > 0:
        sign = PyUnicode_READ(kind, data, last - 1)
        if not (is_stop(sign) or closes(sign)):
            break
        last -= 1
    while at < last:
        sign = PyUnicode_READ(kind, data, at)
        if not is_stop(sign) and sign != u"[":
            at += 1
            continue
        following = PyUnicode_READ(kind, data, at + 1)
        after = behind_stop(kind, data, size, at)
        if sign == u"." and after > 0 and Py_UNICODE_ISSPACE(following) \
                and u"A" <= <Py_UCS4>PyUnicode_READ(kind, data, after) <= u"Z":
            word = plain_word(kind, data, at)
            if word >= 0 and line[word:at] not in abbreviations:
                found.append(after)
                at = after
                continue
        if after < 0 and sign != u"[" and not is_quote(following) and not u"A" <= following <= u"Z":
            at += 1  # nor is it glued to a capital
            continue
        told = judge(line, at, loose)
        if told > 0:
            found.append(told)
        at = abs(told) if told else at + 1
    return found


cdef list trimmed(str line, list cuts):
    cdef int kind = PyUnicode_KIND(line)
    cdef void *data = PyUnicode_DATA(line)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(line), start = 0, end, first, last, at
    cdef list spans = []
    for at in range(len(cuts) + 1):
        end = cuts[at] if at < len(cuts) else size
        first, last = start, end
        while first < last and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, first)):
            first += 1
        while first < last and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, last - 1)):
            last -= 1
        if first < last:
            spans.append((first, last))
        start = end
    return spans


def units(str page, str identity, str source, tuple told, lines, places, spans, kind_of_unit, name_of):
    """See `framing.pages.units._made`."""
    cdef Py_ssize_t offset, start, end, occurrence
    cdef dict seen = {}
    cdef list found = [], within
    cdef tuple line, span, last
    cdef str text
    place = region = last = None
    for row, here, within in zip(lines, places, spans, strict=True):
        if here is not place:
            place = here
            region = here.region
            last = told + (here.comment_author, here.comment_time, here.reply_depth)
        line = <tuple>row
        offset = line[1]
        for span in within:
            start = offset + <Py_ssize_t>span[0]
            end = offset + <Py_ssize_t>span[1]
            text = page[start:end]
            occurrence = seen.get(text, -1) + 1
            seen[text] = occurrence
            name = name_of(identity, text, occurrence)
            cells = (name, identity, source, start, end, text, region, line[0], len(found))
            found.append(joined(kind_of_unit, cells, last))
    return found


cdef object joined(kind, tuple first, tuple last):
    """A tuple of a kind with the cells of two tuples; by its constructor it would be made twice."""
    cdef Py_ssize_t at, size = len(first)
    cdef object made = PyType_GenericAlloc(kind, size + len(last)), cell
    for at in range(size + len(last)):
        cell = first[at] if at < size else last[at - size]
        Py_INCREF(cell)
        PyTuple_SET_ITEM(made, at, cell)
    return made
