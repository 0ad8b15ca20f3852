"""Cells changed at random: each shows as what was written, as damage, or refuses the file; no
other cell moves.

What a spelling means is worked out here a second time, with decimal and unicodedata.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from html import escape
from pathlib import Path

import pytest
import xlwt
from fuzzing.budget import few, many
from fuzzing.spoiling import cell
from hypothesis import strategies as st
from odd_files.ledger import LEDGER, SCHOOL, pack, parts, sheet_xml
from odd_files.texts import html
from reading import COUNTY, KEY

from sources.declaration import Context
from sources.limited_reader import MB, LimitedReader, Limits
from sources.refusal import Refusal
from sources.register import source

COLUMNS = ("school_id", "building_id", "space_kind", "area_m2", "use_status", "in_use_since")
ROWS = tuple((SCHOOL, f"XF{number}", "普通教室", f"{number}0.5", "在用", f"199{number}-09-01") for number in range(1, 7))
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
NOTHING = {"", "-", "--", "—", "——", "–", "/", "\\", "无", "N/A", "n/a", "null", "NULL", "nan", "NaN", "－", "／"}
# A row that such a word stands in may be a total or a signature, and is then none of detail.
LABEL = re.compile(r"计|其\s*中|^\s*[#＃]|[:：]")


def as_csv(rows: Sequence[Sequence[str]], path: Path) -> None:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    path.write_text(made.getvalue(), "utf-8", newline="")


def as_old_excel(rows: Sequence[Sequence[str]], path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("校舍")
    for row, cells in enumerate(rows):
        for column, content in enumerate(cells):
            sheet.write(row, column, content)
    book.save(str(path))


WRITERS: dict[str, tuple[str, Callable[[Sequence[Sequence[str]], Path], object]]] = {
    "workbook": ("台账_2025-08-31.xlsx", lambda rows, path: pack(path, parts(sheet_xml(rows)))),
    "old Excel": ("台账_2025-08-31.xls", as_old_excel),
    "CSV": ("台账_2025-08-31.csv", as_csv),
    "HTML": ("台账_2025-08-31.xls", lambda rows, path: path.write_text(html([[escape(cell) for cell in row] for row in rows]), "utf-8")),
}


@pytest.fixture(scope="module")
def reader():
    reader = LimitedReader(Limits(memory=512 * MB, seconds=60))
    yield reader
    reader.stop()


def folded(written: str) -> str:
    return UNSEEN.sub("", unicodedata.normalize("NFKC", UNSEEN.sub("", written))).strip().lstrip("'‘’`").strip()


def is_blank(written: str) -> bool:
    return folded(written) in NOTHING or written.strip() in NOTHING


def number(written: str) -> Decimal | None:
    """What a person means by it; None for what is no number in any reading."""
    plain = folded(written).removesuffix("元")
    shift = 4 if plain.endswith("万") else 0
    try:
        return Decimal(plain.removesuffix("万").replace(",", "")).scaleb(shift)
    except InvalidOperation:
        return None


def may_be(column: str, written: str, read: object) -> bool:
    """Whether a value that was read is what was written."""
    if column == "area_m2":
        return read == number(written)
    if column == "in_use_since":
        plain = folded(written)
        is_serial = re.fullmatch(r"[1-9]\d{4}(\.\d+)?", plain)
        return read == date(1899, 12, 30) + timedelta(int(plain.split(".")[0])) if is_serial else str(read.year) in plain
    squeezed = re.sub(r"\s", "", folded(str(read)))
    return squeezed == re.sub(r"\s", "", folded(written)) or squeezed == re.sub(r"\s", "", UNSEEN.sub("", written).strip())


def fuzzed(name: str, tmp_path: Path, reader: LimitedReader):
    file, write = WRITERS[name]
    path = tmp_path / file

    def check(changes: dict[tuple[int, int], str]) -> None:
        rows = [[changes.get((row, column), content) for column, content in enumerate(cells)] for row, cells in enumerate(ROWS)]
        write([LEDGER, *rows], path)
        found, damaged = {}, set()
        try:
            with closing(reader.read(source("asset_register"), path, f"asset_register/{file}", Context(KEY, COUNTY))) as deliveries:
                for delivery in deliveries:
                    read = [row for batch in delivery.rows for row in batch.to_pylist()]
                    # a broken line in a cell of CSV moves the lines below; order stays
                    found = {place: row for place, row in enumerate(read)}
                    damaged = {(damage.position, damage.column) for damage in delivery.damages}
        except Refusal as refusal:
            assert refusal.rule not in ("breaks_reader", "time_limit", "memory_limit"), refusal.message_en
            return
        expected = [place for place, cells in enumerate(rows) if not any(LABEL.search(unicodedata.normalize("NFKC", cell)) for cell in cells) and any(map(str.strip, cells))]
        uncertain = len(rows) - len(expected)
        assert len(expected) <= len(found) <= len(expected) + uncertain
        if uncertain:
            return  # which of them is left out is what test_workbooks and test_text_files say
        for place, cells in enumerate(rows):
            for column, written in zip(COLUMNS, cells, strict=True):
                read = found[place][column]
                if read is None:
                    assert is_blank(written) or (place, column) in damaged, (place, column, written)
                else:
                    assert may_be(column, written, read), (place, column, written, read)

    places = st.tuples(st.integers(0, len(ROWS) - 1), st.integers(0, len(COLUMNS) - 1))
    return check, st.dictionaries(places, cell, min_size=1, max_size=4)


@pytest.mark.parametrize("name", WRITERS)
def test_changed_cells_show(name, tmp_path, reader):
    few(*fuzzed(name, tmp_path, reader), examples=150)


@pytest.mark.soak
@pytest.mark.parametrize("name", WRITERS)
def test_changed_cells_show_for_ten_minutes(name, tmp_path, reader):
    many(*fuzzed(name, tmp_path, reader))
