"""Names of people and companies stand in a file, as Faker drew them."""

from importlib.resources import files

from generators.core.drawn_names import drawn


def test_names_are_those_that_faker_draws() -> None:
    assert files("generators.data").joinpath("names.csv").read_text(encoding="utf-8") == drawn()
