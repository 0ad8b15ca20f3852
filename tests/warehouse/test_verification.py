"""Raw files are read through once, and again when anything about them changed."""

from __future__ import annotations

import os

import pytest

from warehouse import verification
from warehouse.landing import land
from warehouse.ledger import Ledger
from warehouse.settling import settle


@pytest.fixture
def raw(layout, delivery, accepted):
    record = settle(land(delivery([("a", 1, None)]), layout), accepted(), layout)
    return record, layout.raw_file("assets", "rooms", record.delivery_id)


@pytest.fixture
def reads(monkeypatch):
    """Paths that were hashed."""
    seen, hashed = [], verification.durable.sha256_of
    monkeypatch.setattr(verification.durable, "sha256_of", lambda path: seen.append(path) or hashed(path))
    return seen


def altered(layout) -> list[str]:
    return [record.delivery_id for record in Ledger(layout).altered("assets", "rooms")]


def test_an_unchanged_file_is_read_once(layout, raw, reads):
    for _ in range(3):
        assert altered(layout) == []
    assert reads == [raw[1]]


def test_a_file_changed_without_a_trace_in_size_and_time_is_found(layout, raw):
    record, path = raw
    assert altered(layout) == []
    before, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size and path.stat().st_mtime_ns == before.st_mtime_ns
    assert altered(layout) == [record.delivery_id]
    assert altered(layout) == [record.delivery_id], "it stays altered"


def test_a_file_that_is_gone_or_comes_back_is_seen(layout, raw):
    record, path = raw
    content = path.read_bytes()
    path.unlink()
    assert altered(layout) == [record.delivery_id]
    path.write_bytes(content)
    assert altered(layout) == []


@pytest.mark.parametrize("spoil", ["", "{", "[1"])
def test_a_torn_memory_costs_another_reading_and_nothing_else(layout, raw, reads, spoil):
    assert altered(layout) == []
    layout.verified_files("assets", "rooms").write_text(spoil, encoding="utf-8")
    assert altered(layout) == []
    assert len(reads) == 2


def test_every_file_is_read_again_after_a_while_and_when_the_clock_went_back(layout, raw, reads, monkeypatch):
    now = 1_000_000_000.0
    for moment in (now, now + 60, now + verification.AGAIN_AFTER, now):
        monkeypatch.setattr(verification.time, "time", lambda moment=moment: moment)
        assert altered(layout) == []
    assert len(reads) == 3
