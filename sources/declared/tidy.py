"""The tidy declared files, CSV or Parquet: one row a school, stage and measure, or one a
county, stage, category and measure.

Here: the files that a county with nothing but its yearbook starts from.
Not here: workbooks (statistics.py, school_form.py, county_form.py), the catalogues of
measures (seeds).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources import delimited
from sources.conform import Block, conformed
from sources.declaration import Damage, Delivery, Table
from sources.declared.tables import COUNTY_MEASURES, MEASURES
from sources.files import File
from sources.numerals import tidy
from sources.refusal import Refusal

SOURCE = "declared"
WHOLE = "whole"
BATCH_ROWS = 65_536


def delivery(file: File) -> Delivery:
    """The file as a delivery of `measures` or `county_measures`, told apart by its header;
    rows are dated one by one.

    Raises Refusal at once for columns that are not the declared ones, and
    `whole_and_stage` when the rows of a file of schools have been walked.
    """
    damages: list[Damage] = []
    table, blocks = _parquet_blocks(file) if file.kind == "parquet" else _text_blocks(file)
    rows = conformed(table, blocks, damages)
    return Delivery(
        source=SOURCE,
        table=table,
        county_code=None,
        origin=file.relative_path,
        rows=_one_way_of_filing(rows, file) if table is MEASURES else rows,
        row_date="as_of_date",
        digest=file.digest,
        modified_at=file.modified_at,
        encoding=file.encoding,
        layout="tidy" if table is MEASURES else "tidy_county",
        damages=damages,
    )


def is_tidy(file: File) -> bool:
    """Whether a CSV or Parquet file names measures in a column of their own."""
    if file.kind == "text":
        return any("measure_id" in record for record in delimited.head(file).records)
    import pyarrow.parquet as pq

    try:
        return "measure_id" in pq.ParquetFile(file.path).schema_arrow.names
    except (pa.ArrowException, OSError):
        raise _unreadable(file) from None


def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _table_of(headings: Sequence[str]) -> Table:
    """What the header speaks of: a column that only schools have decides, else one that only
    counties have; a header with neither is measured against the shorter list."""
    if set(headings) & (set(_columns(MEASURES)) - set(_columns(COUNTY_MEASURES))):
        return MEASURES
    return COUNTY_MEASURES if {"category", "measure_id"} & set(headings) else MEASURES


def _text_blocks(file: File) -> tuple[Table, Iterator[Block]]:
    head = delimited.head(file)
    place = next((index for index, record in enumerate(head.records) if "measure_id" in record), 0)
    headings = head.records[place] if head.records else []
    table = _table_of(headings)
    where = _placed(file, table, headings, f"第 {head.lines[place]} 行 / line {head.lines[place]}" if head.records else "")

    def blocks() -> Iterator[Block]:
        for columns, lines in delimited.batches(file, head.delimiter, head.lines[place], len(headings)):
            block = {name: columns[index] for name, index in where.items()}
            filled = np.zeros(len(lines), bool)
            for text in block.values():
                filled |= tidy(text).is_valid().to_numpy(zero_copy_only=False)
            if not filled.all():  # empty lines, and rows of commas that a spreadsheet leaves behind
                kept = pa.array(np.flatnonzero(filled))
                block, lines = {name: text.take(kept) for name, text in block.items()}, lines[filled]
            yield Block(block, len(lines), rows=pa.array(lines, pa.int64()))

    return table, blocks()


def _parquet_blocks(file: File) -> tuple[Table, Iterator[Block]]:
    import pyarrow.parquet as pq

    try:
        stored = pq.ParquetFile(file.path)
        schema = list(stored.schema_arrow)
        fields = {field.name: field.type for field in schema}
    except MemoryError:  # also an error of Arrow's, but nothing is damaged
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise _unreadable(file) from None
    table = _table_of(list(fields))
    names = _columns(table)
    _placed(file, table, [field.name for field in schema], "")
    for name in {"school_id", "county_code"} & set(names):
        if pa.types.is_floating(fields[name]) or pa.types.is_decimal(fields[name]):
            raise Refusal(
                "wrong_type", file=file.relative_path, place=f"「{name}」", expected="文本 / text", found=str(fields[name]),
                do_en="Write codes as text: a number loses digits.", do_zh="代码须为文本类型，数字会丢失位数。",
            )  # fmt: skip

    def blocks() -> Iterator[Block]:
        row = 1
        try:
            for batch in stored.iter_batches(BATCH_ROWS, columns=list(names)):
                batch.validate(full=True)  # bytes that are no text are told here, not wherever they are first looked at
                columns = {name: _as_text(batch.column(name)) for name in names}
                yield Block(columns, batch.num_rows, rows=pa.array(np.arange(row, row + batch.num_rows)))
                row += batch.num_rows
        except MemoryError:  # also an error of Arrow's, but nothing is damaged
            raise
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            raise _unreadable(file) from None

    return table, blocks()


def _as_text(column: pa.Array) -> pa.Array:
    """A typed column in its shortest spelling; NaN is how some tools write missing."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return pc.cast(column, pa.string())


