"""A warehouse file that cannot be opened is done away with; any other is left alone."""

import subprocess
import sys

import duckdb
import pytest

from warehouse.warehouse_file import remove_if_torn


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("create table t as select range as i from range(100000)")
    return path


def test_a_sound_one_stays(file, tmp_path):
    assert not remove_if_torn(file)
    assert not remove_if_torn(tmp_path / "none.duckdb")
    with duckdb.connect(str(file), read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from t").fetchone() == (100000,)


@pytest.mark.parametrize("content", [b"", b"torn" * 5000, None], ids=["empty", "other bytes", "cut"])
def test_a_torn_one_goes(file, content):
    wal = file.with_name("warehouse.duckdb.wal")
    wal.write_bytes(b"of another file")
    file.write_bytes(file.read_bytes()[:5000] if content is None else content)
    assert remove_if_torn(file)
    assert not file.exists() and not wal.exists()


def test_one_that_somebody_holds_stays(file):
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holder, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        assert not remove_if_torn(file)
        process.communicate()
    assert file.exists()
