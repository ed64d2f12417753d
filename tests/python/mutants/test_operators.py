"""The mutants of a statement: each kind of slip, each at its place, and nothing left behind."""

from __future__ import annotations

import pytest

from mutants.ground import Model
from mutants.mutant import WIDENING, of_model
from mutants.operators import mutations

TYPES = {"a": "bigint", "b": "bigint", "c": "text"}


def changed(sql: str, kind: str) -> set[str]:
    """What the mutants of a kind say."""
    return {mutation.sql for mutation in mutations(sql, TYPES) if mutation.kind == kind}


@pytest.mark.parametrize(
    ("sql", "kind", "expected"),
    [
        ("select a from t where a < 3", "boundary", {"SELECT a FROM t WHERE a <= 3"}),
        ("select a from t where a = 3", "comparison", {"SELECT a FROM t WHERE a <> 3"}),
        ("select a from t where a is null", "negation", {"SELECT a FROM t WHERE NOT a IS NULL"}),
        ("select a from t where a > 1 and b > 2", "logic", {"SELECT a FROM t WHERE (a > 1 OR b > 2)"}),
        ("select a from t where a > 1 and b > 2", "predicate",
         {"SELECT a FROM t WHERE a > 1", "SELECT a FROM t WHERE b > 2"}),
        ("select a from t where a > 1", "predicate", {"SELECT a FROM t"}),
        ("select a + b as a from t", "arithmetic", {"SELECT (a - b) AS a FROM t"}),
        ("select coalesce(a, b) as a from t", "function", {"SELECT a AS a FROM t"}),
        ("select max(a) as a from t", "function", {"SELECT MIN(a) AS a FROM t"}),
        ("select a from t where b = 7", "number", {"SELECT a FROM t WHERE b = 8"}),
        ("select t.a from t left join u on t.a = u.a", "join", {"SELECT t.a FROM t INNER JOIN u ON t.a = u.a"}),
        ("select t.a from t inner join u on t.a = u.a and t.b < u.b", "predicate",
         {"SELECT t.a FROM t INNER JOIN u ON t.a = u.a"}),
        ("select a from t union all select a from u", "union",
         {"SELECT a FROM t", "SELECT a FROM u", "SELECT a FROM t UNION SELECT a FROM u"}),
        ("select case when a then 1 when b then 2 else 3 end as a from t", "case", {
            "SELECT CASE WHEN b THEN 2 ELSE 3 END AS a FROM t",
            "SELECT CASE WHEN a THEN 1 ELSE 3 END AS a FROM t",
            "SELECT CASE WHEN a THEN 1 WHEN b THEN 2 END AS a FROM t",
        }),
        ("select row_number() over (partition by a order by b) as a from t", "window", {
            "SELECT ROW_NUMBER() OVER (ORDER BY b) AS a FROM t",
            "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC) AS a FROM t",
        }),
        ("select a from t where paid_at >= valid_from", "instant",
         {"SELECT a FROM t WHERE paid_at + INTERVAL '1' DAY >= valid_from"}),
        ("select a from t where load_id > (select max(load_id) from u)", "watermark",
         {"SELECT a FROM t WHERE load_id > (SELECT MAX(load_id) FROM u) + 1"}),
        ("select a, b, c from t", "swap", {"SELECT b AS a, a AS b, c FROM t"}),
    ],
)  # fmt: skip
def test_each_kind(sql: str, kind: str, expected: set[str]) -> None:
    assert changed(sql, kind) == expected


def test_every_mutant_is_another_statement() -> None:
    sql = "with x as (select a, b from t where a > 1 and b < 2) select x.a, x.b from x left join u on x.a = u.a"
    found = [mutation.sql for mutation in mutations(sql, TYPES)]
    assert len(found) == len(set(found)) > 8
    assert {mutation.where for mutation in mutations(sql, TYPES)} == {"x", "the end"}


def test_an_increment_has_mutants_of_its_own() -> None:
    """What both runs have is changed in both; what only an increment has is not tried where it would just widen it."""
    full = "select a from t where b = 1"
    increment = f"{full} and a in (select a from u where load_id > (select max(load_id) from v))"
    model = Model("m", "model.m", "m.sql", "m", "incremental", TYPES, full, increment)
    mutants = list(of_model(model))
    shared = [mutant for mutant in mutants if not mutant.is_of_increments and mutant.mutation.kind == "comparison"]
    assert [(each.full, "b <> 1" in each.incremental) for each in shared] == [("SELECT a FROM t WHERE b <> 1", True)]
    own = [mutant for mutant in mutants if mutant.is_of_increments]
    assert {"watermark", "negation"} <= {mutant.mutation.kind for mutant in own}
    assert not WIDENING & {mutant.mutation.kind for mutant in own}
    assert all(mutant.full == full for mutant in own)


def test_a_mutant_keeps_its_name_when_others_go() -> None:
    longer, shorter = "select a from t where a > 1 and b = 2", "select a from t where a > 1"
    names, again = (
        {mutant.mutation.after: mutant.id for mutant in of_model(Model("m", "", "", "m", "view", TYPES, sql, sql))}
        for sql in (longer, shorter)
    )
    assert names["a >= 1"] == again["a >= 1"]
