"""The whole made-up county, as its systems and folders offer it, is read without a refusal or a damage."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from reading import read_file, walked
from sandbox.make import make_sandbox
from sandbox.serve import serve

from sources.connections import Database, Service
from sources.declaration import Context
from sources.register import SOURCES, source

FILES = [one.name for one in SOURCES if one.kind == "files"]
WRITTEN_BY_PEOPLE = {"notes"}  # by `junheng ledger note`, once there is a ledger


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("county") / "sandbox"
    make_sandbox(folder, schools=24, students=6000, seed=5)
    return folder


@pytest.fixture(scope="module")
def served(county) -> dict[str, str]:
    with serve(county) as settings:
        yield settings


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_read_whole(county, name):
    summary = json.loads((county / "sandbox.json").read_text("utf-8"))
    context = Context(county_code=summary["county_code"], pseudonym_key=summary["pseudonym_key"].encode())
    tables = Counter()
    for path in sorted((county / "inbox" / name).rglob("*")):
        if path.is_file():
            for read in read_file(name, path, path.relative_to(county / "inbox").as_posix(), context):
                assert not read.delivery.damages, path.name
                assert read.delivery.as_of_date or read.delivery.row_date, path.name
                for column in read.delivery.table.columns:
                    if column.required:
                        assert read.table[column.name].null_count == 0, f"{path.name}: {column.name}"
                tables[read.delivery.table.name] += read.table.num_rows
    assert {table.name for table in source(name).tables} - WRITTEN_BY_PEOPLE == set(tables), "every table has a file"


def test_the_service_is_read_whole(served, county):
    service = Service(served["JUNHENG_STUDENT_STATUS_URL"], served["JUNHENG_STUDENT_STATUS_TOKEN"])
    context = Context(pseudonym_key=served["JUNHENG_PSEUDONYM_KEY"].encode())
    found = {delivery.table.name: walked(delivery) for delivery in source("student_status").pull(service, context)}
    with (county / "truth" / "school_unit.csv").open(encoding="utf-8") as file:
        students = sum(int(unit["students"]) for unit in csv.DictReader(file))
    assert found["students"].table.num_rows >= students > 0
    # a student in transfer stands in two schools, and nobody twice in one
    assert len(set(found["students"].table["_key"].to_pylist())) == found["students"].table.num_rows
    for read in found.values():
        assert not read.delivery.damages


def test_the_database_is_read_whole(served):
    context = Context(pseudonym_key=served["JUNHENG_PSEUDONYM_KEY"].encode())
    persons = defaultdict(set)
    for delivery in source("hr_payroll").pull(Database(served["JUNHENG_HR_URI"]), context):
        read = walked(delivery)
        assert not read.delivery.damages
        assert read.table.num_rows, delivery.table.name
        if "person_key" in read.table.schema.names:
            persons[delivery.table.name] = set(read.table["person_key"].to_pylist())
    for name, keys in persons.items():
        assert keys <= persons["staff"], name
