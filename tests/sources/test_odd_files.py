"""Odd files: each is read right or refused by the rule that was expected, and says why.

All of them go through the worker, as in a run, with less memory and fewer rows than there.
"""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from decimal import Decimal

import pytest
from odd_files import ODD, Odd
from reading import COUNTY, KEY

from sources.declaration import Context
from sources.limited_reader import MB, LimitedReader, Limits
from sources.refusal import Refusal
from sources.register import source


@pytest.fixture(scope="module")
def reader():
    reader = LimitedReader(Limits(memory=1024 * MB, seconds=60, rows_bytes=64 * MB))
    yield reader
    reader.stop()


def shown(value: object) -> object:
    """A cell as the expectations write it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def read_whole(reader: LimitedReader, odd: Odd, path) -> tuple[tuple, frozenset]:
    rows, damages = [], set()
    with closing(reader.read(source(odd.source), path, f"{odd.source}/{path.name}", Context(KEY, COUNTY))) as deliveries:
        for delivery in deliveries:
            start = len(rows)
            for batch in delivery.rows:
                rows += [tuple(shown(row[name]) for name in odd.columns) for row in batch.to_pylist()]
            damages |= {(start + damage.position, damage.column, damage.rule) for damage in delivery.damages}
    return tuple(rows), frozenset(damages)


def test_there_are_enough_of_them_and_each_has_its_own_words():
    assert len({odd.what for odd in ODD}) == len(ODD) >= 60


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.what)
def test_an_odd_file(odd, tmp_path, reader):
    path = tmp_path / odd.name
    odd.make(path)
    if odd.rows is not None:
        assert read_whole(reader, odd, path) == (odd.rows, odd.damages)
        return
    with pytest.raises(Refusal) as caught:
        read_whole(reader, odd, path)
    refusal = caught.value
    assert refusal.rule in odd.refused
    for message in (refusal.message_en, refusal.message_zh):
        assert message.isprintable() and path.name in message
        for words in odd.says:
            assert words in message
    assert refusal.expected and refusal.found and refusal.do_en and refusal.do_zh
    assert "root:" not in refusal.message_en  # /etc/passwd, which some of them point at
