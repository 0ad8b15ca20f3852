"""Connections: from settings to what a source's reader is handed.

Here: which setting belongs to which system, and which county a file without
county codes is of. Not here: talking to a system (sources/).
"""

from __future__ import annotations

from pipelines.settings import PROJECT_ROOT, Settings
from sources.connections import Database, Service
from sources.declaration import Source
from warehouse.delivery_record import LANDED
from warehouse.ledger import Ledger

SQLITE = "sqlite:///"


def connection(source: Source, settings: Settings) -> Service | Database:
    """What the reader of a system is handed. Relative SQLite paths are relative to the project root."""
    if source.kind == "service":
        token = settings.student_status_token
        return Service(settings.student_status_url, token.get_secret_value() if token else None)
    uri = settings.hr_uri.get_secret_value()
    if uri.startswith(SQLITE):
        uri = SQLITE + str(PROJECT_ROOT / uri.removeprefix(SQLITE))
    return Database(uri)


def county_of_files(settings: Settings, ledger: Ledger) -> str | None:
    """The county of files that do not say it: the setting, else the one county of the register."""
    if settings.county_code:
        return settings.county_code
    counties = {record.county_code for record in ledger.find("registry", outcome=LANDED) if record.county_code}
    return counties.pop() if len(counties) == 1 else None
