"""What linters and type checkers say about the whole repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sonic.paths import PROJECT
from sonic.profiles import EXAMPLE

SQL_FOLDERS = [name for name in ("models", "snapshots", "tests", "analyses") if (PROJECT / name).is_dir()]
SELDOM = Path(__file__).with_name("seldom.py")
BY_HAND = ("--templater", "raw", "benchmarks", "bi")
"""SQL that dbt does not compile."""
YAML_FOLDERS = ("bi", "macros", "models", "seeds", "snapshots", "tests", ".github")
COMMANDS = {
    "ruff": ["ruff", "check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-logo"],
    "sqlfluff": ["sqlfluff", "lint", "--processes", "2", "--disable-progress-bar", *SQL_FOLDERS],
    "sqlfluff by hand": ["sqlfluff", "lint", "--processes", "2", "--disable-progress-bar", *BY_HAND],
}


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a tool of this environment in a folder."""
    tool, *arguments = command
    program = [sys.executable, str(SELDOM)] if tool == "sqlfluff" else [str(Path(sys.executable).with_name(tool))]
    return subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_lint(name: str, tmp_path: Path) -> None:
    """Each tool of `COMMANDS` finds nothing."""
    # sqlfluff's processes compile at once, and a DuckDB file lets only one in
    profile = re.sub(r"^( +path:).*", r"\1 ':memory:'", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / "profiles.yml").write_text(profile, encoding="utf-8")
    result = run(COMMANDS[name], PROJECT, DBT_PROFILES_DIR=str(tmp_path), SONIC_HOME=str(tmp_path))
    assert result.returncode == 0, f"{result.stdout[-6000:]}\n{result.stderr[-2000:]}"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The configuration and the Python packages of the project, to plant violations in."""
    for name in ("pyproject.toml", ".sqlfluff"):
        shutil.copy(PROJECT / name, tmp_path)
    for name in ("sonic", "generators", "oracle", "benchmarks", "mutants", "examples", "bi"):
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.sql"))
    return tmp_path


PLANTED = {
    "ruff": ("sonic/planted.py", "import os\n", ["ruff", "check", "."], "F401"),
    "mypy": (
        "sonic/planted.py",
        "def double(x):\n    return 2 * x\n",
        # as where the project is not installed, whose own modules would be read in place of the empty ones
        ["mypy", "--no-site-packages"],
        "no-untyped-def",
    ),
    "import-linter": (
        "generators/planted.py",
        "from sonic import errors\n",
        ["lint-imports", "--no-logo"],
        "generators.planted -> sonic.errors",
    ),
    "sqlfluff": (
        "planted.sql",
        "SELECT a.user_id\nFROM users a\n",
        ["sqlfluff", "lint", "--templater", "raw", "planted.sql"],
        "CP01",
    ),
    "sqlfluff by hand": (
        "benchmarks/by_hand/planted.sql",
        "select users.user_id from users cross join lateral (select 1 as one) as ones;\n",
        ["sqlfluff", "lint", *BY_HAND],
        "ST05",
    ),
}
"""By tool: a file with a violation, its text, the command, and what the tool must say."""


@pytest.mark.parametrize("name", PLANTED)
def test_each_tool_catches_its_planted_violation(name: str, copied: Path) -> None:
    assert set(PLANTED) == set(COMMANDS)
    file, text, command, said = PLANTED[name]
    if name == "mypy":
        _leave_the_packages_empty(copied)
    (copied / file).write_text(text, encoding="utf-8")
    result = run(command, copied)
    assert result.returncode != 0
    assert said in result.stdout.replace("\n", " "), f"{result.stdout[-3000:]}\n{result.stderr[-2000:]}"


def _leave_the_packages_empty(folder: Path) -> None:
    """Deletes what the packages hold: a type checker takes a minute for it, and is asked about one file."""
    for module in folder.rglob("*.py"):
        if module.parent.parent != folder or module.name != "__init__.py":
            module.unlink()


class Strict(yaml.CSafeLoader):
    """Refuses a key that stands twice in one mapping, of which the usual reader takes the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def test_no_key_of_yaml_stands_twice() -> None:
    files = [*PROJECT.glob("*.y*ml"), *(file for name in YAML_FOLDERS for file in (PROJECT / name).rglob("*.y*ml"))]
    assert len(files) > len(YAML_FOLDERS)
    for file in files:
        # of a stream the message names the file
        with file.open(encoding="utf-8") as stream:
            yaml.load(stream, Strict)


def test_a_key_that_stands_twice_is_found() -> None:
    with pytest.raises(yaml.constructor.ConstructorError, match="tiles stands twice"):
        yaml.load("{page: {tiles: [], note: none, tiles: []}}", Strict)
