"""One source switched off in the settings: what rests on it is undecided, as where a county has nothing of it.

The county meets everything and has every source. Off is what a setting makes off: no
address of the system, no folder in the inbox; each time into a home of its own, because
what was landed once stays in use.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from county_run import environment
from every_rule import RESTS_ON, reasons_by_part, reasons_without
from many_counties import judged_together
from pipelines.settings import Settings
from sandbox.fulfilment import EVERYTHING
from sandbox.make import make_sandbox
from sandbox.serve import serve

AS_OF = date(2025, 9, 1)
CODE = "410183"
ADDRESS = {"student_status": "JUNHENG_STUDENT_STATUS_URL", "hr_payroll": "JUNHENG_HR_URI"}


@pytest.fixture(scope="module")
def everything_on(tmp_path_factory):
    """The settings of a county that meets everything."""
    folder = tmp_path_factory.mktemp("sources-off") / "sandbox"
    make_sandbox(folder, schools=12, students=1000, as_of=AS_OF, fulfilling=EVERYTHING, county_code=CODE)
    with serve(folder) as settings:
        yield {**settings, "JUNHENG_COUNTY_CODE": CODE}


def switched_off(source: str, settings: Mapping[str, str], inbox: Path) -> dict[str, str]:
    """The same settings without the address of the source, and with an inbox that has no folder of it."""
    shutil.copytree(settings["JUNHENG_INBOX"], inbox, ignore=shutil.ignore_patterns(source))
    return {name: value for name, value in settings.items() if name != ADDRESS.get(source)} | {"JUNHENG_INBOX": str(inbox)}


@pytest.mark.parametrize("source", RESTS_ON)
def test_a_source_switched_off_leaves_undecided_what_rests_on_it(everything_on, tmp_path, source):
    settings = switched_off(source, everything_on, tmp_path / "inbox")
    with environment(**settings):
        assert {name for name in RESTS_ON if not Settings().is_on(name)} == {source}
    counties = judged_together(tmp_path / "home", settings, AS_OF)
    assert reasons_by_part(counties.compliance[CODE]) == reasons_without(source)
