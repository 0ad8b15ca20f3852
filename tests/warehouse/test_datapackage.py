"""The dictionary of a release: every table and column in both languages, every number with its unit."""

import re

import pyarrow as pa
import pytest

from pipelines import dbt_manifest
from warehouse.datapackage import UNITS_ZH, VARIES, datapackage
from warehouse.published_tables import BY_NAME, PUBLISHED_TABLES

TYPES = {"varchar": pa.string(), "varchar[]": pa.list_(pa.string()), "bigint": pa.int64(), "double": pa.float64(),
         "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "decimal(38, 6)": pa.decimal128(38, 6)}  # fmt: skip
CHINESE = re.compile("[一-龥]")


@pytest.fixture(scope="module")
def columns() -> dict[str, dict]:
    """What dbt says of the columns of every model."""
    nodes = dbt_manifest.manifest()["nodes"].values()
    return {node["name"]: node["columns"] for node in nodes if node["resource_type"] == "model"}


@pytest.fixture(scope="module")
def resources(columns) -> dict[str, dict]:
    """What the dictionary says of every published table, with the columns of its contract."""
    schemas = {
        table.name: pa.schema([(name, TYPES[column["data_type"]]) for name, column in columns[table.name].items()])
        for table in PUBLISHED_TABLES
    }
    return {resource["name"]: resource for resource in datapackage(PUBLISHED_TABLES, schemas, dbt_manifest.manifest())["resources"]}


def assert_in_both_languages(said: dict) -> None:
    assert said["title"] and said["title_en"], said
    assert CHINESE.search(said["description"]), said
    assert said["description_en"] and not CHINESE.search(said["description_en"]), said


@pytest.mark.parametrize("table", BY_NAME)
def test_every_column_is_told_in_both_languages_and_every_number_has_a_unit(resources, columns, table):
    assert_in_both_languages(resources[table])
    fields = resources[table]["schema"]["fields"]
    assert {field["name"] for field in fields} == columns[table].keys()
    for field in fields:
        assert_in_both_languages(field)
        if field["type"] in ("integer", "number"):
            assert field["unit_zh"] == UNITS_ZH[field["unit"]], field
        else:
            assert "unit" not in field, field


def test_no_unit_is_known_that_no_column_names(resources):
    assert {field.get("unit") for resource in resources.values() for field in resource["schema"]["fields"]} - {None} == UNITS_ZH.keys()


def test_where_the_unit_varies_the_description_says_where_it_stands(resources):
    for resource in resources.values():
        for field in resource["schema"]["fields"]:
            if field.get("unit") == VARIES:
                assert "unit" in field["description_en"] and "单位" in field["description"], (resource["name"], field)


def test_what_several_tables_share_is_said_once(resources, columns):
    """Two columns of one name are told from words.md, or mean different things."""
    said = set()
    for resource in resources.values():
        for field in resource["schema"]["fields"]:
            if "description_zh" in columns[resource["name"]][field["name"]]["meta"]:
                assert (field["name"], field["description"]) not in said, (resource["name"], field["name"])
                said.add((field["name"], field["description"]))
