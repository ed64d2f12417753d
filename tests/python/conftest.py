"""What all tests share: a state folder of their own, how they are shared out, and the time that each stage took."""

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from sonic.paths import Home
from sonic.server import Server
from tests.python.support.requirements import not_shown

TESTS = Path(__file__).parent
LONGEST_FIRST = ("warehouse", "schedules", "lint", "platform")
_NARROWING = ("collectonly", "deselect", "ignore", "ignore_glob", "keyword", "lf", "markexpr")
"""Options by which a run is not one of all tests."""
_seconds: dict[str, float] = defaultdict(float)
_counts: dict[str, int] = defaultdict(int)
_passed: set[str] = set()


def _stage(path: str) -> str:
    parts = Path(path).parts
    return parts[parts.index("python") + 1] if "python" in parts[:-2] else "other"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the long stages, so that no process has nothing to do while another is at its last.

    One process builds the warehouses, which are shared by the tests of their stage; other fixtures are a file's.
    """
    items.sort(key=lambda item: LONGEST_FIRST.index(stage) if (stage := _stage(str(item.path))) in LONGEST_FIRST else 9)
    for item in items:
        stage = _stage(str(item.path))
        group = stage if stage == "warehouse" else f"{stage}/{item.path.stem}"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    """Demands that groups are heeded: if not, each process would build every warehouse, and nothing would say so."""
    if alone := [test for test in ids if "@" not in test]:
        pytest.exit(f"pytest-xdist put {alone[0]} in no group: do its version and pytest's fit?", returncode=4)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Adds a test's time, fixtures included, to its stage (the folder under tests/python)."""
    stage = _stage(report.fspath)
    _seconds[stage] += report.duration
    _counts[stage] += report.when == "call"
    if report.when == "call" and report.passed:
        _passed.add(_function(report.nodeid))


def _function(nodeid: str) -> str:
    """A test's file and function, as docs/requirements.csv names it: without its case and group."""
    return nodeid.partition("@")[0].partition("[")[0].removeprefix("tests/python/")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run of all tests fails if one that shows a requirement did not run or did not pass."""
    config = session.config
    narrowed = any(vars(config.option).get(option) for option in _NARROWING)
    if hasattr(config, "workerinput") or narrowed or [Path(each).resolve() for each in config.args] != [TESTS]:
        return
    if missing := not_shown(_passed):
        sys.stdout.write("\nNot shown (docs/requirements.csv):\n  " + "\n  ".join(missing) + "\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the time of each stage."""
    terminalreporter.section("time by stage")
    for stage, seconds in _seconds.items():
        terminalreporter.write_line(f"{seconds:8.1f} s  {stage} ({_counts[stage]} tests)")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A state folder of the test's own; its server, if one was started, is stopped and removed afterwards."""
    monkeypatch.setenv("SONIC_HOME", str(tmp_path / "state"))
    # a warehouse that lives as long as the session keeps the variables that lead to it
    external = [name for name in os.environ if name.startswith("SONIC_EXTERNAL_")]
    for variable in ("SONIC_PG_PORT", "SONIC_TARGET", "SONIC_DATABASE", "DBT_PROFILES_DIR", *external):
        monkeypatch.delenv(variable, raising=False)
    place = Home.locate()
    yield place
    if place.root.exists():
        Server(place).remove()


@pytest.fixture(scope="session")
def eventsim_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month of a real eventsim log (MIT licence, kept in the archive): 6,820 plays, 71 song records."""
    folder = tmp_path_factory.mktemp("log")
    shutil.unpack_archive(TESTS.parent / "data" / "eventsim.tar.gz", folder)
    return folder / "eventsim"
