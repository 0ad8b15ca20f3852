"""Access: who on this machine may read what Junheng writes.

Here: the rights of new files (the owner's alone) and of releases (the owner's and the
group's), and that a process that dies leaves no picture of its memory.
Not here: paths (layout), who is in the group (the bureau's machine), what may be
written at all (sources/ drop persons before landing sees a row).
"""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.layout import Layout

OWNER_ALONE = 0o700
PASSED_THROUGH = 0o710  # the home: the group reaches the releases below it and sees nothing else
GROUP_READS = 0o750
GROUP_READS_FILE = 0o640


def keep_to_owner() -> None:
    """From here on what this process and its children create is their owner's alone, and nobody dumps their memory."""
    os.umask(0o777 & ~OWNER_ALONE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def settle_home(layout: Layout) -> None:
    """Set the rights of the home's own folders, whatever umask or earlier version made them.

    What lies deeper is closed by the folder above it. What belongs to another account is left alone.
    """
    _allow(layout.home, PASSED_THROUGH)
    for path in layout.home.iterdir():
        if path != layout.published and not path.is_symlink():
            with suppress(FileNotFoundError):  # what another run is just doing away with
                _allow(path, OWNER_ALONE & path.stat().st_mode)
    for folder in (layout.published, layout.releases):
        if folder.is_dir():
            _allow(folder, GROUP_READS)


def open_to_group(path: Path) -> None:
    """Let the group read a release: a file, or a folder with the files in it."""
    if path.is_dir():
        for file in path.iterdir():
            _allow(file, GROUP_READS_FILE)
    _allow(path, GROUP_READS if path.is_dir() else GROUP_READS_FILE)


def _allow(path: Path, rights: int) -> None:
    stat = path.stat()
    special = stat.st_mode & 0o7000
    if stat.st_uid == os.geteuid() and stat.st_mode & 0o777 != rights & 0o777:
        path.chmod(special | (rights & 0o777))
