"""Deltas upon full pulls: staging against a replay in a dict, and by hand where a case has a name.

The compiled SQL of a staging model runs on small tables: many histories, no dbt between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_project.world import World, dbt
from sources.declaration import DELTA, FULL
from sources.student_status.tables import CAMPUSES
from warehouse.ledger_tables import DELIVERIES, QUARANTINED_ROWS

SOURCE, TABLE = "student_status", CAMPUSES.name
DAY = date(2025, 9, 1)
NOON = datetime(2025, 9, 1, 12)
COUNTIES = ("110101", "110102")


@dataclass(frozen=True)
class Said:
    """One delivery. `rows`: (county, school, campus) -> name, None for a tombstone; `stopped`: keys whose row the
    gate stopped. `school`: a file that speaks for these schools; else a pull. Days and order count from the first."""

    kind: str
    rows: dict[tuple[str, str, str], str | None]
    day: int
    order: int
    stopped: frozenset = frozenset()
    county: str | None = None
    is_file: bool = False

    @property
    def place(self) -> tuple:
        return (self.day, self.order)


class Staging:
    """The two models as dbt compiles them, on tables in place of files."""

    def __init__(self, compiled: dict[str, str]):
        self.compiled = compiled

    def rows(self, told: list[Said], as_of: int = 99) -> list[dict]:
        """Every row with its fate, as staging says it; `name`, key, `delivery` is the place in `told`."""
        with duckdb.connect(":memory:") as engine:
            engine.execute("attach ':memory:' as warehouse; use warehouse")
            engine.execute("create table int_run as select ?::date as as_of_date", [DAY + timedelta(days=as_of)])
            ledger = pa.Table.from_pylist([_record(number, said) for number, said in enumerate(told)], schema=DELIVERIES)
            landed = pa.Table.from_pylist(
                [row for number, said in enumerate(told) for row in _rows(number, said)], schema=CAMPUSES.landed_as(DELTA)
            )
            stopped = pa.Table.from_pylist(
                [
                    {"delivery_id": str(n), "source": SOURCE, "table_name": TABLE, "position": position, "column_name": "campus_name", "rule": "x"}
                    for n, said in enumerate(told)
                    for position, key in enumerate(said.rows)
                    if key in said.stopped
                ],
                schema=QUARANTINED_ROWS,
            )
            for name, table in (("ledger", ledger), ("landed", landed), ("stopped", stopped)):
                engine.register(f"{name}_arrow", table)
                engine.execute(f"create table {name} as from {name}_arrow")
            engine.execute("create table int_stopped_row as from stopped")
            engine.execute(f"create table int_landed_delivery as {self.compiled['int_landed_delivery']}")
            return engine.execute(self.compiled[f"stg_{SOURCE}__{TABLE}"]).to_arrow_table().to_pylist()

    def state(self, told: list[Said], as_of: int = 99) -> dict[tuple, str]:
        found = [row for row in self.rows(told, as_of) if row["_fate"] == "current"]
        state = {_key(row): row["campus_name"] for row in found}
        assert len(state) == len(found), "a key is current twice"
        return state

    def fates(self, told: list[Said], as_of: int = 99) -> dict[tuple[int, tuple], str]:
        return {(int(row["_delivery"]), _key(row)): row["_fate"] for row in self.rows(told, as_of)}


def _key(row: dict) -> tuple[str, str, str]:
    return row["county_code"], row["school_id"], row["campus_id"]


def _record(number: int, said: Said) -> dict:
    moment = NOON + timedelta(minutes=said.order)
    return {
        "delivery_id": str(number), "source": SOURCE, "table_name": TABLE, "county_code": said.county, "digest": f"{number:04}",
        "as_of_date": DAY + timedelta(days=said.day), "origin": f"file {number}" if said.is_file else "service", "ordered_at": moment,
        "arrived_at": moment, "kind": said.kind, "is_pull": not said.is_file, "outcome": "landed",
    }  # fmt: skip


def _rows(number: int, said: Said) -> list[dict]:
    return [
        {
            "county_code": county, "school_id": school, "campus_id": campus, "campus_name": name, "_is_deleted": name is None if said.kind == DELTA else None,
            "_as_of_date": DAY + timedelta(days=said.day), "_delivery": str(number), "_position": position,
        }
        for position, ((county, school, campus), name) in enumerate(said.rows.items())
    ]  # fmt: skip


@pytest.fixture(scope="module")
def staging(manifest, tmp_path_factory) -> Staging:
    home = World().write(tmp_path_factory.mktemp("compiled"))
    names = ["int_landed_delivery", f"stg_{SOURCE}__{TABLE}"]
    results = dbt(home, "compile", "--select", *names, manifest=manifest)
    tables = {f"raw/{SOURCE}/{TABLE}": "landed", "raw/ledger/deliveries": "ledger"}
    compiled = {result.node.name: result.node.compiled_code for result in results.results}
    for name, text in compiled.items():
        for folder, table in tables.items():
            text = text.replace(f"read_parquet('{folder}/*.parquet', union_by_name = true)", table)
        compiled[name] = text.replace('"warehouse"."main".', "")
        assert "read_parquet" not in compiled[name]
    return Staging(compiled)


def replayed(told: list[Said], as_of: int = 99) -> dict[tuple, str]:
    """What a dict makes of it. A full pull and its deltas are one statement about everything, of the day of the last
    of them; a file is one about its schools. School by school the latest statement counts."""
    pulls: dict[str | None, list[tuple[tuple, dict]]] = {}
    for said in sorted((s for s in told if not s.is_file and s.day <= as_of), key=lambda s: s.place):
        chains = pulls.setdefault(said.county, [])
        if said.kind == FULL:
            chains.append((said.place, {}))
        elif not chains:
            continue  # changes of nobody knows what
        state = chains[-1][1]
        for key, name in said.rows.items():
            state.pop(key, None)
            if name is not None and key not in said.stopped:
                state[key] = name
        chains[-1] = (said.place, state)
    statements = []  # (place, schools or None for all of the counties, state)
    for chains in pulls.values():
        statements += [(place, None, state) for place, state in chains]
    for said in told:
        if said.is_file and said.day <= as_of:
            sound = {key: name for key, name in said.rows.items() if key not in said.stopped}
            statements.append((said.place, {key[:2] for key in sound}, sound))
    result: dict[tuple, str] = {}
    for _, schools, state in sorted(statements, key=lambda statement: statement[0]):
        result = {key: name for key, name in result.items() if schools is not None and key[:2] not in schools}
        result |= state
    return result


KEYS = st.tuples(st.just(COUNTIES[0]), st.sampled_from(["1", "2"]), st.sampled_from(["a", "b", "c"]))
NAMES = st.sampled_from(["x", "y", "z"])


@st.composite
def histories(draw) -> list[Said]:
    """A county's system and files of its schools, in any order of arrival; every order of days, two deliveries on one day."""
    told: list[Said] = []
    for order in range(draw(st.integers(1, 7))):
        form = draw(st.sampled_from(["full", "delta", "delta", "delta", "file"]))
        name = NAMES if form != "delta" else st.one_of(NAMES, st.none())
        rows = draw(st.dictionaries(KEYS, name, max_size=4, min_size=1 if form == "file" else 0))
        stopped = frozenset(key for key in rows if draw(st.integers(0, 9)) == 0)
        told.append(
            Said(DELTA if form == "delta" else FULL, rows, draw(st.integers(0, 4)), order, stopped, county=COUNTIES[0], is_file=form == "file")
        )
    return told


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=histories(), as_of=st.integers(0, 4))
def test_staging_is_the_replay(staging, told, as_of):
    assert staging.state(told, as_of) == replayed(told, as_of)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=histories(), as_of=st.integers(0, 4))
