"""A look into an old Excel file (BIFF8) before it is read: passwords, cells in error.

Here: walking the records of the workbook's stream for what the reader shows blank.
Not here: the cells themselves (workbook.py), xlsx files (workbook_survey.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from struct import unpack_from

from sources.refusal import Refusal
from sources.workbook_survey import unreadable

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC
_FORMULA, _LABELSST, _BOOLERR = 0x0006, 0x00FD, 0x0205
_NAMES = ("Workbook", "Book")  # of the stream, in BIFF8 and before


class PasswordNeeded(Exception):
    """The stream is encrypted."""


def errors_of(content: bytes, relative_path: str) -> list[list[tuple[int, int]]]:
    """The places (row, column from 0) of error cells, by sheet in the order of the workbook.

    Raises PasswordNeeded; Refusal `unreadable` for a file whose parts do not lead to a
    workbook, or where a cell names a text that is not there.
    """
    stream = _stream(content, relative_path)
    starts: list[int] = []
    texts = None
    found: dict[int, list[tuple[int, int]]] = {}
    sheet, depth = 0, 0
    for at, kind, size in _records(stream):
        body = at + 4
        if kind == _BOF:
            depth += 1
            sheet = at if depth == 1 else sheet  # a chart in a sheet begins and ends inside it
        elif kind == _EOF:
            depth -= 1
        elif kind == _FILEPASS:
            raise PasswordNeeded
        elif kind == _BOUNDSHEET and size >= 4:
            starts.append(unpack_from("<I", stream, body)[0])
        elif kind == _SST and size >= 8:
            texts = unpack_from("<I", stream, body + 4)[0]
        elif kind == _LABELSST and size >= 10 and texts is not None and unpack_from("<I", stream, body + 6)[0] >= texts:
            raise unreadable(relative_path)
        elif (kind == _BOOLERR and size >= 8 and stream[body + 7] == 1) or (kind == _FORMULA and size >= 14 and _is_error(stream, body + 6)):
            found.setdefault(sheet, []).append(unpack_from("<HH", stream, body))
    return [found.get(start, []) for start in starts]


def _stream(content: bytes, relative_path: str) -> bytes:
    from olefile import OleFileIO
    from olefile.olefile import OleFileError

    try:
        with OleFileIO(BytesIO(content)) as parts:
            name = next((name for name in _NAMES if parts.exists(name)), None)
            if name is None:
                raise unreadable(relative_path)
            return parts.openstream(name).read()
    except (OleFileError, OSError, ValueError, IndexError, KeyError):
        raise unreadable(relative_path) from None


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Each record's place, kind and size; what is cut short at the end is the reader's to refuse."""
    at, end = 0, len(stream) - 4
    while at <= end:
        kind, size = unpack_from("<HH", stream, at)
        if at + 4 + size > len(stream):
            return
        yield at, kind, size
        at += 4 + size


def _is_error(stream: bytes, at: int) -> bool:
    """Whether a formula's eight bytes of result say that it is an error."""
    return stream[at] == 2 and stream[at + 6] == 0xFF and stream[at + 7] == 0xFF
