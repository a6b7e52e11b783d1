"""Brings the letters of a text to one form and keeps the way back, in code points.

A page holds one text between two line ends: character i of the normal form stands at i + 1.
Beside each code point stand its traits, as bits, and its class, which phrases are searched by.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.kernel import inlined, kernel

# The rest of a longer text is not read: a review is decided in its first lines, and one
# megabyte in one cell must not stop a day.
READ_AT_MOST = 4_000
CODE_POINTS = 0x110000
LAST_OF_PLANE = 0xFFFF

CHINESE = 1 << 0
LATIN = 1 << 1
ALPHABETIC = 1 << 2
INVISIBLE = 1 << 3
GAP = 1 << 4
WORD = 1 << 5
DIGIT = 1 << 6
CLAUSE_END = 1 << 7
SENTENCE_END = 1 << 8
PIECE_END = 1 << 9
LATIN_PIECE_END = 1 << 10
CARRIER = 1 << 11
ASKED_TAIL = 1 << 12
LETTER = 1 << 13
DENYING = 1 << 14
MARKUP = 1 << 15

_MOST_GAP = 4
_MOST_ALIKE = 3
_MOST_TAG = 200
_LINE_END = ord("\n")
_SPACE = ord(" ")
_UNREADABLE = 0xFFFD

# A letter of the alphabet: its class, its traits, what it becomes.
_TRAITS_FROM = 16
_BECOMES_FROM = 32

Codes = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint16]
Classes = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]


class Alphabet(NamedTuple):
    """All that is looked up of a code point of the first plane, packed; of others the traits alone."""

    packed: npt.NDArray[np.uint64]
    traits: Marks


class Sheet(NamedTuple):
    """Where a text is laid out: letters, traits, classes, and where each letter stood, in
    code points and in bytes. `known` is what the alphabet says of each letter as written.
    """

    known: npt.NDArray[np.uint64]
    codes: Codes
    marks: Marks
    letters: Classes
    places: Places
    stands: Places


def new_sheet(most: int) -> Sheet:
    """A sheet for texts of so many bytes or code points, whichever is known."""
    size = most + 2
    return Sheet(
        known=np.zeros(size, dtype=np.uint64),
        codes=np.zeros(size, dtype=np.uint32),
        marks=np.zeros(size, dtype=np.uint16),
        letters=np.zeros(size, dtype=np.uint16),
        places=np.zeros(size, dtype=np.int32),
        stands=np.zeros(size, dtype=np.int32),
    )


def packed(becomes: Codes, traits: Marks, classes: Classes) -> npt.NDArray[np.uint64]:
    """The alphabet in one table: what each code point becomes, with the traits and class of that.

    ALPHABETIC is told of the code point as it is written.
    """
    said = (traits[becomes] & ~np.uint16(ALPHABETIC)) | (traits[: len(becomes)] & np.uint16(ALPHABETIC))
    inside = np.minimum(becomes, LAST_OF_PLANE)
    known = np.where(becomes <= LAST_OF_PLANE, classes[inside], 0)
    return (
        known.astype(np.uint64)
        | (said.astype(np.uint64) << np.uint64(_TRAITS_FROM))
        | (becomes.astype(np.uint64) << np.uint64(_BECOMES_FROM))
    )


@inlined
def decoded(data: Bytes, first: int, last: int, alphabet: Alphabet, sheet: Sheet) -> tuple[int, bool, bool]:
    """Lays out UTF-8 in normal letters.

    Returns how many there are, whether any is a letter, and whether any may have to be dropped.
    Halves of surrogate pairs are read like the other code points that take three bytes.
    """
    count = _looked_up(data[first:last], alphabet, sheet)
    _close(sheet, count)
    seen, is_dubious = _taken_apart(sheet, count)
    return count, (seen & ALPHABETIC) != 0, is_dubious


@inlined
def _looked_up(text: Bytes, alphabet: Alphabet, sheet: Sheet) -> int:
    """Writes what the alphabet says of each code point of UTF-8, and where it stands."""
    table, known, stands = alphabet.packed, sheet.known, sheet.stands
    last, count, at = len(text), 0, np.uint32(0)
    while at < last and count < READ_AT_MOST:
        stands[count] = at
        lead = np.uint32(text[at])
        if lead < 0x80 or at + 1 >= last:
            code = lead
            at = np.uint32(at + 1)
        elif lead < 0xE0 or at + 2 >= last:
            code = ((lead & np.uint32(0x1F)) << np.uint32(6)) | _tail(text, at + 1)
            at = np.uint32(at + 2)
        elif lead < 0xF0 or at + 3 >= last:
            code = (
                ((lead & np.uint32(0x0F)) << np.uint32(12))
                | (_tail(text, at + 1) << np.uint32(6))
                | _tail(text, at + 2)
            )
            at = np.uint32(at + 3)
        else:
            code = (
                ((lead & np.uint32(0x07)) << np.uint32(18))
                | (_tail(text, at + 1) << np.uint32(12))
                | (_tail(text, at + 2) << np.uint32(6))
                | _tail(text, at + 3)
            )
            at = np.uint32(at + 4)
            if code >= CODE_POINTS:
                code = np.uint32(_UNREADABLE)
        if code <= LAST_OF_PLANE:
            known[count] = table[code]
        else:
            known[count] = (np.uint64(alphabet.traits[code]) << np.uint64(_TRAITS_FROM)) | (
                np.uint64(code) << np.uint64(_BECOMES_FROM)
            )
        count += 1
    stands[count] = at
    return count


@kernel
def _tail(data: Bytes, at: int | np.uint32) -> np.uint32:
    return np.uint32(data[at]) & np.uint32(0x3F)


@inlined
def _taken_apart(sheet: Sheet, count: int) -> tuple[int, bool]:
    """Spreads what is known of letters; returns all traits, and whether any may have to be dropped.

    No loop here has a branch or a step that waits for the one before: many letters are taken at once.
    """
    known, codes, marks, letters, places = sheet.known, sheet.codes, sheet.marks, sheet.letters, sheet.places
    seen = np.uint16(0)
    for at in range(count):
        said = known[at]
        mark = np.uint16(said >> np.uint64(_TRAITS_FROM))
        codes[at + 1], marks[at + 1] = np.uint32(said >> np.uint64(_BECOMES_FROM)), mark
        letters[at + 1], places[at] = np.uint16(said), at
        seen |= mark
    has_gap, is_repeated = False, False
    for at in range(count):
        has_gap |= ((marks[at] & CHINESE) != 0) & ((marks[at + 1] & GAP) != 0)
    for at in range(count - _MOST_ALIKE + 1):
        alike = True
        for nth in range(at, at + _MOST_ALIKE):
            alike &= codes[nth] == codes[nth + 1]
        is_repeated |= alike
    return int(seen), bool((seen & (INVISIBLE | MARKUP)) != 0 or has_gap or is_repeated)


@inlined
def _close(sheet: Sheet, count: int) -> None:
    """Frames a text; a line end outside the text has no traits, so that none is found there."""
    for at in (0, count + 1):
        sheet.codes[at], sheet.marks[at], sheet.letters[at] = _LINE_END, 0, 0


@kernel
def _keep(sheet: Sheet, read: int, kept: int) -> None:
    sheet.codes[kept], sheet.marks[kept], sheet.letters[kept] = (
        sheet.codes[read],
        sheet.marks[read],
        sheet.letters[read],
    )
    sheet.places[kept - 1] = read - 1


@kernel
def tidied(sheet: Sheet, count: int, alphabet: Alphabet) -> int:
    """Drops in place what is invisible, markup, a gap that dodges filters, or a letter repeated.

    Returns how many characters stay. Writing never overtakes reading, so what stands before
    the place that is read is still the text as it was.
    """
    codes, marks = sheet.codes, sheet.marks
    read, kept = 1, 1
    while read <= count:
        code, mark = codes[read], marks[read]
        if (mark & INVISIBLE) != 0:
            read += 1
            continue
        if (mark & MARKUP) != 0:
            after = _after_markup(codes, marks, read, count)
            if after > 0:
                codes[kept] = _SPACE
                marks[kept], sheet.letters[kept] = alphabet.traits[_SPACE], alphabet.packed[_SPACE] & 0xFFFF
                sheet.places[kept - 1] = read - 1
                read, kept = after, kept + 1
                continue
        if (mark & CHINESE) != 0 and (marks[read - 1] & CHINESE) == 0:
            # Spelled-out words dodge filters: 垃 圾, 垃*圾. A gap between two longer runs stays a gap.
            after = _after_gap(marks, read + 1, count)
            if after > 0:
                _keep(sheet, read, kept)
                read, kept = after, kept + 1
                continue
        if (mark & GAP) != 0 and (marks[read - 1] & CHINESE) != 0:
            after = _after_gap(marks, read, count)
            if after > 0 and (after == count or (marks[after + 1] & CHINESE) == 0):
                read = after
                continue
        alike = 1
        while read + alike <= count and codes[read + alike] == code:
            alike += 1
        if alike > _MOST_ALIKE:
            for nth in range(_MOST_ALIKE):
                _keep(sheet, read + nth, kept + nth)
            read, kept = read + alike, kept + _MOST_ALIKE
            continue
        _keep(sheet, read, kept)
        read, kept = read + 1, kept + 1
    _close(sheet, kept - 1)
    return kept - 1


@kernel
def _after_gap(marks: Marks, first: int, count: int) -> int:
    """The Chinese character after a gap that begins at `first`, or 0."""
    at = first
    while at <= count and at - first < _MOST_GAP and (marks[at] & GAP) != 0:
        at += 1
    if at > first and at <= count and (marks[at] & CHINESE) != 0:
        return at
    return 0


@kernel
def _after_markup(codes: Codes, marks: Marks, first: int, count: int) -> int:
    """The place after a tag (<br>) or an entity (&nbsp; &#160;) that begins at `first`, or 0."""
    at = first + 1
    if codes[first] == ord("<"):
        while at <= count and codes[at] != ord("<") and codes[at] != ord(">"):
            at += 1
        is_tag = at <= count and codes[at] == ord(">") and 1 <= at - first - 1 <= _MOST_TAG
        return at + 1 if is_tag else 0
    if at <= count and codes[at] == ord("#"):
        at += 1
        while at <= count and (marks[at] & DIGIT) != 0:
            at += 1
        is_entity = 1 <= at - first - 2 <= 6
    else:
        while at <= count and (marks[at] & LATIN) != 0:
            at += 1
        is_entity = 2 <= at - first - 1 <= 8
    return at + 1 if is_entity and at <= count and codes[at] == ord(";") else 0


@kernel
def read_as_chinese(marks: Marks, count: int) -> bool:
    """Whether Chinese characters carry a text in normal letters, rather than Latin ones."""
    chinese, latin = 0, 0
    for at in range(1, count + 1):
        chinese += marks[at] & CHINESE
        latin += (marks[at] & LATIN) >> 1
    return bool(chinese > 0 and chinese * 4 >= latin)
