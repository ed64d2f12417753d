"""What linters and type checkers say about the whole repository."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sonic.paths import PROJECT
from sonic.profiles import EXAMPLE

SQL_FOLDERS = [name for name in ("models", "snapshots", "tests", "analyses") if (PROJECT / name).is_dir()]
COMMANDS = {
    "ruff": ["ruff", "check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-logo"],
    "sqlfluff": ["sqlfluff", "lint", "--processes", "2", "--disable-progress-bar", *SQL_FOLDERS],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_lint(name: str, tmp_path: Path) -> None:
    """Each tool of `COMMANDS` finds nothing."""
    # sqlfluff's processes compile at once, and a DuckDB file lets only one in
    profile = re.sub(r"^( +path:).*", r"\1 ':memory:'", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / "profiles.yml").write_text(profile, encoding="utf-8")
    command = COMMANDS[name]
    result = subprocess.run(
        [str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=PROJECT,
        env={**os.environ, "DBT_PROFILES_DIR": str(tmp_path), "SONIC_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout[-6000:]}\n{result.stderr[-2000:]}"