def test_every_row_has_one_fate(staging, told, as_of):
    rows = staging.rows(told, as_of)
    assert len(rows) == sum(len(said.rows) for said in told)
    assert {row["_fate"] for row in rows} <= {"current", "removed", "superseded", "quarantined", "held"}
    for row in rows:
        said = told[int(row["_delivery"])]
        assert (row["_fate"] == "quarantined") == (_key(row) in said.stopped)
        assert row["_fate"] != "removed" or said.rows[_key(row)] is None
        assert row["_fate"] == "held" or said.day <= as_of or _key(row) in said.stopped


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=histories(), seed=st.randoms())
def test_the_order_in_which_they_are_read_plays_no_part(staging, told, seed):
    shuffled = told[:]
    seed.shuffle(shuffled)
    # the digest, which decides between equals, goes with the delivery: no two here have one day and one order
    assert staging.state(shuffled) == staging.state(told)


# --- cases with a name ----------------------------------------------------------

A, B, C = (COUNTIES[0], "1", "a"), (COUNTIES[0], "1", "b"), (COUNTIES[0], "2", "c")


def full(rows: dict, day: int, order: int = 0, **more) -> Said:
    return Said(FULL, rows, day, order or day, county=more.pop("county", COUNTIES[0]), **more)


def delta(rows: dict, day: int, order: int = 0, **more) -> Said:
    return Said(DELTA, rows, day, order or day, county=more.pop("county", COUNTIES[0]), **more)


