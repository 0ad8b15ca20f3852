"""dbt's unit tests run here alone: in the pipeline they would be run again at every arrival."""

from dbt_project import world


def test_every_unit_test_of_the_project_passes(manifest, build):
    home = build(world.World()).home
    results = world.dbt(home, "test", "--select", "test_type:unit", manifest=manifest)
    assert len(results.results) == len(manifest.unit_tests) >= 7
