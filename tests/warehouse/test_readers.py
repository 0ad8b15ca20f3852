"""Whoever reads a release finds what was published: other tools, older engines, during ten publishes."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from warehouse.release import publish

RULES = "cn-2017-6"


@pytest.fixture
def release(layout, candidate) -> Path:
    made = candidate(layout, rows=200)
    return publish(made, layout, as_of_date=date(2025, 9, 1), rule_set=RULES, default_rule_set=RULES, tool_version="0").folder


def test_four_readers_see_the_same_rows(layout, release):
    path = layout.current / "school_compliance.parquet"
    arrow = pq.read_table(path)
    assert arrow.num_rows == 200
    expected = [(row["school_id"], row["verdict"], row["reasons"]) for row in arrow.to_pylist()]
    assert expected[0][2] == ["a:no_data", "b:below_floor"]
    polars = pl.read_parquet(path).select("school_id", "verdict", "reasons").rows()
    assert polars == expected
    pandas = pd.read_parquet(path)[["school_id", "verdict", "reasons"]]
    assert [(a, b, list(c)) for a, b, c in pandas.itertuples(index=False)] == expected
    assert duckdb.sql(f"select school_id, verdict, reasons from '{path}'").fetchall() == expected


def test_compliance_duckdb_holds_the_same_tables_and_no_views(release):
    with duckdb.connect(str(release / "compliance.duckdb"), read_only=True) as compliance:
        tables = {name for (name,) in compliance.execute("select table_name from duckdb_tables()").fetchall()}
        assert tables == {path.stem for path in release.glob("*.parquet")}
        assert compliance.execute("select count(*) from duckdb_views() where not internal").fetchone() == (0,)
        for name in tables:
            other = f"read_parquet('{release}/{name}.parquet')"
            for one, two in ((name, other), (other, name)):
                assert compliance.execute(f"select count(*) from (from {one} except all from {two})").fetchone() == (0,)


READ_WITH_OLDER = """
import json, sys
sys.path.insert(0, sys.argv[1])
import duckdb
file = duckdb.connect(sys.argv[2], read_only=True)
rows = file.execute("select school_id, verdict, reasons, as_of_date::varchar from school_compliance order by school_id").fetchall()
print(json.dumps([duckdb.__version__, rows]))
"""


@pytest.mark.parametrize("version", ["1.1.3", "1.4.1"])
def test_an_older_duckdb_opens_compliance_duckdb(release, tmp_path, version):
    engine = tmp_path / "engine"
    tool = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    install = [tool, "pip", "install", "--python", sys.executable] if tool else [sys.executable, "-m", "pip", "install"]
    done = subprocess.run([*install, "--quiet", "--no-deps", "--target", str(engine), f"duckdb=={version}"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"duckdb {version} could not be installed: is the package index reachable? {done.stderr.strip()[-200:]}")
    script = [sys.executable, "-I", "-c", READ_WITH_OLDER, str(engine), str(release / "compliance.duckdb")]
    seen, rows = json.loads(subprocess.run(script, capture_output=True, text=True, check=True).stdout)
    assert seen == version
    expected = pq.read_table(release / "school_compliance.parquet").to_pylist()
    assert rows == [[row["school_id"], row["verdict"], row["reasons"], row["as_of_date"].isoformat()] for row in expected]


READ_IN_A_LOOP = """
import json, sys
from pathlib import Path
import pyarrow.parquet as pq
published, by_link = Path(sys.argv[1]), sys.argv[2] == "link"
seen, ended = [], False
print("reading", flush=True)
while not ended:
    ended = (published.parent / "ten are out").exists()   # looked at first: one full round follows
    pointer = published / "current"
    release = pointer.resolve() if by_link else published / json.loads((published / "current.json").read_text())["path"]
    verdicts = {row["verdict"] for row in pq.read_table(release / "school_compliance.parquet", columns=["verdict"]).to_pylist()}
    journal = {row["status"] for row in pq.read_table(release / "delivery.parquet").to_pylist()}
    manifest = json.loads((release / "manifest.json").read_text())
    seen.append([manifest["release_id"], sorted(verdicts), sorted(journal)])
print(json.dumps(seen))
"""


@pytest.mark.parametrize("way", ["link", "json"])
def test_a_reader_in_a_loop_never_sees_two_releases_at_once(layout, candidate, way):
    def publish_number(number: int) -> str:
        made = candidate(layout, f"run {number}", verdict=f"v{number}", journal=f"v{number}", rows=300)
        return publish(made, layout, as_of_date=date(2025, 9, 1), rule_set=RULES, default_rule_set=RULES, tool_version="0").release_id

    ids = [publish_number(0)]
    script = [sys.executable, "-c", READ_IN_A_LOOP, str(layout.published), way]
    with subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "reading\n"
        ids += [publish_number(number) for number in range(1, 11)]
        (layout.home / "ten are out").touch()
        out, problem = reader.communicate(timeout=60)
    assert reader.returncode == 0, problem
    seen = json.loads(out)
    assert all(said == [ids[int(verdicts[0][1:])], verdicts, verdicts] for said in seen for _, verdicts, _ in [said])
    order = [ids.index(release) for release, _, _ in seen]
    assert order == sorted(order)
    assert order[-1] == 10
