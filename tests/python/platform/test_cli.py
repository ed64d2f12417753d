"""What the command line says to wrong requests: what, where, what to do, and an exit code."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generators.defects import defects_folder
from generators.planted import planted_folder
from sonic.cli.app import app
from sonic.errors import SonicError
from sonic.paths import PROJECT, Home
from sonic.project.dbt import Node
from sonic.warehouse.build import BuildFailedError, Built
from sonic.warehouse.generate import Recipe
from sonic.warehouse.lake import Lake
from sonic.warehouse.postgres import check_version
from sonic.warehouse.targets import open_database

USAGE, FAILED = 2, 1
FILE_LIMIT = 20_000
"""Bytes; the opening has larger files."""


def refusal(*arguments: str) -> tuple[int, str]:
    """Exit code, and what was printed with its frame and line breaks taken out."""
    result = CliRunner().invoke(app, list(arguments))
    text = " ".join(result.output.replace("│", " ").split())
    return result.exit_code, text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["generate", "--scale", "huge"], USAGE, "--scale"),
        (["generate", "--scale", "-1"], FAILED, "Scale -1.0 is not above 0"),
        (["generate", "--seed", "x"], USAGE, "--seed"),
        (["generate", "--seed", "-5"], FAILED, "Seed -5 is no number from 0"),
        (["generate", "--days", "0.5"], USAGE, "--days"),
        (["generate", "--start", "yesterday"], USAGE, "--start"),
        (["generate", "--defects", "some"], USAGE, "--defects"),
        (["generate", "--defects", "on", "--clean"], USAGE, "Data cannot be clean and have defects"),
        (["load", "--until", "2026-02-30"], USAGE, "--until"),
        (["load", "--target", "duckdb"], FAILED, "The lake holds no data"),
        (["load", "--target", "nowhere"], USAGE, "There is no target 'nowhere'"),
        (["load", "--target", "external"], FAILED, "SONIC_EXTERNAL_HOST is not set"),
        (["load", "--target", "duckdb", "--database", "../x"], USAGE, "no name for a database"),
        (["build", "--target", "duckdb"], FAILED, "Nothing is loaded yet"),
        (["advance", "--target", "duckdb"], FAILED, "Nothing is loaded yet"),
        (["ask", "nonsense"], USAGE, "There is no question 'nonsense'"),
        (["demo", "--days", "3"], USAGE, "3 days are too few"),
        (["import", "nonsense", "log"], USAGE, "There is no importer 'nonsense'"),
        (["server", "dsn"], FAILED, "There is no embedded server yet"),
        (["nonsense"], USAGE, "No such command"),
    ],
)
def test_refused(home: Home, arguments: list[str], code: int, message: str) -> None:
    found, text = refusal(*arguments)
    assert message in text
    assert found == code


def test_unreachable_external_server(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "127.0.0.1", "PORT": "1", "USER": "nobody", "PASSWORD": "secret"}.items():
        monkeypatch.setenv(f"SONIC_EXTERNAL_{name}", value)
    code, text = refusal("status", "--target", "external")
    assert code == FAILED
    assert "The database does not let us in" in text
    assert "secret" not in text


def test_older_postgres() -> None:
    check_version(150000, "somewhere")
    with pytest.raises(SonicError, match="PostgreSQL 14 is too old: 15 or newer is needed"):
        check_version(140012, "somewhere")


def test_full_lake_of_another_seed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(app, ["generate", "--scale", "0.01", "--days", "1"]).exit_code == 0
    code, text = refusal("generate", "--scale", "0.01", "--days", "1", "--seed", "8")
    assert code == FAILED
    assert "The lake holds" in text
    again = CliRunner().invoke(app, ["generate", "--scale", "0.01", "--days", "1"])
    assert "All days are in" in again.output


@pytest.mark.parametrize(
    ("options", "is_clean"),
    [([], False), (["--defects", "on"], False), (["--defects", "off"], True), (["--defects", "off", "--clean"], True)],
    ids=str,
)
def test_defects_by_choice(home: Home, options: list[str], is_clean: bool) -> None:
    """A lake has one of the two; `--clean` is short for `--defects off`."""
    command = ["generate", "--scale", "0.01", "--days", "2"]
    assert CliRunner().invoke(app, [*command, *options]).exit_code == 0
    assert defects_folder(home.lake()).exists() is not is_clean
    same, other = ("--clean", "--defects=on") if is_clean else ("--defects=on", "--clean")
    assert "All days are in" in CliRunner().invoke(app, [*command, same]).output
    assert "The lake holds" in refusal(*command, other)[1]


@pytest.mark.parametrize(("effects", "other"), [("on", "off"), ("off", "on")])
def test_effects_by_choice(home: Home, effects: str, other: str) -> None:
    """A lake has them or has not, and lists them beside it; a truth or a next day is made by the same recipe."""
    command = ["generate", "--scale", "0.01", "--days", "2", "--effects"]
    assert CliRunner().invoke(app, [*command, effects]).exit_code == 0
    assert planted_folder(home.lake()).exists() is (effects == "on")
    assert "The lake holds" in refusal(*command, other)[1]
    recipe = Recipe.of(Lake(home.lake()))
    assert recipe is not None
    assert recipe.effects is (effects == "on")


def test_growth_by_choice(home: Home) -> None:
    """A lake keeps its own; a next day is made by it."""
    command = ["generate", "--scale", "0.01", "--days", "2"]
    assert CliRunner().invoke(app, [*command, "--growth", "0.3"]).exit_code == 0
    assert "growth 0.3" in refusal(*command)[1]
    assert Recipe.of(Lake(home.lake())) == Recipe(scale=0.01, growth=0.3)


def test_unforeseen_error_has_no_traceback(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("sonic.warehouse.generate.api.generate", fail)
    code, text = refusal("generate")
    assert code == FAILED
    assert "ZeroDivisionError" in text and "not foreseen" in text and "Traceback" not in text


def test_failed_build_names_what_failed() -> None:
    node = Node("my_test", "test", "fail", "Got 3 results, configured to fail if != 0", "models/x.yml", "")
    error = BuildFailedError(Built(Recipe.first_day, 1.0, (node,)), "somewhere")
    assert "1 of 1 nodes" in error.what
    assert "my_test in models/x.yml" in error.what
    assert "Got 3 results" in error.what


def test_interrupt_while_generating(home: Home, tmp_path: Path) -> None:
    """Ctrl-C ends with status 130 and without half a day; the same command goes on."""
    command = [sys.executable, "-m", "sonic", "generate", "--scale", "0.01", "--days"]
    # A run in the background ignores interrupts, and what it starts would inherit that.
    heeding = ["env", "--default-signal=INT", *command, "300"]
    process = subprocess.Popen(heeding, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    manifests = home.lake() / "_manifests"
    for _ in range(1_800):
        if manifests.exists() and len(list(manifests.glob("*.json"))) >= 2:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Interrupted" in said and "Traceback" not in said
    written = len(list(manifests.glob("*.json")))
    assert 2 <= written < 300
    assert subprocess.run([*command, str(written)], cwd=PROJECT, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("seconds", [0.3, 0.9])
def test_interrupt_before_anything_has_begun(home: Home, seconds: float) -> None:
    """Ctrl-C while Python still loads libraries: a line, no traceback."""
    command = ["env", "--default-signal=INT", sys.executable, "-m", "sonic", "generate", "--days", "300"]
    process = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    # what Python runs inside a library in C makes it end by the signal itself: a shell says 130 of both
    assert process.returncode in (130, -signal.SIGINT), said
    assert "Interrupted" in said and "Traceback" not in said


def test_a_disk_that_takes_no_more(home: Home) -> None:
    """The system refuses to let a file grow, as a full disk does: no half day is left, the same command finishes."""
    command = [sys.executable, "-m", "sonic", "generate", "--scale", "0.01", "--days", "2"]
    limited = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, ({FILE_LIMIT}, {FILE_LIMIT}));"
    run = "import sys; sys.argv = sys.argv[2:]; runpy.run_module('sonic', run_name='__main__', alter_sys=True)"
    result = subprocess.run(
        [sys.executable, "-c", limited + run, *command[1:]], cwd=PROJECT, check=False, capture_output=True, text=True
    )
    assert result.returncode == FAILED
    assert "File too large" in result.stderr and "Traceback" not in result.stderr
    assert not list((home.lake() / "_manifests").glob("*.json"))
    assert not list(home.lake().rglob("*.tmp"))
    assert subprocess.run(command, cwd=PROJECT, check=False, capture_output=True).returncode == 0
    assert len(list((home.lake() / "_manifests").glob("*.json"))) == 3


def test_missing_profile_is_made_again(home: Home) -> None:
    (home.root).mkdir()
    assert open_database(home, "duckdb").target == "duckdb"
    assert (home.root / "profiles.yml").is_file()