def _placed(file: File, table: Table, headings: Sequence[str], place: str) -> dict[str, int]:
    columns = _columns(table)
    unknown = [name for name in headings if name not in columns]
    missing = [name for name in columns if name not in headings]
    repeated = sorted({name for name in headings if headings.count(name) > 1})
    if not (unknown or missing or repeated):
        return {name: headings.index(name) for name in columns}
    rule = "missing_column" if missing else "unknown_column" if unknown else "repeated_column"
    told = [("没有 / missing", missing), ("多出 / unknown", unknown), ("重复 / repeated", repeated)]
    raise Refusal(
        rule, file=file.relative_path, place=place, expected=", ".join(columns),
        found="; ".join(f"{what} {'、'.join(name or '（空）' for name in names)}" for what, names in told if names),
        do_en="Give the file exactly these columns, in any order.", do_zh="请使列名与上述完全一致，顺序不限。",
    )  # fmt: skip


@dataclass
class _Given:
    """Which school has filed a measure whole, and which by stage: one small row a
    school and measure, so that memory grows with schools and not with rows."""

    keys: tuple[str, ...] = ("as_of_date", "county_code", "school_id", "measure_id")
    seen: pa.Table | None = None
    parts: list[pa.Table] = field(default_factory=list)
    waiting: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        filed = pa.Table.from_batches([batch.filter(batch.column("value").is_valid())])
        whole = pc.equal(filed["stage"], WHOLE)
        part = filed.select(self.keys).append_column("whole", whole).append_column("by_stage", pc.invert(whole))
        self.parts.append(part)
        self.waiting += len(part)
        if self.waiting > 4 * BATCH_ROWS:
            self._fold()

    def both(self) -> pa.Table:
        self._fold()
        return self.seen.filter(pc.and_(self.seen["whole"], self.seen["by_stage"])) if self.seen is not None else pa.table({})

    def _fold(self) -> None:
        tables = self.parts if self.seen is None else [self.seen, *self.parts]
        if not tables:
            return
        folded = pa.concat_tables(tables).group_by(list(self.keys)).aggregate([("whole", "max"), ("by_stage", "max")])
        self.seen = folded.rename_columns([*self.keys, "whole", "by_stage"])
        self.parts, self.waiting = [], 0


def _one_way_of_filing(batches: Iterator[pa.RecordBatch], file: File) -> Iterator[pa.RecordBatch]:
    given = _Given()
    for batch in batches:
        given.add(batch)
        yield batch
    both = given.both()
    if both.num_rows:
        first = sorted((row["school_id"] or "", row["measure_id"] or "") for row in both.slice(0, 1000).to_pylist())[0]
        raise Refusal(
            "whole_and_stage", file=file.relative_path, expected="全校（whole）或分学段，只能其一 / whole or by stage, not both",
            found=f"{both.num_rows} 组两者皆有，例如 / both, {both.num_rows} times, such as {first[0]} {first[1]}",
            do_en="Keep either the row for the whole school or those by stage.", do_zh="请只保留全校行或分学段行。",
        )  # fmt: skip


def _unreadable(file: File) -> Refusal:
    return Refusal(
        "unreadable", file=file.relative_path, expected="完整的 Parquet / a whole Parquet file", found="截断或损坏 / truncated or damaged",
        do_en="Write the file again.", do_zh="请重新生成该文件。",
    )  # fmt: skip
