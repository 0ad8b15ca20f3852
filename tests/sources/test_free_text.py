"""What people write in their own words keeps no number that names somebody."""

import pyarrow as pa
import pytest
from reading import read_one

from sources.declaration import Context
from sources.free_text import scrubbed, scrubbed_column


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("电话 13812345678 已联系", "电话 * 已联系"),
        ("身份证 41018319900101123X。", "身份证 *。"),
        ("１３８１２３４５６７８", "*"),
        ("豫教〔2025〕12号，2025-09-01，共 123456 元", "豫教〔2025〕12号，2025-09-01，共 123456 元"),
        ("7654321", "*"),
    ],
)
def test_long_runs_of_digits_are_blotted_out_and_the_rest_stays(said, kept):
    assert scrubbed(said) == kept
    assert scrubbed_column(pa.array([said, None])).to_pylist() == [kept, None]


def test_they_are_blotted_out_before_anything_is_landed(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("item_id,noted_on,noted_by,note\nabcdefghijklmnop,2025-09-01,督导室,请联系 13812345678\n", encoding="utf-8")
    (row,) = read_one("evidence", path, context=Context(county_code="410183")).rows
    assert (row["item_id"], row["noted_by"], row["note"]) == ("abcdefghijklmnop", "督导室", "请联系 *")

    path = tmp_path / "走访.csv"
    path.write_text("类型,指标或任务,学校标识码,日期,发现问题,结论,下次日期\n走访,sup_process,,2025-09-01,家长 13812345678 反映,符合,\n", encoding="utf-8")
    (row,) = read_one("evidence", path, context=Context(county_code="410183")).rows
    assert row["finding"] == "家长 * 反映"
