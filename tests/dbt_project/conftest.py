"""One parse of the project for the whole session."""

import pytest

from dbt_project import world


@pytest.fixture(scope="session")
def manifest(tmp_path_factory):
    return world.dbt(world.World().write(tmp_path_factory.mktemp("parse")), "parse", "--no-partial-parse")


@pytest.fixture(scope="session")
def build(manifest, tmp_path_factory):
    """Build a world and give its published tables."""

    def built(a_world, *arguments, threads=1, manifest=manifest):
        home = a_world.write(tmp_path_factory.mktemp("home"))
        world.dbt(home, "build", "--exclude", "resource_type:unit_test", *arguments, manifest=manifest, threads=threads)
        return world.Published(home)

    return built
