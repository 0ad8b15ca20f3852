"""kill -9 at any moment: `current` stays whole, no row is lost, and the next run needs no hand.

Twenty kills here, three hundred in `make soak`. A kill comes before a change of a
file, drawn evenly over the steps of a run and oftenest in publishing, or at a
random moment. Something arrives before every run, so that each has something to publish.
"""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from changed_county import take_a_pupil_away
from county_run import run_county
from killing import Readers, Stem, broken

from sandbox.make import make_sandbox
from sandbox.serve import serve
from warehouse.delivery_record import LANDED
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.mending import broken as missing_from
from warehouse.published_tables import PUBLISHED_TABLES, VERDICT

PUBLISHING = ("release_candidate", "release")
FILED = "as_of_date,county_code,township,school_id,school_name,school_type,stage,measure_id,value\n"


class County:
    """A county that something arrives in before every run, and the home that it is judged in."""

    def __init__(self, folder: Path, home: Path, settings: dict[str, str]):
        self.folder, self.home, self.settings = folder, home, settings
        self.layout = Layout(home)
        self.books = 0

    def something_arrives(self) -> None:
        """Another number of books of a school, filed anew under the same name; now and then a student less."""
        self.books += 1
        (school,) = pq.read_table(self.layout.current / "school.parquet", columns=["school_id", "school_name", "school_type"]).slice(0, 1).to_pylist()
        line = f"2025-09-01,410183,,{school['school_id']},{school['school_name']},{school['school_type']},primary,books,{self.books}\n"
        (self.folder / "inbox" / "declared" / "图书.csv").write_text(FILED + line, encoding="utf-8")
        if self.books % 4 == 0:
            take_a_pupil_away(self.folder)

    def books_published(self) -> list[int]:
        rows = pq.read_table(self.layout.current / "measure.parquet", filters=[("measure_id", "=", "books"), ("basis", "=", "declared")])
        return [int(value) for value in rows.column("value").drop_null().to_pylist()]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed") / "sandbox"
    make_sandbox(folder, schools=12, students=1_500, seed=4)
    with serve(folder) as settings:
        yield County(folder, folder.parent / "home", dict(settings))


@pytest.fixture(scope="module")
def stem():
    with Stem() as stem:
        yield stem


def stops(changes: dict[str, int], draw: random.Random, seconds: float):
    """Endlessly: before which change of a file, or after how many seconds, a run is killed."""
    while True:
        kind = draw.random()
        if kind < 0.25:
            yield {"after": draw.uniform(0.05, seconds)}
        else:
            step = draw.choice(PUBLISHING) if kind < 0.55 else draw.choice(sorted(changes))
            yield {"before": (step, draw.randint(1, changes[step]))}


def survives(county: County, stem: Stem, *, kills: int, readers: int, whole_run_every: int, seed: int) -> None:
    assert stem.run(county.home, county.settings).code == 0
    county.something_arrives()
    began = time.monotonic()
    whole = stem.run(county.home, county.settings)
    seconds = time.monotonic() - began
    assert whole.code == 0 and set(PUBLISHING) < whole.changes.keys()
    stop = stops(whole.changes, random.Random(seed), seconds)
    killed = attempts = 0
    with Readers(county.layout.published, readers) as reading:
        while killed < kills:
            attempts += 1
            assert attempts < 3 * kills, "most runs end before they are killed"
            county.something_arrives()
            where = next(stop)
            ended = stem.run(county.home, county.settings, **where)
            killed += ended.was_killed
            assert ended.was_killed or ended.code == 0, where
            assert broken(county.layout.current.resolve()) is None, where
            if killed % whole_run_every == 0 or killed == kills:
                ended = stem.run(county.home, county.settings)
                assert ended.code == 0, f"the run after a kill {where}"
                assert county.books in county.books_published()
    assert reading.errors == [] and reading.rounds > kills
    assert_nothing_is_lost(county)


def assert_nothing_is_lost(county: County) -> None:
    """Ledger, raw and releases are whole, and the verdict is that of a home that was never killed."""
    ledger = Ledger(county.layout)
    assert missing_from(county.layout, county.layout.current.resolve()) == []
    assert all(ledger.is_whole(record) for record in ledger.find(outcome=LANDED))
    assert {record.outcome for record in ledger.records()} == {LANDED}
    assert [broken(release) for release in county.layout.releases.iterdir() if broken(release)] == []
    assert not list(county.layout.pending.iterdir()) and not list(county.layout.candidates.iterdir())

    never_killed = run_county(county.home.with_name("never killed"), county.settings)
    assert int(never_killed.code) == 0
    for table in PUBLISHED_TABLES:
        if table.kind == VERDICT:
            ours, theirs = (folder / f"{table.name}.parquet" for folder in (county.layout.current, never_killed.release))
            assert ours.read_bytes() == theirs.read_bytes(), table.name
    shutil.rmtree(never_killed.home)


def test_twenty_kills(county, stem):
    survives(county, stem, kills=20, readers=1, whole_run_every=10, seed=1)


@pytest.mark.soak
def test_three_hundred_kills(county, stem):
    survives(county, stem, kills=300, readers=8, whole_run_every=10, seed=2)
