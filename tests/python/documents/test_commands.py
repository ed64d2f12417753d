"""What documents have one type is typed, page by page, in a fresh copy of the repository; so is a wheel installed.

The data are small (`SONIC_SCALE`, `SONIC_DAYS`); the commands are those of the pages, to the letter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonic.paths import PROJECT
from tests.python.support.commands import RUN, STATE, blocks, lines

SMALL = {"SONIC_SCALE": "0.01", "SONIC_DAYS": "45"}
HANDED_ON = ("PIP_", "UV_", "SSL_", "REQUESTS_", "http", "HTTP", "no_proxy", "NO_PROXY")
"""Beginnings of variables by which packages are fetched."""


def environment(place: Path) -> dict[str, str]:
    """Variables of somebody who has just logged in."""
    python = Path(sys.base_prefix) / "bin"
    given = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    return {"PATH": f"{python}:/usr/bin:/bin", "HOME": str(place), "LANG": "C.UTF-8", **given, **SMALL}


def typed(script: str, place: Path, variables: dict[str, str]) -> None:
    """Runs lines of a shell in a folder; the first that fails ends it."""
    done = subprocess.run(
        ["/bin/bash", "-euxo", "pipefail", "-c", script],
        cwd=place,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh copy; one that `SONIC_DOCS` names as a folder is kept for the next page that one tries alone."""
    kept = Path(os.environ["SONIC_DOCS"])
    place = (kept if kept.is_absolute() else tmp_path_factory.mktemp("documents")) / "sonic"
    if not place.exists():
        shutil.copytree(PROJECT, place, ignore=shutil.ignore_patterns(*STATE))
    yield place
    if not kept.is_absolute() and (place / ".venv" / "bin" / "sonic").exists():
        typed(".venv/bin/sonic server remove --yes", place, environment(place))


@pytest.mark.parametrize("page", RUN)
def test_a_page_is_followed(page: str, copy: Path) -> None:
    found = [block for block in blocks(PROJECT / page) if block.language == "sh" and not block.shown_by]
    assert found
    typed("\n".join(block.text for block in found), copy, environment(copy.parent))


def test_an_installed_sonic_works_away_from_the_repository(copy: Path, tmp_path: Path) -> None:
    name = f"documents/test_commands.py::{test_an_installed_sonic_works_away_from_the_repository.__name__}"
    (block,) = (block for block in blocks(PROJECT / "docs" / "runbook.md") if block.shown_by == name)
    (installation, *commands) = (" ".join(words) for words in lines(block))
    venv.create(tmp_path / "venv", with_pip=True)
    variables = environment(tmp_path)
    variables["PATH"] = f"{tmp_path / 'venv' / 'bin'}:{variables['PATH']}"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    typed(installation, copy, variables)
    try:
        typed("\n".join(commands), elsewhere, variables)
        assert (elsewhere / ".sonic" / "lake").is_dir()
    finally:
        typed("sonic server remove --yes", elsewhere, variables)
