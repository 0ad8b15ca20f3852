"""Rule sets as files: reading them, and saying what is wrong before a run rests on them.

Here: the columns, types and keys that seeds/*.yml declare, held against the rows of
`dbt_project/rule_sets/<id>.csv`. Not here: what the rows mean for a verdict (dbt_project,
macros/rule_sets.sql) and which rule set a run asks for (rule_sets.py).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import yaml

from pipelines.settings import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
FILES = PROJECT_ROOT / "dbt_project" / "rule_sets"
OF_A_FILE = ("seed", "is_removed")
RULE_SETS = "rule_sets"
# what names a thing that only our seeds (or the file's own `indicators` rows) can bring to life
_NAMES = {"indicator_id": "indicators", "limit_id": "item_limits", "parameter_id": "parameters"}


Finding = tuple[int, str, str]  # line (0: the whole file), English, Chinese


@dataclass(frozen=True)
class Seed:
    """A seed of rules: its columns with their types, what one row is about, and our own rows."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    @property
    def never_empty(self) -> list[str]:
        """Columns that every row of ours fills: a row about something new must fill them too."""
        return [column for column in self.columns if column != "rule_set" and all(row[column] for row in self.rows)]


@dataclass(frozen=True)
class RuleSetFile:
    """A file as it is written: its header, and by line the filled cells; `overfull`: lines with more cells than the header."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    overfull: tuple[int, ...]

    @property
    def rule_set(self) -> str:
        return self.path.stem

    @property
    def base(self) -> str:
        return next((cells.get("base", "") for _, cells in self.rows if cells.get("seed") == RULE_SETS), "")


@cache
def rule_seeds() -> dict[str, Seed]:
    """Every seed whose rows belong to rule sets."""
    seeds = {}
    for path in sorted(SEEDS.glob("*.yml")):
        for said in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]:
            key = said["config"].get("meta", {}).get("key")
            if key or said["name"] == RULE_SETS:
                with (SEEDS / f"{said['name']}.csv").open(encoding="utf-8", newline="") as stream:
                    rows = tuple(csv.DictReader(stream))
                seeds[said["name"]] = Seed(said["name"], said["config"]["column_types"], tuple(key or ()), rows)
    return seeds


def rule_sets_of_seeds() -> set[str]:
    return {row["rule_set"] for row in rule_seeds()[RULE_SETS].rows}


def rule_set_files(folder: Path = FILES) -> list[Path]:
    return sorted(folder.glob("*.csv"))


def problems(folder: Path = FILES) -> list[str]:
    """What is wrong with the files, a sentence each; empty when every one can be judged by."""
    files, found = [], []
    for path in rule_set_files(folder):
        try:
            files.append(_read(path))
        except (UnicodeDecodeError, csv.Error) as problem:
            found.append(_said(path, f"is no UTF-8 CSV file: {problem}", "不是 UTF-8 编码的 CSV 文件"))
    bases = dict.fromkeys(rule_sets_of_seeds(), "") | {file.rule_set: file.base for file in files}
    for file in files:
        found += _problems_of_file(file, bases)
    return found


def _read(path: Path) -> RuleSetFile:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = csv.reader(stream, strict=True)
        header = next(lines, [])
        read = [(lines.line_num, line) for line in lines if any(line)]
    rows = tuple((number, {name: cell for name, cell in zip(header, line, strict=False) if cell}) for number, line in read)
    return RuleSetFile(path, tuple(header), rows, tuple(number for number, line in read if len(line) > len(header)))


def _problems_of_file(file: RuleSetFile, bases: dict[str, str]) -> list[str]:
    known = {column for seed in rule_seeds().values() for column in seed.columns} | set(OF_A_FILE)
    if odd := sorted(set(file.header) - known):
        return [_said(file.path, f"line 1: no seed of rules has the column {', '.join(odd)}", f"第 1 行：没有规则种子表含有列 {'、'.join(odd)}")]
    if "seed" not in file.header:
        return [_said(file.path, "line 1: the column `seed` is missing: it says which seed a row belongs to", "第 1 行：缺少 seed 列")]
    return [
        _said(file.path, f"line {line}: {en}" if line else en, f"第 {line} 行：{zh}" if line else zh)
        for line, en, zh in [*_of_the_rule_set(file, bases), *_of_rows(file), *_of_periods(file)]
    ]


def _of_the_rule_set(file: RuleSetFile, bases: dict[str, str]) -> Iterator[Finding]:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", file.rule_set):
        yield 0, "the name of the file is the id of the rule set: small letters, digits and hyphens", "文件名即规则集编号，只能用小写字母、数字与连字符"
    if file.rule_set in rule_sets_of_seeds():
        yield 0, f"our seeds hold the rule set {file.rule_set} already; choose another name", f"内置规则集已有 {file.rule_set}，请另取名称"
    told = [(line, cells) for line, cells in file.rows if cells.get("seed") == RULE_SETS]
    if len(told) != 1:
        yield 0, "needs one row with seed = rule_sets that names base, name_zh, name_en, document, source, confidence", "须有且仅有一行 seed = rule_sets，写明 base 及名称、文件、来源"
        return
    line, cells = told[0]
    if missing := [column for column in ("base", "name_zh", "name_en", "document", "source", "confidence") if column not in cells]:
        yield line, f"fill {', '.join(missing)}", f"请填写 {'、'.join(missing)}"
    elif cells["base"] not in bases:
        yield line, f"base: there is no rule set {cells['base']!r}; known are {', '.join(sorted(bases))}", f"base：没有规则集 {cells['base']}"
    else:
        seen, at = set(), file.rule_set
        while at and at not in seen:
            seen.add(at)
            at = bases.get(at, "")
        if at:
            yield line, "base: the rule sets rest on one another in a circle", "base：规则集互为基础，形成循环"


def _of_rows(file: RuleSetFile) -> Iterator[Finding]:
    base_is_ours = file.base in rule_sets_of_seeds()
    names = {column: {row[column] for row in rule_seeds()[seed].rows} for column, seed in _NAMES.items()}
    new = {cells["indicator_id"] for _, cells in file.rows if cells.get("seed") == "indicators" and "indicator_id" in cells}
    for line, cells in file.rows:
        seed = rule_seeds().get(cells.get("seed", ""))
        if seed is None:
            yield line, f"seed: {cells.get('seed', '')!r} is none of {', '.join(rule_seeds())}", "seed：没有该规则种子表"
            continue
        if line in file.overfull:
            yield line, "has more cells than the header", "单元格多于表头"
        if stray := [column for column in cells if column not in (*seed.columns, *OF_A_FILE)]:
            yield line, f"{seed.name} has no column {', '.join(stray)}", f"{seed.name} 没有列 {'、'.join(stray)}"
        yield from ((line, en, zh) for en, zh in _of_values(cells, seed))
        if seed.name == RULE_SETS:
            continue
        if cells.get("rule_set", file.rule_set) != file.rule_set:
            yield line, f"rule_set: the file's name says {file.rule_set}", f"rule_set：文件名为 {file.rule_set}"
        unknown = {
            column: cells[column]
            for column in names.keys() & cells.keys()
            if column in seed.columns
            and cells[column] not in names[column] | {row[column] for row in seed.rows} | (new if column == "indicator_id" else set())
        }
        for column, value in sorted(unknown.items()):
            what = {"indicator_id": ("indicator", "指标")}.get(column, (column, column))
            yield line, f"there is no {what[0]} {value!r}", f"没有该{what[1]}：{value}"
        if not unknown:
            yield from ((line, en, zh) for en, zh in _of_key(cells, seed, new, base_is_ours))


def _of_values(cells: dict[str, str], seed: Seed) -> Iterator[tuple[str, str]]:
    for column, cell in cells.items():
        kind = seed.columns.get(column, "boolean" if column == "is_removed" else "varchar").partition("(")[0]
        try:
            if kind == "date":
                date.fromisoformat(cell)
            elif kind == "bigint":
                int(cell)
            elif kind == "decimal":
                _decimal(cell, seed.columns[column])
            elif kind == "boolean" and cell.lower() not in ("true", "false"):
                raise ValueError(cell)
        except (ValueError, InvalidOperation):
            wanted = {"date": ("a date like 2025-09-01", "日期（如 2025-09-01）"), "bigint": ("a whole number", "整数"), "boolean": ("true or false", "true 或 false")}
            en, zh = wanted.get(kind, (f"a number that {seed.columns[column]} holds" if column in seed.columns else kind, "数字"))
            yield f"{column}: {cell!r} is not {en}", f"{column}：{cell} 不是{zh}"
    if {"valid_from", "valid_to"} <= cells.keys() and cells["valid_to"] < cells["valid_from"]:
        yield "valid_to lies before valid_from", "valid_to 早于 valid_from"
    for column in ("source", "confidence", "certainty"):
        if column in seed.columns and column not in cells and not cells.get("is_removed"):
            yield f"{column}: say where the row comes from and how sure that is", f"请填写 {column}"


def _decimal(cell: str, declared: str) -> None:
    digits, places = (int(number) for number in re.findall(r"\d+", declared))
    value = Decimal(cell)
    if not value.is_finite() or -value.as_tuple().exponent > places or abs(value) >= Decimal(10) ** (digits - places):
        raise ValueError(cell)


def _of_key(cells: dict[str, str], seed: Seed, new_indicators: set[str], base_is_ours: bool) -> Iterator[tuple[str, str]]:
    """A row about something that the base has takes from it what it leaves empty; a new one must be whole."""
    about = tuple(cells.get(column, "") for column in seed.key)
    if not base_is_ours or about in {tuple(row[column] for column in seed.key) for row in seed.rows}:
        return
    said = ", ".join(f"{column}={value or '(empty)'}" for column, value in zip(seed.key, about, strict=True))
    if cells.get("is_removed"):
        yield f"there is no row to remove: {said}", f"没有可移除的行：{said}"
    elif seed.name == "indicator_thresholds" and cells.get("indicator_id") not in new_indicators:
        yield f"the indicator is not asked for like that: {said}", f"该指标没有这样的标准值：{said}"
    elif missing := [column for column in seed.never_empty if column not in cells]:
        yield f"nothing to take from the base for {said}: fill {', '.join(missing)}", f"基础规则集没有 {said}，请填写 {'、'.join(missing)}"


def _of_periods(file: RuleSetFile) -> Iterator[Finding]:
    """Two rows about one thing may not hold on one day."""
    periods = defaultdict(list)
    for line, cells in file.rows:
        seed = rule_seeds().get(cells.get("seed", ""))
        if seed is not None and seed.key:
            about = (seed.name, *(cells.get(column, "") for column in seed.key))
            for other, start, end in periods[about]:
                if cells.get("valid_from", "") <= end and start <= cells.get("valid_to", "9999-12-31"):
                    yield line, f"says again, for days that overlap, what line {other} says", f"与第 {other} 行重复且日期重叠"
            periods[about].append((line, cells.get("valid_from", ""), cells.get("valid_to", "9999-12-31")))


def _said(path: Path, en: str, zh: str) -> str:
    name = f"rule_sets/{path.name}"
    return f"{name}: {en}. / {name}：{zh}。"
