"""docs/extending.md is followed to the letter in a copy of the project, and what it makes is built.

Beside its example stands an event whose checks are of every kind, to see each of them bite once it is staged.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sonic.paths import PROJECT
from tests.python.support.commands import STATE, blocks, lines

GUIDE = PROJECT / "docs" / "extending.md"
SELECTION = ("+fct_lyric_votes", "+dim_user", "+dim_song", "+dim_date", "+stg_engagement__lyric_prints")
"""The mart with all that it reads, the dimensions that its keys are looked up in, and the staged event."""

EVENT = '''
"""Prints of lyrics."""

from generators.ddl.table import table

TABLES = (
    table(
        name="lyric_prints",
        kind="event",
        domain="engagement",
        about="One print of the lyrics of one song.",
        key="lyric_print_id",
        columns="""
        lyric_print_id bigint       | Id of the print, rising with time.
        paper          text         | a4 or letter.
        currency_code  text         | ISO 4217 currency.
        price_minor    bigint       | Price, minor units.
        discount_minor bigint       | Discount, minor units.
        pages          integer      | Pages, 1 to 9.
        ink            numeric(4,3)? | Share of the paper that is black, 0 to 1.
        printer_token  text?        | Token of the printer.
        is_gift        boolean      | For somebody else.
        recipient      text?        | For whom.
        ordered_at     timestamptz  | Ordered (UTC).
        started_at     timestamptz? | Began (UTC).
        ended_at       timestamptz? | Ended (UTC).
        """,
        checks={
            "paper_known": "paper in ('a4', 'letter')",
            "currency_form": "currency_code ~ '^[A-Z]{3}$'",
            "amounts_fit": "price_minor > 0 and discount_minor >= 0 and pages between 1 and 9",
            "ink_range": "ink between 0 and 1",
            "period_not_reversed": "ended_at > started_at",
            "started_after_order": "started_at >= ordered_at",
            "gift_has_recipient": "is_gift = (recipient is not null)",
            "discount_on_many_pages": "discount_minor = 0 or (pages > 1 and price_minor > 0)",
            "token_of_gift": "printer_token is null or is_gift",
        },
    ),
)
'''

BRING_ROWS = """
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
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

sound = {"paper": " A4 ", "currency_code": "inr", "price_minor": 5, "discount_minor": 0, "pages": 1, "ink": None,
         "printer_token": None, "is_gift": False, "recipient": None, "ordered_at": at,
         "started_at": at + timedelta(minutes=1), "ended_at": at + timedelta(minutes=2),
         "arrived_at": at + timedelta(hours=1)}
broken = [
    {}, {"lyric_print_id": 1, "arrived_at": at + timedelta(hours=2)}, {"paper": "  "}, {"paper": "a3"},
    {"currency_code": "rupee"}, {"price_minor": 0}, {"discount_minor": -1}, {"pages": 10}, {"ink": Decimal("1.001")},
    {"ended_at": at}, {"started_at": at - timedelta(minutes=1)}, {"is_gift": True}, {"discount_minor": 1},
    {"ordered_at": at + timedelta(days=2), "started_at": None}, {"printer_token": "x"},
]
prints = [sound | {"lyric_print_id": n} | values for n, values in enumerate(broken, 1)]
lyric_prints = pa.Table.from_pylist(prints, TABLES["lyric_prints"].lake_schema())
days = {"lyric_votes": lyric_votes, "lyric_prints": lyric_prints}
write_day(lake, date(2026, 1, 2), "day", Origin(7, 0.01, True), days)
"""


def files_of_the_guide() -> dict[str, str]:
    """The files that the guide shows, by path."""
    return {block.title: block.text for block in blocks(GUIDE) if block.title}


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


def commands_of_the_guide() -> list[list[str]]:
    """What the guide has one type."""
    return [words for block in blocks(GUIDE) if block.language == "sh" for words in lines(block)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that followed the guide, with rows of both tables, built on DuckDB."""
    project = tmp_path_factory.mktemp("extending") / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(*STATE))
    for path, text in (files_of_the_guide() | {"generators/ddl/lyric_prints.py": EVENT}).items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    commands = commands_of_the_guide()
    assert commands == [["sonic", "scaffold", "lyric_votes"]]
    for command in (*commands, ["sonic", "scaffold", "lyric_prints"]):
        run(project, sys.executable, "-m", *command)
    run(project, sys.executable, "-c", BRING_ROWS, str(project / ".sonic" / "lake"))
    run(project, sys.executable, "-m", "sonic", "setup")
    run(project, sys.executable, "-m", "sonic", "load")
    dbt = str(Path(sys.executable).with_name("dbt"))
    run(project, dbt, "build", "--target", "duckdb", "--indirect-selection", "cautious", "--select", *SELECTION)
    return project


def rows_of(project: Path, query: str) -> str:
    """What DuckDB answers, as Python prints it."""
    database = "duckdb.connect('.sonic/duckdb/sonic.duckdb')"
    return run(project, sys.executable, "-c", f"import duckdb; print({database}.sql({query!r}).fetchall())").strip()


def test_a_new_table_and_its_mart_take_three_short_files(project: Path) -> None:
    files = files_of_the_guide()
    assert 0 < len(files) <= 3
    assert all(len(text.splitlines()) <= 40 for text in files.values())
    assert not any((PROJECT / path).exists() for path in files), "the guide's example has become part of the project"
    counted = rows_of(project, "select count(*), sum(stars), min(user_key) // 10000 from marts.fct_lyric_votes")
    assert counted == "[(5, 15, 1)]"


def test_a_scaffolded_event_is_judged_by_its_checks(project: Path) -> None:
    """Each row breaks one check and is named by its rule; the sound ones are staged, cleaned."""
    judged = rows_of(
        project,
        "select reject_rule from staging.base_engagement__lyric_prints order by lyric_print_id, arrived_at",
    )
    assert judged == str(
        [
            (None,), ("duplicate",), ("missing_value",), ("unknown_code",), ("malformed_value",),
            ("amount_not_positive",), ("negative_amount",), ("out_of_range",), ("out_of_range",),
            ("ended_before_start",), ("wrong_order",), ("contradiction",), ("contradiction",),
            ("started_after_arrival",), (None,),
        ]
    )  # fmt: skip
    staged = rows_of(project, "select distinct paper, currency_code from staging.stg_engagement__lyric_prints")
    assert staged == "[('a4', 'INR')]"
