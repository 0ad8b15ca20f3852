"""Resources: the home that a run works in, opened once a run.

Here: what a run holds while it lasts: settings, layout, ledger, the lock that
keeps a second writer out, and the record of what happened.
Not here: the environment itself (settings.py) and any asset.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import dagster as dg
from dagster import ConfigurableResource
from pydantic import PrivateAttr

from pipelines.doctor import mixed_home
from pipelines.judging import worker
from pipelines.settings import Settings
from sources import limited_reader
from warehouse import access, durable
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.mending import mend
from warehouse.purging import finish as finish_purge
from warehouse.release import Publication, settle_releases
from warehouse.run_record import RunRecord
from warehouse.settling import below_home, clear_unfinished


class Home(ConfigurableResource):
    """`JUNHENG_HOME` during one run.

    One run at a time writes: a second one waits at the door for the lock, unless
    who starts it holds the lock already (`is_locked`). The run record is written
    when the run ends, however it ends.
    """

    is_locked: bool = False
    cleared: list[str] = []

    _settings: Settings = PrivateAttr()
    _layout: Layout = PrivateAttr()
    _ledger: Ledger = PrivateAttr()
    _record: RunRecord = PrivateAttr()
    _published: str | None = PrivateAttr(default=None)

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def layout(self) -> Layout:
        return self._layout

    @property
    def ledger(self) -> Ledger:
        return self._ledger

    @property
    def record(self) -> RunRecord:
        return self._record

    def came_to(self, publication: Publication) -> None:
        """Remember the release that this run came to, for its record."""
        self._published = publication.outcome
        self._record.release_id, self._record.became_current = publication.release_id, publication.became_current

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Home"]:
        access.keep_to_owner()  # as the command line does it; a run of the daemon passes here alone
        worker()  # begins to import Great Expectations while the first source is read
        self._settings = Settings()
        self._layout = Layout(self._settings.home)
        if problems := mixed_home(self._settings):
            raise dg.Failure(problems[0])
        self._layout.prepare()
        if self._settings.sandbox:
            self._layout.made_up.touch()
        with nullcontext() if self.is_locked else durable.lock(self._layout.run_lock):
            cleared = clear_unfinished(self._layout)  # first of all: what a crash left may be what fills the disk
            finish_purge(self._layout)  # before anything asks what is lost
            settle_releases(self._layout)
            mended = mend(self._layout)
            self._ledger = Ledger(self._layout)
            self._record = RunRecord.start(self._layout, context.run.run_id)
            self._record.cleared = [*self.cleared, *below_home(cleared, self._layout)]
            self._record.mended = [one.message for one in mended]
            self._published = None
            durable.remove(self._layout.dbt / "target" / "run_results.json")  # what dbt says from here on it says of this run
            limited_reader.shared().start()
            try:
                yield self
            finally:
                self._record.finish(self._layout, published=self._published)
