"""What is written is its owner's alone, releases are the group's, and nobody dumps the memory of a run."""

from __future__ import annotations

import stat
import subprocess
import sys

from warehouse import access

OPEN = 0o777


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_process_that_keeps_to_its_owner(tmp_path):
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom warehouse import access\naccess.keep_to_owner()\n"
        "folder = Path(sys.argv[1]) / 'made'\nfolder.mkdir()\n(folder / 'file').touch()\nprint(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    said = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert said.strip() == str((0, 0))
    assert (mode(tmp_path / "made"), mode(tmp_path / "made" / "file")) == (0o700, 0o600)


def test_a_home_of_an_earlier_version_is_closed(layout):
    layout.decisions.touch()
    for path in (layout.home, *layout.home.iterdir(), layout.releases):
        path.chmod(OPEN)
    layout.prepare([])
    assert mode(layout.home) == 0o710
    assert {mode(path) for path in layout.home.iterdir() if path != layout.published} == {0o700}
    assert (mode(layout.published), mode(layout.releases)) == (0o750, 0o750)


def test_the_bit_by_which_a_folder_hands_on_its_group_stays(layout):
    layout.releases.chmod(0o2755)
    layout.prepare([])
    assert mode(layout.releases) == 0o2750


def test_a_release_is_opened_to_the_group_and_to_nobody_else(tmp_path):
    folder = tmp_path / "release"
    folder.mkdir(mode=0o700)
    (folder / "school.parquet").touch(mode=0o600)
    access.open_to_group(folder)
    assert (mode(folder), mode(folder / "school.parquet")) == (0o750, 0o640)
