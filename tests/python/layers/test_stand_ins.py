"""The stand-ins say what the packages of the hub say, for the ways in which the project calls them.

The figures were recorded with dbt_utils 1.4.1, dbt_expectations 0.10.9 and dbt_date 0.21.0. To record them again,
unpack those into a folder and run this file with SONIC_DBT_PACKAGES naming it: it must pass with them as well.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner

from sonic.paths import PROJECT

PACKAGES = Path(os.environ.get("SONIC_DBT_PACKAGES", PROJECT / "offline_packages"))
_PROJECT = """\
name: trial
version: "1.0"
profile: trial
packages-install-path: "{packages}"
flags: {{send_anonymous_usage_stats: false, require_generic_test_arguments_property: true}}
"""
_PROFILE = 'trial: {{target: duckdb, outputs: {{duckdb: {{type: duckdb, path: "{path}", schema: main}}}}}}\n'

NUMBERS = "select * from (values (1, 'EUR'), (2, 'eur'), (3, null), (5, 'EURO'), (null, 'USD')) as t (n, code)"
MODELS = {
    "numbers": NUMBERS,
    "codes": "select * from (values ('EUR'), ('eur'), ('EURO'), ('USD')) as t (code)",
    "dates": "select cast(d as date) as d from (values ('2026-01-01'), ('2024-12-30'), ('2024-02-29'), ('2027-12-31'))"
    " as t (d)",
    "months": "select cast(d as date) as d from (values ('2026-01-01'), ('2026-02-01'), ('2026-04-01')) as t (d)",
    "days": "select cast(d as date) as d from (values ('2026-01-01'), ('2026-01-02'), ('2026-01-04')) as t (d)",
    "none_at_all": "select 1 as n where false",
    "named": "select d, {{ dbt_date.day_name('d', short=false) }} as day_name,"
    " {{ dbt_date.month_name('d', short=false) }} as month_name, {{ dbt_date.iso_week_start('d') }} as week_start,"
    " {{ dbt_date.iso_week_of_year('d') }} as week, cast({{ dbt_date.day_of_year('d') }} as integer) as day_of_year"
    " from {{ ref('dates') }}",
    "keyed": "select n, {{ dbt_utils.generate_surrogate_key(['n', 'code']) }} as key from {{ ref('numbers') }}",
}
RANGE, ROWS = "dbt_utils.accepted_range", "dbt_expectations.expect_table_row_count_to_be_between"
TRUE, SEQUENCE = "dbt_utils.expression_is_true", "dbt_utils.sequential_values"
REGEX = "dbt_expectations.expect_column_values_to_match_regex"
BETWEEN = "dbt_expectations.expect_column_values_to_be_between"
CASES: list[tuple[str, str, str, dict[str, object], int]] = [
    # model, column, test, arguments, rows it gives
    ("numbers", "n", RANGE, {"min_value": 1, "max_value": 5}, 0),
    ("numbers", "n", RANGE, {"min_value": 2}, 1),
    ("numbers", "n", RANGE, {"max_value": 2}, 2),
    ("numbers", "n", RANGE, {"min_value": 1, "inclusive": False}, 1),
    ("numbers", "n", BETWEEN, {"min_value": 1, "max_value": 5}, 0),
    ("numbers", "n", BETWEEN, {"min_value": 2, "max_value": 4}, 2),
    ("numbers", "", TRUE, {"expression": "n > 1"}, 1),
    ("numbers", "", TRUE, {"expression": "n > 0 or n is null"}, 0),
    ("numbers", "n", TRUE, {"expression": "< 3"}, 2),
    ("days", "d", SEQUENCE, {"interval": 1, "datepart": "day"}, 1),
    ("months", "d", SEQUENCE, {"interval": 1, "datepart": "month"}, 1),
    ("numbers", "n", SEQUENCE, {"interval": 1}, 1),
    ("numbers", "", ROWS, {"min_value": 5, "max_value": 5}, 0),
    ("numbers", "", ROWS, {"min_value": 6, "max_value": 6}, 1),
    ("none_at_all", "", ROWS, {"min_value": 1, "max_value": 1}, 1),
    ("codes", "code", REGEX, {"regex": "^[A-Z]{3}$"}, 2),
    ("codes", "code", REGEX, {"regex": "^[A-Z]+$"}, 1),
    ("numbers", "code", REGEX, {"regex": "^[A-Z]{3}$", "row_condition": "code is not null"}, 2),
]
NAMED = [
    ("2024-02-29", "Thursday", "February", "2024-02-26", 9, 60),
    ("2024-12-30", "Monday", "December", "2024-12-30", 1, 365),
    ("2026-01-01", "Thursday", "January", "2025-12-29", 1, 1),
    ("2027-12-31", "Friday", "December", "2027-12-27", 52, 365),
]
KEYED = {
    1: "939bc2cc67c630e238e4a0fb89f556e8",
    3: "53eadc9247ad6fcddfd30b39e6f3c465",
    None: "f0fb0c07b43e209903812a3577bc6206",
}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """The database of a project that calls the packages, and the failures of each case by its number."""
    folder = tmp_path_factory.mktemp("trial")
    (folder / "dbt_project.yml").write_text(_PROJECT.format(packages=PACKAGES), encoding="utf-8")
    (folder / "profiles.yml").write_text(_PROFILE.format(path=folder / "trial.duckdb"), encoding="utf-8")
    (folder / "models").mkdir()
    for name, text in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(text, encoding="utf-8")
    (folder / "models" / "tests.yml").write_text(_yaml(), encoding="utf-8")
    found: dict[str, int] = {}
    for command in ("run", "test"):
        outcome = dbtRunner().invoke([command, "--quiet", "--project-dir", str(folder), "--profiles-dir", str(folder)])
        assert outcome.exception is None, outcome.exception
        results = getattr(outcome.result, "results", [])
        broken = [f"{each.node.name}: {each.message}" for each in results if each.status in ("error", "skipped")]
        assert not broken, broken
        found |= {each.node.name: each.failures or 0 for each in results}
    return folder / "trial.duckdb", found


def _yaml() -> str:
    """The cases as tests of models and columns, each of a name of its own."""
    models: dict[str, dict[str, list[object]]] = {}
    for number, (model, column, test, arguments, _) in enumerate(CASES):
        case = {test: {"name": f"case_{number}", "arguments": arguments}}
        models.setdefault(model, {}).setdefault(column, []).append(case)
    described = [
        {
            "name": name,
            "data_tests": tests.get("", []),
            "columns": [{"name": column, "data_tests": cases} for column, cases in tests.items() if column],
        }
        for name, tests in models.items()
    ]
    return yaml.safe_dump({"models": described})


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number][2]} {CASES[number][3]}")
def test_generic_tests(number: int, trial: tuple[Path, dict[str, int]]) -> None:
    assert trial[1][f"case_{number}"] == CASES[number][4]


def test_names_and_weeks_of_dates(trial: tuple[Path, dict[str, int]]) -> None:
    with duckdb.connect(str(trial[0])) as connection:
        rows = connection.execute(
            "select d::text, day_name, month_name, week_start::date::text, week, day_of_year from named order by d"
        ).fetchall()
    assert rows == NAMED


def test_surrogate_keys(trial: tuple[Path, dict[str, int]]) -> None:
    with duckdb.connect(str(trial[0])) as connection:
        rows = dict(connection.execute("select n, key from keyed").fetchall())
    assert {n: rows[n] for n in KEYED} == KEYED
