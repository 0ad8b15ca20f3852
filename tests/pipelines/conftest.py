"""A small made-up county and its systems, served once for the whole folder."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
from sandbox.make import make_sandbox
from sandbox.serve import serve


@pytest.fixture(scope="session")
def small_county(tmp_path_factory) -> Path:
    """A sandbox of 20 schools; never changed by a test."""
    folder = tmp_path_factory.mktemp("small") / "sandbox"
    make_sandbox(folder, schools=20, students=9000, seed=11)
    return folder


@pytest.fixture(scope="session")
def systems(small_county):
    """The environment that points at the small county's running systems."""
    with serve(small_county) as settings:
        yield dict(settings)


@pytest.fixture
def inbox(small_county, tmp_path, systems) -> tuple[Path, dict[str, str]]:
    """A copy of the inbox that a test may spoil, and the settings that point at it."""
    copy = tmp_path / "inbox"
    shutil.copytree(small_county / "inbox", copy)
    return copy, {**systems, "JUNHENG_INBOX": str(copy)}


@pytest.fixture
def unused_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
