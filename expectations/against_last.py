"""Against the last delivery: whether the change from it to a new one is believable.

Here: counts, classes of rows and medians of two landed files, compared by DuckDB.
Not here: the limits (hold_limits.yaml), their sentences (rules.py), which delivery came
before (warehouse/predecessor.py), and single values of a delivery: what is said are
counts, words that many rows share, and codes of units.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import yaml

from expectations.derived import JUDGING_MEMORY
from expectations.judge import Finding
from expectations.rules import HOLD
from sources.declaration import Column, Table
from warehouse.predecessor import Predecessor

CODE_LENGTH = 12  # a unit's code that may be shown; an identity number is longer
SHOWN = 3


@cache
def _declared() -> dict:
    return yaml.safe_load(Path(__file__).with_name("hold_limits.yaml").read_text(encoding="utf-8"))


def limit(rule: str, name: str = "") -> float:
    """A limit of hold_limits.yaml, such as ("count_far", "factor")."""
    said = _declared()["limits"][rule]
    return (said[name] if name else said)["value"]


def compared(source: str, table: str) -> dict | None:
    """What is compared of a table; None where it is not compared."""
    return _declared()["tables"].get(source, {}).get(table)


def doubts(source: str, table: Table, path: Path, before: Predecessor | None) -> list[Finding]:
    """Findings that hold the delivery at `path` until a person releases it; none for a first delivery.

    A doubt about a missing class goes before one about the count, which would follow from it.
    """
    what = compared(source, table.name)
    if what is None or before is None or not before.path.exists():
        return []
    config = {"memory_limit": JUDGING_MEMORY, "temp_directory": str(path.parent / "judging"), "autoinstall_known_extensions": "false"}
    with duckdb.connect(":memory:", config=config) as engine:
        _open(engine, table, path, before)
        return [
            *_missing_units(engine, table, what, whole=before.is_replaced_whole),
            *_missing_words(engine, table, what),
            *_count(engine),
            *_amounts(engine, table, what),
        ]


def _open(engine: duckdb.DuckDBPyConnection, table: Table, path: Path, before: Predecessor) -> None:
    """`earlier`, `later`: all rows; `replaced`, `replacing`: those of which one takes the other's place;
    `closed`: every code of schools that the register says are gone."""
    for name, file in (("earlier", before.path), ("later", path)):
        engine.execute(f"create view {name} as from read_parquet({_text(file)})")
    if before.is_replaced_whole:
        engine.execute("create view replaced as from earlier; create view replacing as from later")
    else:
        scope = ", ".join(("county_code", *table.scope))
        engine.execute(f"create table shared as (select distinct {scope} from earlier) intersect (select distinct {scope} from later)")
        same = " and ".join(f"all_of.{name} is not distinct from shared.{name}" for name in ("county_code", *table.scope))
        for name, all_of in (("replaced", "earlier"), ("replacing", "later")):
            engine.execute(f"create view {name} as select all_of.* from {all_of} as all_of semi join shared on {same}")
    engine.execute("create table closed (code varchar)")
    if before.register is not None and before.register.exists():
        engine.execute(f"""
            insert into closed
            with gone as (
                select school_id, credit_code, budget_unit_code from read_parquet({_text(before.register)})
                where closed_on <= (select max(_as_of_date) from later)
            )
            select school_id from gone union select credit_code from gone union select budget_unit_code from gone
        """)


def _missing_units(engine: duckdb.DuckDBPyConnection, table: Table, what: dict, *, whole: bool) -> Iterator[Finding]:
    """Units that stood in the last delivery and stand in this one no more, but for schools that have closed."""
    if "units" not in what or table.unit_column is None:
        return
    unit = table.column(table.unit_column)
    shared, count = engine.execute(f"""
        select count(*) filter (where unit in (select {unit.name} from later)), count(*)
        from (select distinct {unit.name} as unit from earlier where {unit.name} is not null)
    """).fetchone()
    if not whole and shared < limit("same_extent") * count:
        return
    gone = engine.execute(f"""
        select {unit.name}, count(*) from earlier
        anti join (select distinct {unit.name} from later) as still_there using ({unit.name})
        anti join closed on {unit.name} = closed.code
        where {unit.name} is not null
        group by {unit.name} having count(*) >= {what["units"]} order by {unit.name}
    """).fetchall()
    if gone:
        yield _class_missing(unit, [code for code, _ in gone if len(code) <= CODE_LENGTH], len(gone), sum(rows for _, rows in gone))


def _missing_words(engine: duckdb.DuckDBPyConnection, table: Table, what: dict) -> Iterator[Finding]:
    """Words of which many rows stood in the last delivery, and hardly any in this one. A word that holds a
    year, such as the grade of 2019, goes with its year."""
    least, left = limit("class_missing", "word_rows"), limit("class_missing", "left")
    for name in what.get("words", ()):
        gone = engine.execute(f"""
            with then_words as (select {name} as word, count(*) as rows from replaced group by all),
            now_words as (select {name} as word, count(*) as rows from replacing group by all)
            select word, then_words.rows from then_words left join now_words using (word)
            where word is not null and not regexp_matches(word, '(19|20)[0-9][0-9]') and then_words.rows >= {least}
                and coalesce(now_words.rows, 0) < {left} * then_words.rows and (select count(*) from replacing) > 0
            order by word
        """).fetchall()
        if gone:
            yield _class_missing(table.column(name), [word for word, _ in gone], len(gone), sum(rows for _, rows in gone))


def _class_missing(about: Column, words: list[str], count: int, rows: int) -> Finding:
    shown = "、".join(words[:SHOWN]) + (" …" if count > len(words[:SHOWN]) else "")
    return _doubt(
        "class_missing",
        about.name,
        f"{about.label_zh} {shown}，共 {count} 类、上一份 {rows} 行".replace("  ", " "),
        f"{about.name} {shown}: {count} with {rows} rows in the last delivery".replace("  ", " "),
    )


def _count(engine: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    then, now = engine.execute("select (select count(*) from replaced), (select count(*) from replacing)").fetchone()
    few, many = sorted((then, now))
    if then and many > limit("count_far", "factor") * few and many - few >= limit("count_far", "rows"):
        yield _doubt("count_far", "", f"上一份 {then} 行，本次 {now} 行", f"{then} rows in the last delivery, {now} now")


def _amounts(engine: duckdb.DuckDBPyConnection, table: Table, what: dict) -> Iterator[Finding]:
    """Columns of money or area whose median, over all or within one group, moved by about ten thousand."""
    for name, how in what.get("amounts", {}).items():
        where = f"{name} <> 0" + (" and (suffix(measure_id, '_yuan') or suffix(measure_id, '_m2'))" if how.get("measures") else "")
        whole = () if how.get("measures") else ((),)  # figures of different measures have no common median
        for by in (*whole, tuple(how["by"])):
            groups = engine.execute(_moved(name, by, where, how["rows"])).fetchone()[0]
            if groups:
                zh, en = (f"{groups} 组", f"in {groups} groups by {', '.join(by)}") if by else ("全表", "in the whole table")
                yield _doubt("factor_10000", name, zh, en)
                break


def _moved(name: str, by: tuple[str, ...], where: str, least: int) -> str:
    keys = "".join(f"{key}, " for key in by)
    same = " and ".join(f"before.{key} is not distinct from after.{key}" for key in by) or "true"
    low, high = limit("factor_10000", "from"), limit("factor_10000", "to")

    def side(rows: str) -> str:
        return f"select {keys}median(abs({name}::double)) as middle from {rows} where {where} group by all having count(*) >= {least}"

    return f"""
        with before as ({side("earlier")}), after as ({side("later")})
        select count(*) from before join after on {same}
        where greatest(before.middle / nullif(after.middle, 0), after.middle / nullif(before.middle, 0)) between {low} and {high}
    """


def _doubt(rule: str, column: str, zh: str, en: str) -> Finding:
    return Finding(rule, column, HOLD, 0, detail_zh=zh, detail_en=en)


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
