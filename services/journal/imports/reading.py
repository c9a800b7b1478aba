"""Files as schools keep their lists: CSV in whatever encoding Excel chose, or a workbook. Cells are text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

MOST_ROWS = 3000
MOST_COLUMNS = 100
LONGEST_CELL = 1000
_MOST_UNPACKED = 100 * 1024 * 1024

# Windows writes the first two, old programs the others; the order decides between what all can decode.
_ENCODINGS = {"cp1251": "Windows-1251", "koi8-r": "KOI8-R", "cp866": "DOS-866", "mac_cyrillic": "Mac Cyrillic"}
_DELIMITER_WITHIN = 30
"""Lines."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

Row = tuple[str, ...]


class UnreadableError(Exception):
    """No table could be made of a file; `code` says why: empty-file, encoding, unreadable, too-many-rows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """All rows of a file, blank ones too: `rows[0]` is what Excel calls row 1."""

    encoding: str
    rows: tuple[Row, ...]


def read_sheet(data: bytes, names_columns: Callable[[Sequence[Row]], bool]) -> Sheet:
    """The table in a file. Raises UnreadableError.

    Bytes of one Cyrillic encoding are letters of another, so the encoding is the first under which
    `names_columns` recognises the headers.
    """
    if not data.strip(b"\x00\t\r\n ;,\xef\xbb\xbf"):
        raise UnreadableError("empty-file")
    if data.startswith(_WORKBOOKS):
        return Sheet("Excel", _limited(_workbook_rows(data)))
    text = _unicode_text(data)
    if text is not None:
        return Sheet("UTF-8" if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "UTF-16", _csv_rows(text))
    for encoding, title in _ENCODINGS.items():
        try:
            rows = _csv_rows(data.decode(encoding))
        except UnicodeDecodeError:
            continue
        if names_columns(rows):
            return Sheet(title, rows)
    raise UnreadableError("encoding")


def _unicode_text(data: bytes) -> str | None:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _csv_rows(text: str) -> tuple[Row, ...]:
    # A title above the headers has none of them, so that one line is not enough.
    top = "\n".join(text.splitlines()[:_DELIMITER_WITHIN])
    delimiter = max(";\t,", key=top.count)
    try:
        # Strict: a quote that is never closed would swallow the rest of the list without a word.
        return _limited(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError("unreadable") from error


def _workbook_rows(data: bytes) -> Iterable[Sequence[object]]:
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                if sum(entry.file_size for entry in packed.infolist()) > _MOST_UNPACKED:
                    raise UnreadableError("too-many-rows")
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height:
                if sheet.total_height > MOST_ROWS + 50:
                    raise UnreadableError("too-many-rows")
                return sheet.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise UnreadableError("unreadable") from error
    raise UnreadableError("empty-file")


def _limited(rows: Iterable[Sequence[object]]) -> tuple[Row, ...]:
    found = []
    for row in rows:
        cells = tuple(_as_text(cell) for cell in row)
        while cells and not cells[-1]:
            cells = cells[:-1]
        if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in cells):
            raise UnreadableError("unreadable")
        found.append(cells)
        if len(found) > MOST_ROWS + 50:
            raise UnreadableError("too-many-rows")
    while found and not found[-1]:
        found.pop()
    if not found:
        raise UnreadableError("empty-file")
    return tuple(found)


def _as_text(cell: object) -> str:
    if isinstance(cell, dt.datetime):
        return cell.strftime("%d.%m.%Y")
    if isinstance(cell, dt.date):
        return cell.strftime("%d.%m.%Y")
    if isinstance(cell, float) and cell.is_integer():
        # Excel keeps a phone number typed without «+» as a number.
        return str(int(cell))
    return str(cell).strip() if cell is not None else ""
