"""Each generic test passes on sound rows and fails on each kind of row that it is there to find."""

from __future__ import annotations

import pytest

from tests.python.macros.small_project import SmallProject

SPANS = "select {} as thing_id, cast('{}' as date) as valid_from, cast('{}' as date) as valid_to"


def spans(*rows: tuple[object, str, str]) -> str:
    return " union all ".join(SPANS.format(*row) for row in rows)


DIMENSION = "select unnest([-2, -1, 1, 2, 3]) as thing_id"
FACTS = "select * from (values {}) as facts (thing_id, amount)"
TABLES = {
    "dim_thing": DIMENSION,
    "facts_sound": FACTS.format("(1, 5), (1, 7), (-1, 8), (-2, 0)"),
    "facts_orphan": FACTS.format("(1, 5), (9, 7), (9, 8)"),
    "facts_null": FACTS.format("(1, 5), (null, 7), (3, 8)"),
    "facts_less": FACTS.format("(1, 5), (-1, 8), (-2, 0)"),
    "facts_moved": FACTS.format("(1, 12), (-1, 0), (-2, 8)"),
    "facts_zero_group": FACTS.format("(1, 12), (-1, 8)"),
    "keys_sound": "select * from (values (1, 1), (1, 2)) as keys (a, b)",
    "keys_double": "select * from (values (1, 1), (1, 1)) as keys (a, b)",
    "keys_null": "select * from (values (1, 1), (1, null)) as keys (a, b)",
    "keys_void": "select * from (values (1, null), (null, 1), (null, null)) as keys (a, b)",
    "spans_sound": spans(
        (1, "2026-01-01", "2026-01-05"), (1, "2026-01-05", "9999-12-31"), (2, "2026-01-01", "9999-12-31")
    ),
    "spans_gap": spans((1, "2026-01-01", "2026-01-04"), (1, "2026-01-05", "9999-12-31")),
    "spans_overlap": spans((1, "2026-01-01", "2026-01-06"), (1, "2026-01-05", "9999-12-31")),
    "spans_empty": spans((1, "2026-01-01", "2026-01-01"), (1, "2026-01-01", "9999-12-31")),
    "spans_reversed": spans((1, "2026-01-05", "2026-01-01")),
    "spans_ended": spans((1, "2026-01-01", "2026-01-05")),
    "rules_seed": "select unnest(['first_ms', 'second_ms']) as rule_name",
    "rules_sound": "select current_date as date_day, 1 as first_ms, 2 as second_ms",
    "rules_short": "select current_date as date_day, 1 as first_ms",
    "rules_long": "select current_date as date_day, 1 as first_ms, 2 as second_ms, 3 as third_ms",
}
KEY = {"column": "thing_id", "to": "ref('dim_thing')"}
KEYS = f'keys: [{{column: {KEY["column"]}, to: "{KEY["to"]}", field: thing_id}}]'
BY_THING = "expression: sum(amount), to: ref('facts_sound'), group_by: [thing_id]"
CASES = [
    # table, test, arguments, how many rows it should give
    ("facts_sound", "fact_keys", KEYS, 0),
    ("facts_orphan", "fact_keys", KEYS, 1),
    ("facts_null", "fact_keys", KEYS, 1),
    ("facts_orphan", "fact_keys", KEYS + ", where: thing_id < 9", 0),
    ("facts_sound", "conserved", BY_THING, 0),
    ("facts_less", "conserved", "expression: sum(amount), to: ref('facts_sound')", 1),
    ("facts_less", "conserved", BY_THING, 1),
    ("facts_moved", "conserved", "expression: sum(amount), to: ref('facts_sound')", 0),
    ("facts_moved", "conserved", BY_THING, 2),
    ("facts_zero_group", "conserved", BY_THING, 0),
    ("facts_less", "conserved", BY_THING + ", where: thing_id < 0, to_where: thing_id < 0", 0),
    ("facts_zero_group", "conserved", "expression: count(*), to: ref('facts_sound')", 1),
    ("keys_sound", "primary_key", "columns: [a, b]", 0),
    ("keys_double", "primary_key", "columns: [a, b]", 1),
    ("keys_null", "primary_key", "columns: [a, b]", 1),
    ("keys_sound", "primary_key", "columns: a", 1),
    ("keys_null", "not_null_columns", "columns: [a]", 0),
    ("keys_null", "not_null_columns", "columns: [a, b]", 1),
    ("keys_void", "not_null_columns", "columns: [a, b]", 2),
    ("keys_void", "not_null_columns", "columns: [a, b], where: a is not null", 1),
    ("spans_sound", "half_open_intervals", "key: thing_id", 0),
    ("spans_sound", "half_open_intervals", "key: thing_id, to_the_end: true", 0),
    ("spans_gap", "half_open_intervals", "key: thing_id", 1),
    ("spans_gap", "half_open_intervals", "key: [thing_id], allow_gaps: true", 0),
    ("spans_overlap", "half_open_intervals", "key: thing_id, allow_gaps: true", 1),
    ("spans_empty", "half_open_intervals", "key: thing_id", 1),
    ("spans_reversed", "half_open_intervals", "key: thing_id", 1),
    ("spans_ended", "half_open_intervals", "key: thing_id", 0),
    ("spans_ended", "half_open_intervals", "key: thing_id, to_the_end: true", 1),
    ("rules_sound", "rule_columns", "rules: ref('rules_seed')", 0),
    ("rules_short", "rule_columns", "rules: ref('rules_seed')", 1),
    ("rules_long", "rule_columns", "rules: ref('rules_seed')", 1),
]


def described() -> str:
    """The YAML that puts each case on its table, as case_<number>."""
    lines = ["models:"]
    for table in TABLES:
        lines += [f"  - name: {table}", "    config: {materialized: table}", "    data_tests:"]
        cases = [(number, case) for number, case in enumerate(CASES) if case[0] == table]
        for number, (_, test, arguments, _) in cases:
            lines += [f"      - {test}:", f"          name: case_{number}", f"          arguments: {{{arguments}}}"]
        if not cases:
            lines[-1] = "    data_tests: []"
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, int]]:
    models = {f"{table}.sql": query for table, query in TABLES.items()}
    project = SmallProject.lay(tmp_path_factory.mktemp("small"), models | {"models.yml": described()})
    project.dbt("run")
    return project.dbt("test")


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{case[1]}-{case[0]}-{i}" for i, case in enumerate(CASES)])
def test_generic_test_gives_as_many_rows_as_there_are_faults(outcomes: dict[str, tuple[str, int]], number: int) -> None:
    expected = CASES[number][3]
    assert outcomes[f"case_{number}"] == ("fail" if expected else "pass", expected)
