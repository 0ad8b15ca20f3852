"""What the sandbox's tests share: small counties made once, and a PostgreSQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from postgresql import postgresql_uri  # noqa: F401  (a fixture)

from sandbox.make import make_sandbox

AS_OF = date(2025, 9, 1)


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """A county of 24 schools with few students."""
    folder = tmp_path_factory.mktemp("sandbox") / "small"
    make_sandbox(folder, schools=24, students=5_000, seed=3, as_of=AS_OF)
    return folder


@pytest.fixture(scope="session")
def usual(tmp_path_factory) -> Path:
    """The county as it comes by default."""
    folder = tmp_path_factory.mktemp("sandbox") / "usual"
    make_sandbox(folder)
    return folder


@pytest.fixture(scope="session")
def failing(tmp_path_factory) -> Path:
    """A county that meets none of its own indicators that can be asked for."""
    folder = tmp_path_factory.mktemp("sandbox") / "failing"
    make_sandbox(folder, schools=20, students=13_437, seed=2, as_of=AS_OF, fulfilling=())
    return folder
