"""Resources: the home that a run works in, opened once a run.

Here: what a run holds while it lasts: settings, layout, ledger, the lock that
keeps a second writer out, and the record of what happened.
Not here: the environment itself (settings.py) and any asset.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster import ConfigurableResource
from pydantic import PrivateAttr

from pipelines.doctor import mixed_home
from pipelines.judging import worker
from pipelines.settings import Settings
from warehouse import access, durable
from warehouse.layout import Layout
from warehouse.ledger import Ledger
from warehouse.purging import finish as finish_purge
from warehouse.release import Publication
from warehouse.run_record import RunRecord
from warehouse.settling import clear_unfinished


class Home(ConfigurableResource):
    """`JUNHENG_HOME` during one run.

    One run at a time writes: a second one waits at the door for the lock. The
    run record is written when the run ends, however it ends.
    """

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
        with durable.lock(self._layout.run_lock):
            finish_purge(self._layout)
            self._ledger = Ledger(self._layout)
            self._record = RunRecord.start(self._layout, context.run.run_id)
            self._published = None
            self._record.cleared = sorted(path.relative_to(self._layout.home).as_posix() for path in clear_unfinished(self._layout))
            try:
                yield self
            finally:
                self._record.finish(self._layout, published=self._published)
