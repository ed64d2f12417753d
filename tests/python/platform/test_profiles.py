"""profiles.yml: made from the example, filled without harm, read with clear errors."""

import stat
from pathlib import Path

import pytest

from sonic import profiles
from sonic.errors import SonicError, UsageError
from sonic.paths import Home

HAND_WRITTEN = """\
other_project:
  outputs:
    embedded:
      port: 1
sonic_warehouse:
  target: mine
  outputs:
    embedded:  # the server of this project
      type: postgres
      port: 5432
      password: ""   # filled in
      threads: 8
    mine:
      type: postgres
      port: 6000
      password: "{{ env_var('MY_PASSWORD') }}"
"""


@pytest.fixture
def profile(home: Home) -> Path:
    """A profile that a user has written."""
    home.root.mkdir()
    path = home.root / "profiles.yml"
    path.write_text(HAND_WRITTEN)
    return path


def test_made_from_the_example_and_private(home: Home) -> None:
    profiles.fill_embedded(home, port=25999, password="secret")
    path = profiles.folder(home) / "profiles.yml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    output = profiles.read(home)
    assert (output.name, output.kind) == ("embedded", "postgres")
    assert output.require("port", "password") == ("25999", "secret")


def test_a_variable_names_the_target(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mf` takes the profile's default target, and no option that says another."""
    profiles.ensure(home)
    monkeypatch.setenv("SONIC_TARGET", "duckdb")
    assert profiles.read(home).name == "duckdb"
    assert profiles.read(home, "embedded").name == "embedded"


def test_what_a_user_wrote_stays(home: Home, profile: Path) -> None:
    profiles.fill_embedded(home, port=25999, password="secret")
    expected = HAND_WRITTEN.replace("port: 5432", "port: 25999").replace('""   # filled in', '"secret"')
    assert profile.read_text() == expected


def test_unknown_target_lists_the_known(home: Home, profile: Path) -> None:
    with pytest.raises(UsageError, match="Known targets: embedded, mine"):
        profiles.read(home, "nowhere")


def test_variable_that_is_not_set(home: Home, profile: Path) -> None:
    with pytest.raises(SonicError, match="MY_PASSWORD is not set"):
        profiles.read(home)


def test_missing_profile(home: Home) -> None:
    with pytest.raises(SonicError, match="The profile is missing"):
        profiles.read(home)


@pytest.mark.parametrize("text", ["a: [", "sonic_warehouse: 3", "", "sonic_warehouse: {outputs: 4}"])
def test_broken_profile(home: Home, profile: Path, text: str) -> None:
    profile.write_text(text)
    with pytest.raises(SonicError, match="The profile cannot be read"):
        profiles.read(home)


def test_setting_that_is_missing(home: Home, profile: Path) -> None:
    with pytest.raises(SonicError, match="'embedded' of the profile has no host"):
        profiles.read(home, "embedded").require("host")
