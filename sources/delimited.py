"""Text files with separated values, streamed.

Here: the first lines of a file (where a header is looked for) and its data as
batches of text with line numbers, at any size in the same memory.
Not here: encodings (files.py settles them) and what the columns mean (layout.py).
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.files import COLUMNS_LIMIT, File, too_many_columns
from sources.refusal import Refusal

HEAD_LINES = 30  # titles and notes that may stand above a header
HEAD_CHARACTERS = 1 << 22  # a line may be as long as the file
BLOCK_BYTES = 1 << 20  # some forty blocks are on their way at a time


@dataclass(frozen=True)
class Head:
    """The first records of a text file. `lines[i]` is the line on which record i ends."""

    records: list[list[str]]
    lines: list[int]
    delimiter: str


def head(file: File) -> Head:
    """Read the first records. Raises Refusal `unreadable` for what is no table of text,
    `too_large` for a record with more cells than a sheet has columns."""
    with file.path.open(encoding=file.encoding, newline="") as stream:
        first = io.StringIO(stream.read(HEAD_CHARACTERS), newline="")
    # Lines end as the rows below do: a page break in a title ends none.
    start = "".join(itertools.islice(first, HEAD_LINES))
    delimiter = "\t" if start.count("\t") > start.count(",") else ","
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    records, lines = [], []
    try:
        for record in reader:
            if len(record) > COLUMNS_LIMIT:
                raise too_many_columns(file, f"第 {reader.line_num} 行 / line {reader.line_num}", len(record))
            records.append([cell.strip("\ufeff \t\u3000") for cell in record])
            lines.append(reader.line_num)
    except csv.Error:
        if not records:
            raise _unreadable(file) from None
    return Head(records, lines, delimiter)


def batches(file: File, delimiter: str, header_line: int, width: int) -> Iterator[tuple[list[pa.Array], np.ndarray]]:
    """Yield the records below the header as text columns, and their lines.

    A record with more or fewer cells than the header refuses the file
    (`shifted_columns`): every value after the break would be a column off.
    """
    import pyarrow.csv as arrow_csv

    names = [f"c{index}" for index in range(width)]
    ragged: list[tuple[int | None, int]] = []

    def note(row) -> str:
        # Only counts are kept: the text of a row may hold persons.
        ragged.append((row.number, row.actual_columns))
        return "skip"

    before = file.path.stat()
    try:
        reader = arrow_csv.open_csv(
            file.path,
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows=header_line, encoding=file.encoding, use_threads=False, block_size=BLOCK_BYTES
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=False,
            ),
        )
        with reader:
            line = header_line + 1
            while True:
                try:
                    batch = reader.read_next_batch()
                except StopIteration:
                    break
                if ragged:
                    raise _ragged(file, ragged[0], width, header_line)
                if _swallows_lines(batch, delimiter, width):
                    raise _unreadable(file)
                lines, line = _lines(batch, line)
                yield batch.columns, lines
            if ragged:
                raise _ragged(file, ragged[0], width, header_line)
    except MemoryError:  # also an error of Arrow's, but not the file's fault
        raise
    except (pa.ArrowException, UnicodeError, OSError) as error:
        if isinstance(error, pa.ArrowInvalid) and "Empty CSV file" in str(error):
            return  # a header and nothing below it
        raise _unreadable(file) from None
    after = file.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Refusal(
            "changed_while_read", file=file.relative_path, expected="读取期间不变的文件 / a file that stands still",
            found="读取期间被修改 / changed while it was read", do_en="It is read again at the next run.", do_zh="下次运行时将重新读取。",
        )  # fmt: skip


def _swallows_lines(batch: pa.RecordBatch, delimiter: str, width: int) -> bool:
    """Whether a cell holds whole lines of the table: a quotation mark without its
    pair makes the rest of a file one cell, and its rows would be gone without a word."""
    for column in batch.columns:
        broken = column.filter(pc.match_substring(column, "\n"))
        if len(broken) and pc.max(pc.count_substring(broken, delimiter)).as_py() >= width - 1:
            return True
    return False


def _lines(batch: pa.RecordBatch, line: int) -> tuple[np.ndarray, int]:
    """The line on which each record begins: a quoted cell may hold line breaks."""
    breaks = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        if pc.any(pc.match_substring(column, "\n")).as_py():
            breaks += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
    ends = line + np.arange(1, batch.num_rows + 1) + np.cumsum(breaks)
    starts = np.concatenate([[line], ends[:-1]]) if batch.num_rows else ends
    return starts, int(ends[-1]) if batch.num_rows else line


def _ragged(file: File, found: tuple[int | None, int], width: int, header_line: int) -> Refusal:
    number, cells = found
    place = f"第 {number} 行 / line {number}" if number else ""
    return Refusal(
        "shifted_columns", file=file.relative_path, place=place, expected=f"{width} 列，与表头相同 / {width} cells, as in the header",
        found=f"{cells} 列 / {cells} cells",
        do_en="A row is cut short or has a separator too many, so its values stand under wrong headings: export the file again.",
        do_zh="该行被截断或多出分隔符，数值错位：请重新导出。",
    )  # fmt: skip


def _unreadable(file: File) -> Refusal:
    return Refusal(
        "unreadable", file=file.relative_path, expected="以逗号或制表符分隔的文本 / text separated by commas or tabs",
        found="无法解析的内容，如引号不成对 / text that cannot be parsed, for example an unpaired quotation mark",
        do_en="Export the file again, as CSV UTF-8.", do_zh="请重新导出为 CSV UTF-8。",
    )  # fmt: skip