def test_an_upsert_changes_a_tombstone_removes_a_new_key_comes(staging):
    told = [full({A: "x", B: "y"}, 0), delta({A: "new", B: None, C: "z"}, 1)]
    assert staging.state(told) == {A: "new", C: "z"}
    assert staging.fates(told) == {(0, A): "superseded", (0, B): "superseded", (1, A): "current", (1, B): "removed", (1, C): "current"}


def test_the_rows_of_a_chain_speak_of_its_last_day(staging):
    """As if all had been pulled that day: a school that closed since must not be judged by its day in the full pull."""
    told = [full({A: "x"}, 0), delta({B: "y"}, 2), delta({}, 5)]
    assert {row["_as_of_date"] for row in staging.rows(told) if row["_fate"] == "current"} == {DAY + timedelta(days=5)}
    assert {row["_as_of_date"] for row in staging.rows(told, as_of=3) if row["_fate"] == "current"} == {DAY + timedelta(days=2)}


def test_a_late_delta_falls_into_its_place(staging):
    told = [full({A: "x"}, 0), delta({A: "of day 3"}, 3, order=1), delta({A: "of day 2", B: "y"}, 2, order=2)]
    assert staging.state(told) == {A: "of day 3", B: "y"}


def test_a_delta_of_a_day_before_the_next_full_pull_counts_no_more(staging):
    told = [full({A: "x"}, 0), full({A: "x2"}, 4), delta({A: "late", B: "late"}, 3, order=9)]
    assert staging.state(told) == {A: "x2"}
    assert staging.state(told, as_of=3) == {A: "late", B: "late"}


def test_asked_for_an_earlier_day_later_words_wait(staging):
    told = [full({A: "x", B: "y"}, 0), delta({A: "later", B: None}, 3)]
    assert staging.state(told, as_of=2) == {A: "x", B: "y"}
    assert staging.fates(told, as_of=2)[1, A] == "held"


def test_a_delta_of_one_county_leaves_the_other_alone(staging):
    there, here = (COUNTIES[0], "1", "a"), (COUNTIES[1], "1", "a")
    both = Said(FULL, {there: "x", here: "y"}, 0, 0)  # one service for both
    assert staging.state([both, Said(DELTA, {here: "changed"}, 1, 1)]) == {there: "x", here: "changed"}
    assert staging.state([both, Said(DELTA, {here: None}, 1, 1)]) == {there: "x"}
    apart = [full({there: "x"}, 0), full({here: "y"}, 0, order=1, county=COUNTIES[1]), delta({here: None}, 1, county=COUNTIES[1])]
    assert staging.state(apart) == {there: "x"}


def test_a_county_that_joins_between_two_full_pulls_is_there(staging):
    joined = (COUNTIES[1], "9", "a")
    assert staging.state([Said(FULL, {A: "x"}, 0, 0), Said(DELTA, {joined: "y"}, 1, 1)]) == {A: "x", joined: "y"}


def test_changes_of_what_never_came_are_held(staging):
    told = [delta({A: "x"}, 1)]
    assert staging.state(told) == {} and staging.fates(told) == {(0, A): "held"}
    assert staging.fates([*told, full({A: "y"}, 2)]) == {(0, A): "superseded", (1, A): "current"}


def test_the_last_word_counts_though_it_was_stopped(staging):
    """What the system says now cannot be used; what it said before is no longer so. A full pull would not have it either."""
    told = [full({A: "x"}, 0), delta({A: "bad"}, 1, stopped=frozenset({A}))]
    assert staging.state(told) == {} and staging.fates(told) == {(0, A): "superseded", (1, A): "quarantined"}


def test_a_stopped_row_is_closed_by_a_later_word_on_its_key_alone(staging):
    told = [full({A: "bad", B: "bad"}, 0, stopped=frozenset({A, B})), delta({A: "good"}, 1)]
    assert {_key(row): row["_is_replaced"] for row in staging.rows(told) if row["_fate"] == "quarantined"} == {A: True, B: False}
    told.append(full({}, 2))
    assert {_key(row): row["_is_replaced"] for row in staging.rows(told) if row["_fate"] == "quarantined"} == {A: True, B: True}


def test_a_file_between_two_deltas_gives_way_as_to_a_full_pull(staging):
    """The system was asked after the file came: what it holds is of the later day, told or not."""
    told = [full({A: "x", C: "z"}, 0), Said(FULL, {A: "of a file"}, 2, 2, county=COUNTIES[0], is_file=True)]
    assert staging.state(told) == {A: "of a file", C: "z"}
    assert staging.state([*told, delta({}, 3)]) == {A: "x", C: "z"}


def test_an_empty_full_pull_with_changes(staging):
    assert staging.state([full({}, 0), delta({A: "x"}, 1)]) == {A: "x"}
    assert staging.state([full({A: "x"}, 0), full({}, 1), delta({B: "y"}, 2)]) == {B: "y"}
