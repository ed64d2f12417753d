"""docs/extending.md is followed to the letter in a copy of the project, and what it makes is built."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from sonic.paths import PROJECT

GUIDE = PROJECT / "docs" / "extending.md"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".sonic", "target", "logs", "*_cache", "__pycache__", "profiles.yml", "*.egg-info"
)
SELECTION = ("+fct_lyric_votes", "+dim_user", "+dim_song", "+dim_date", "--indirect-selection", "cautious")
"""The mart with all that it reads, the dimensions that its keys are looked up in, and the tests of these alone."""

BRING_ROWS = """
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import sys

import pyarrow as pa

from generators.api import generate
from generators.core.lake import Origin, write_day
from generators.ddl import TABLES

lake = Path(sys.argv[1])
generate(lake, seed=7, scale=0.01, days=1, clean=True)
at = datetime(2026, 1, 2, 12, tzinfo=UTC)
rows = [
    {"lyric_vote_id": n, "user_id": n, "song_id": 1, "stars": n, "voted_at": at, "changed_at": at, "change_no": 0,
     "arrived_at": at + timedelta(seconds=1)}
    for n in range(1, 6)
]
lyric_votes = pa.Table.from_pylist(rows, TABLES["lyric_votes"].lake_schema())
write_day(lake, date(2026, 1, 2), "day", Origin(7, 0.01, True), {"lyric_votes": lyric_votes})
"""


def files_of_the_guide() -> dict[str, str]:
    """The files that the guide shows, by path."""
    blocks = re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', GUIDE.read_text(encoding="utf-8"), re.S | re.M)
    return dict(blocks)


def run(project: Path, *command: str) -> str:
    """Runs a command in the copy, which must succeed, and gives what it printed."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(project),
        "HOME": str(project),
        "SONIC_HOME": str(project / ".sonic"),
        "SONIC_TARGET": "duckdb",
    }
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_a_new_table_and_its_mart_take_six_short_files(tmp_path: Path) -> None:
    files = files_of_the_guide()
    assert 0 < len(files) <= 6
    assert all(len(text.splitlines()) <= 40 for text in files.values())
    assert not any((PROJECT / path).exists() for path in files), "the guide's example has become part of the project"

    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=LEFT_OUT)
    for path, text in files.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    run(project, sys.executable, "-c", BRING_ROWS, str(project / ".sonic" / "lake"))
    run(project, sys.executable, "-m", "sonic", "setup")
    run(project, sys.executable, "-m", "sonic", "load")
    run(project, str(Path(sys.executable).with_name("dbt")), "build", "--target", "duckdb", "--select", *SELECTION)
    counted = run(
        project,
        sys.executable,
        "-c",
        "import duckdb; print(duckdb.connect('.sonic/duckdb/sonic.duckdb')"
        ".sql('select count(*), sum(stars), min(user_key) // 10000 from marts.fct_lyric_votes').fetchone())",
    )
    assert counted.strip() == "(5, 15, 1)"
