"""A candidate says what the marts say: sorted, the same bytes on any number of threads."""

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt.cli.main import dbtRunner

from warehouse.candidate import export_candidate, row_counts
from warehouse.published_tables import BY_NAME, JOURNAL, PUBLISHED_TABLES, VERDICT

MODEL = """
select lpad((i * 7919 % 1000003)::varchar, 10, '0') as school_id, '41018' || (i % 3) as county_code,
       (i / 7.0)::double as latitude, (i % 1000)::decimal(18, 4) as area, i::bigint as pupils, i % 2 = 0 as is_boarding,
       date '2025-09-01' as as_of_date, ['b:met', 'a:no_data'] as reasons, case when i % 5 > 0 then '名' || i end as school_name
from range(250000) as t(i) order by hash(i)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A dbt project of one mart and its warehouse file, as dbt leaves them in this process."""
    root = tmp_path_factory.mktemp("project")
    (root / "models").mkdir()
    (root / "dbt_project.yml").write_text("name: small\nversion: '1.0'\nprofile: small\nflags: {send_anonymous_usage_stats: false}\n")
    (root / "profiles.yml").write_text(
        f"small: {{target: t, outputs: {{t: {{type: duckdb, path: '{root}/w.duckdb', threads: 2, settings: {{threads: '2'}}}}}}}}"
    )
    (root / "models/school.sql").write_text("{{ config(materialized='table') }}" + MODEL)
    (root / "models/school.yml").write_text(
        "models: [{name: school, description: One row per school., columns: ["
        "{name: area, description: Floor area., config: {meta: {label_zh: 面积, label_en: area, unit: m2}}}]}]"
    )
    build(root)
    return root


def build(root: Path) -> None:
    folders = ["--project-dir", root, "--profiles-dir", root, "--log-path", root / "logs", "--target-path", root / "target"]
    outcome = dbtRunner().invoke(["--quiet", "build", *(str(argument) for argument in folders)])
    assert outcome.success, outcome.exception


@pytest.fixture(scope="module")
def manifest(project) -> dict:
    return json.loads((project / "target/manifest.json").read_text())


def export(project, manifest, name, **more) -> Path:
    return export_candidate(project / "w.duckdb", project / name, manifest, tables=[BY_NAME["school"]], **more)


def test_it_reads_the_file_that_dbt_left_open_and_dbt_goes_on(project, manifest):
    build(project)
    export(project, manifest, "open")
    assert row_counts(project / "w.duckdb", manifest) == {"school": 250_000}
    build(project)


def test_the_bytes_depend_on_the_rows_alone(project, manifest):
    written = {(export(project, manifest, f"t{threads}", threads=threads) / "school.parquet").read_bytes() for threads in (1, 2, 4, 1)}
    assert len(written) == 1


def test_rows_are_sorted_by_key_in_utf8_byte_order_and_nothing_is_lost(project, manifest):
    folder = export(project, manifest, "sorted")
    keys = pq.read_table(folder / "school.parquet", columns=["county_code", "school_id"]).to_pylist()
    in_bytes = [(row["county_code"].encode(), row["school_id"].encode()) for row in keys]
    assert in_bytes == sorted(in_bytes)
    said = f"select county_code, school_id, area, pupils, is_boarding, as_of_date, reasons, school_name from"
    model = f"({MODEL})"
    file = f"read_parquet('{folder}/school.parquet')"
    for one, other in ((model, file), (file, model)):
        assert duckdb.sql(f"select count(*) from ({said} {one} except all {said} {other})").fetchone() == (0,)


def test_published_types(project, manifest):
    schema = pq.read_schema(export(project, manifest, "types") / "school.parquet")
    assert schema.field("area").type == pa.decimal128(18, 4)
    assert schema.field("pupils").type == pa.int64()
    assert schema.field("latitude").type == pa.float64()
    assert schema.field("as_of_date").type == pa.date32()
    assert schema.field("is_boarding").type == pa.bool_()
    assert schema.field("reasons").type.value_type == pa.string()


def test_text_beyond_ascii_sorts_by_bytes(tmp_path, manifest):
    with duckdb.connect(str(tmp_path / "w.duckdb")) as warehouse:
        warehouse.execute("create table school as select '1' as county_code, unnest(['é', 'Z', '一', 'z', '𠀀', '\uffee']) as school_id")
    folder = export_candidate(tmp_path / "w.duckdb", tmp_path / "c", manifest, tables=[BY_NAME["school"]])
    assert pq.read_table(folder / "school.parquet")["school_id"].to_pylist() == ["Z", "z", "é", "一", "\uffee", "𠀀"]


def test_the_description_travels_along(project, manifest):
    package = json.loads((export(project, manifest, "described") / "datapackage.json").read_text())
    (resource,) = package["resources"]
    assert (resource["name"], resource["path"], resource["kind"]) == ("school", "school.parquet", "verdict")
    assert resource["description_en"] == "One row per school."
    assert resource["schema"]["primaryKey"] == ["county_code", "school_id"]
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["area"] == {
        "name": "area", "type": "number", "title": "面积", "title_en": "area", "description_en": "Floor area.",
        "unit": "m2", "unit_zh": "平方米",
    }  # fmt: skip
    types = {name: field["type"] for name, field in fields.items()}
    assert types["reasons"] == "array"
    assert (types["pupils"], types["is_boarding"], types["as_of_date"], types["school_id"]) == ("integer", "boolean", "date", "string")


def test_a_table_that_dbt_does_not_know_is_said(project, manifest):
    with pytest.raises(KeyError, match="school_unit"):
        export_candidate(project / "w.duckdb", project / "none", manifest, tables=[BY_NAME["school_unit"]])


def test_every_table_of_the_contract_is_declared():
    verdict = {table.name for table in PUBLISHED_TABLES if table.kind == VERDICT}
    assert verdict >= {
        "school", "school_unit", "school_fact", "measure", "school_indicator", "school_compliance",
        "county_balance", "county_indicator", "county_compliance", "indicator",
    }  # fmt: skip
    assert {table.name for table in PUBLISHED_TABLES if table.kind == JOURNAL} >= {"delivery", "quarantine"}
    assert all(not table.times for table in PUBLISHED_TABLES if table.kind == VERDICT)
