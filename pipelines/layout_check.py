"""`junheng layout check`: what would be made of a file, and what to write where nothing is.

Here: looking at one file and saying it in words; nothing is landed, no home is needed.
Not here: recognising (sources/recognition.py) and drafting (sources/layout_draft.py).

No data cell is ever printed: headings, columns, counts and dates alone. Persons are
hashed with a key that is thrown away.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sources.declaration import Context, Delivery, Source
from sources.files import File, opened
from sources.layout_draft import draft, guesses
from sources.recognition import Seen, seen_in
from sources.refusal import Misconfigured, Refusal
from sources.register import SOURCES

NOWHERE = "000000"  # stands for a county that nothing tells, so that the rows can be counted


@dataclass
class Report:
    """What is said of a file, line by line, and whether it can be used as it is."""

    lines: list[str] = field(default_factory=list)
    is_usable: bool = True

    def say(self, line: str = "") -> None:
        self.lines.append(line)


def check(path: Path, source_name: str, inbox: Path | None, county_code: str | None, own_layouts: Path | None) -> Report:
    """Report on a file. `source_name` "" tries every source, or the one whose drop
    folder the file lies in."""
    report = Report()
    relative = _below_inbox(path, inbox)
    sources = _sources(source_name, relative)
    try:
        file = opened(path, relative)
        seen = seen_in(file, sources, own_layouts)
        forms = _forms(file, sources)
    except Refusal as refusal:
        report.is_usable = False
        report.say(f"退回 refused: {refusal.message_zh}\n{refusal.message_en}")
        return report
    report.say(f"文件 file: {file.name}（{file.kind}{f', {file.encoding}' if file.encoding else ''}）")
    if forms:
        for source, form in forms.items():
            report.say(f"来源 source {source.name}：{form}，按标签读取 read by its labels (docs/layouts.md)")
        seen = []  # headings say nothing of a file that is read by labels
    recognised = list(dict.fromkeys(one.source for one in seen if one.source))
    for one in seen:
        if recognised or any(source.has_layouts for source in sources):
            _explain(report, one)
    readers = list(forms) or recognised or [source for source in sources if not source.has_layouts]
    report.is_usable = any([_read(report, file, source, county_code, own_layouts) for source in readers])
    for one in seen:
        if one.layout is not None and not one.is_sound:
            _what_to_add(report, one, own_layouts)
    if not report.is_usable:
        for one in seen:
            if one.layout is None:
                _draft(report, one, sources, own_layouts)
    report.say()
    report.say("结论 verdict: " + ("可以识别 recognised" if report.is_usable else "不能按现状使用 not usable as it is"))
    return report


def _below_inbox(path: Path, inbox: Path | None) -> str:
    """The file as the inbox would name it; the folders above may tell county and day."""
    path = path.resolve()
    if inbox is not None and path.is_relative_to(inbox):
        return path.relative_to(inbox).as_posix()
    return Path(*path.parts[-3:]).as_posix().lstrip("/")


def _sources(name: str, relative: str) -> list[Source]:
    by_name = {source.name: source for source in SOURCES}
    if name:
        if name not in by_name:
            raise Misconfigured(f"There is no source {name}: {', '.join(by_name)}. / 没有该数据源。")
        return [by_name[name]]
    folder = relative.split("/")[0]
    return [by_name[folder]] if folder in by_name else list(SOURCES)


def _forms(file: File, sources: Sequence[Source]) -> dict[Source, str]:
    """The sources that read by labels and take the file for one of their own forms."""
    said = {source: source.form_of(file.path, file.relative_path) for source in sources if source.form_of}
    return {source: form for source, form in said.items() if form}


def _explain(report: Report, seen: Seen) -> None:
    report.say()
    report.say(f"[{seen.place} 行 row]")
    if seen.layout is None:
        report.say("  版式 layout: 没有版式认识这个表头，不读取 no layout knows this header: not read")
        report.say(f"  表头 headings: {'、'.join(seen.headings)}")
        return
    if seen.layout.table is None:
        report.say(f"  来源 source {seen.source.name}，版式 layout {seen.layout.name}: 认识，但从不读取 known and never read")
        return
    table = seen.layout.table
    report.say(f"  来源 source {seen.source.name}，版式 layout {seen.layout.name} -> {table.name}（{table.label_zh}）")
    report.say(f"  映射 mapped: {'、'.join(f'{heading} -> {column}' for heading, column in seen.mapped.items())}")
    for words, headings in (
        ("仅用于识别个人，不落地 for the pseudonym or the reader, never delivered", seen.aside),
        ("忽略 ignored", seen.ignored),
        ("不认识 unknown", seen.unknown),
        ("缺少 missing", ["或 or ".join(headings) + f" -> {column}" for column, headings in seen.missing.items()]),
    ):
        if headings:
            report.say(f"  {words}: {'、'.join(headings)}")
    if seen.unit:
        report.say(f"  金额单位 unit of money: {seen.unit}")


def _read(report: Report, file: File, source: Source, county_code: str | None, own_layouts: Path | None) -> bool:
    """Read the file as its source would and count; False where it would be refused."""
    told = file.county_code(Context(county_code=county_code))
    context = Context(secrets.token_bytes(16), told or NOWHERE, own_layouts)
    try:
        counted = [_Counted.of(delivery) for delivery in source.read(file.path, file.relative_path, context)]
    except (Refusal, Misconfigured) as problem:
        report.say()
        words = f"{problem.message_zh}\n  {problem.message_en}" if isinstance(problem, Refusal) else str(problem)
        report.say(f"退回 refused by {source.name}: {words}")
        return False
    report.say()
    report.say(f"读取 read as {source.name}（{source.label_zh}），区县 county {_county(set().union(*(one.counties for one in counted)))}:")
    for one in counted:
        delivery = one.delivery
        day = delivery.as_of_date or (f"各行 {delivery.row_date}" if delivery.row_date else "没有 none：放入以日期命名的目录 put it into a folder named YYYY-MM-DD")
        report.say(f"  {delivery.table.name}: {one.rows} 行 rows，数据日期 as of {day}")
        if one.measures:
            report.say(f"    度量 measures: {'、'.join(f'{name} × {count}' for name, count in sorted(one.measures.items()))}")
        for (column, rule), count in sorted(one.damages.items()):
            report.say(f"    无法读取 unreadable: {column} {rule} × {count}")
    return True


@dataclass(frozen=True)
class _Counted:
    """A delivery, read to its end: its rows, the counties they name, rows a measure, unreadable cells."""

    delivery: Delivery
    rows: int
    counties: set[str]
    measures: Counter
    damages: Counter

    @classmethod
    def of(cls, delivery: Delivery) -> _Counted:
        rows, counties, measures = 0, set(), Counter()
        for batch in delivery.rows:
            rows += len(batch)
            if "county_code" in batch.schema.names:
                counties |= set(batch.column("county_code").unique().to_pylist()) - {None}
            if "measure_id" in batch.schema.names:
                for one in batch.column("measure_id").drop_null().value_counts().to_pylist():
                    measures[one["values"]] += one["counts"]
        return cls(delivery, rows, counties, measures, Counter((damage.column, damage.rule) for damage in delivery.damages))


def _county(counties: set[str]) -> str:
    if not counties - {NOWHERE}:
        return "文件未说明 not told: JUNHENG_COUNTY_CODE、六位数目录 a six-digit folder、名录 or the register"
    return "、".join(sorted(counties - {NOWHERE}))


def _what_to_add(report: Report, seen: Seen, own_layouts: Path | None) -> None:
    """The lines that would make a sheet fit the layout that it almost fits."""
    likely = guesses(seen.unknown, seen.source, seen.layout.table, own_layouts)
    likely = {heading: column for heading, column in likely.items() if column in seen.missing}
    report.say()
    report.say(f"# 在 add to {seen.layout.path}")
    if likely or seen.missing:
        report.say("columns:")
        for heading, column in likely.items():
            report.say(f"  {heading}: {column}")
        for column in seen.missing:
            if column not in likely.values():
                report.say(f"  # ?: {column}  # {seen.layout.table.column(column).label_zh if not column.startswith('melt:') else column}")
    if rest := [heading for heading in seen.unknown if heading not in likely]:
        report.say("ignore:  # 若不需要 if not needed")
        for heading in rest:
            report.say(f"  - {heading}")


def _draft(report: Report, seen: Seen, sources: Sequence[Source], own_layouts: Path | None) -> None:
    if not any(source.has_layouts for source in sources):
        return
    drafted = draft(seen, sources, own_layouts)
    folder = own_layouts / drafted.source.name if own_layouts else f"sources/{drafted.source.name}/layouts"
    report.say()
    report.say(f"# 草稿 draft（{seen.place}）：核对后存为 check it and save it as {folder}/<name>.yaml")
    report.say(drafted.text)
