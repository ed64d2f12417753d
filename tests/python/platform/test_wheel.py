"""A wheel holds all that `sonic` and dbt read of the project, and works away from the repository."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from sonic.paths import PROJECT

BUNDLED = "sonic/bundled/"
PACKAGES = ("sonic", "generators", "oracle")
NOT_IN_A_WHEEL = {".sonic", "dbt_packages", "docs"}
"""What `sonic` names of the project that is the repository's alone."""
ELSEWHERE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from typer.testing import CliRunner
from sonic.cli.app import app
told = [CliRunner().invoke(app, words.split()) for words in sys.argv[2:]]
json.dump([(each.exit_code, each.output) for each in told], sys.stdout)
"""
"""Runs commands by a folder of packages, its first argument."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the project, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    (packed,) = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.as_posix() for path in found}


def read_by_dbt() -> set[str]:
    """Files of the folders that dbt_project.yml names, without what .dbtignore leaves out, and the project's own."""
    config = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    kinds = ("model", "seed", "macro", "test", "snapshot", "analysis")
    folders = [folder for kind in kinds for folder in config[f"{kind}-paths"]]
    ignored = tuple(line for line in (PROJECT / ".dbtignore").read_text().splitlines() if line.endswith("/"))
    found = {f"{folder}/{path}" for folder in folders for path in files(PROJECT / folder)}
    own = {"dbt_project.yml", "packages.yml", "selectors.yml"}
    return own | {path for path in found if not path.startswith((*ignored, "tests/data/"))}


def test_it_holds_what_dbt_reads(wheel: Path) -> None:
    bundled = files(wheel / BUNDLED)
    whole = {f"{folder}/{path}" for folder in ("bi", "offline_packages") for path in files(PROJECT / folder)}
    expected = read_by_dbt() | whole
    assert bundled == expected | {"profiles.example.yml"}
    assert all((wheel / BUNDLED / path).read_bytes() == (PROJECT / path).read_bytes() for path in bundled)


def test_it_holds_what_sonic_reads(wheel: Path) -> None:
    code = {path: (wheel / path).read_text(encoding="utf-8") for path in files(wheel) if path.endswith(".py")}
    ours = {f"{package}/{path}" for package in PACKAGES for path in files(PROJECT / package)}
    assert ours == {path for path in files(wheel) if path.split("/")[0] in PACKAGES and not path.startswith(BUNDLED)}
    named = {name for text in code.values() for name in re.findall(r'PROJECT / "([^"]+)"', text)}
    assert {name for name in named if not (wheel / BUNDLED / name).exists()} == NOT_IN_A_WHEEL


def test_it_works_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    """In an emptied environment: questions are found, the profile is made there, and nothing is written into it."""
    before = files(wheel)
    command = [sys.executable, "-c", ELSEWHERE, str(wheel), "ask", "setup", "scaffold songs"]
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    asked, made, refused = json.loads(done.stdout)
    assert asked[0] == made[0] == 0
    assert "arpu-by-tier" in asked[1]
    assert "packages from the wheel" in made[1]
    assert (tmp_path / ".sonic" / "profiles.yml").is_file()
    assert refused[0] == 1
    assert "has no repository" in refused[1]
    assert files(wheel) == before
