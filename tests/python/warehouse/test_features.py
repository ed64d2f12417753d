"""No feature looks past its date: whatever comes later, or is told later, changes none; what was there does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from sonic.project.dbt import Dbt

LAST_DAY, NOW = "date '2026-01-31'", "timestamptz '2026-02-01 00:00:00+00'"
"""The day as of which features are told, and its end."""
MONDAY = "timestamptz '2026-02-02 00:00:00+00'"
IN_WINDOW, BEFORE = "date '2026-01-30'", "timestamptz '2026-01-30 12:00:00+00'"
"""What is told later claims to have happened then."""


@dataclass(frozen=True)
class Input:
    """A table that features read."""

    relation: str
    known: str
    """When a row of it is known, or holds."""
    becomes: str
    """What its rows become."""
    until: str = NOW
    """The instant from which on they do."""


STREAMS = Input(
    "marts.fct_streams",
    "arrived_at",
    f"user_id % 7 + 1 as user_id, coalesce(played_ms, 0) * 3 + 1 as played_ms, {IN_WINDOW} as started_date",
)
ACCOUNTS = Input(
    "staging.stg_identity__users_changes",
    "arrived_at",
    f"{BEFORE} as changed_at, change_no + 50 as change_no, 3 - payment_country_id % 2 as payment_country_id,"
    " created_at - interval 100 days as created_at",
)
SUBSCRIPTIONS = Input(
    "staging.stg_billing__subscriptions_changes",
    "arrived_at",
    f"{BEFORE} as changed_at, change_no + 50 as change_no, 'grace' as state,"
    " started_at - interval 9 days as started_at,"
    " (select max(plan_price_id) from staging.stg_billing__subscriptions_changes) as plan_price_id",
)
PAYMENTS = Input(
    "marts.fct_transactions",
    "arrived_at",
    f"{IN_WINDOW} as transacted_date, 'failure' as movement_type, user_id % 50 + 1 as user_id",
)
RECORDINGS = Input(
    "staging.stg_catalog__songs_changes",
    "arrived_at",
    f"{BEFORE} as changed_at, change_no + 50 as change_no, duration_ms + 1 as duration_ms,"
    " content_id + 1 as content_id",
)
READ: dict[str, tuple[str, tuple[Input, ...]]] = {
    # what is told as of the date, and what it is told of
    "ml_user_features": (
        f"* exclude (label_churned_28) from features where as_of_date = {LAST_DAY}",
        (ACCOUNTS, SUBSCRIPTIONS),
    ),
    # which ml_user_features tells of those who consent
    "int_user_activity": (
        f"* from features where as_of_date = {LAST_DAY}",
        (
            STREAMS,
            PAYMENTS,
            Input("marts.fct_searches", "arrived_at", f"{IN_WINDOW} as searched_date, user_id % 50 + 1 as user_id"),
        ),
    ),
    "ml_song_features": (
        f"* from features where as_of_date = {LAST_DAY}",
        (
            STREAMS,
            RECORDINGS,
            Input(
                "staging.stg_catalog__audio_features_changes",
                "arrived_at",
                f"{BEFORE} as changed_at, change_no + 50 as change_no, tempo_bpm + 1 as tempo_bpm",
            ),
            Input(
                "marts.fct_playlist_events",
                "arrived_at",
                f"{IN_WINDOW} as occurred_date, 'item_added' as event_type, true as is_accepted",
            ),
        ),
    ),
    "ml_user_song_interactions": (f"* from features where as_of_date = {LAST_DAY}", (STREAMS, RECORDINGS)),
    "ml_transaction_features": (
        f"* exclude (label_failed, label_disputed, label_fraudulent) from features where transacted_at < {NOW}",
        (
            Input(
                "marts.fct_transactions",
                "transacted_at",
                "case movement_type when 'charge' then 'failure' else movement_type end as movement_type,"
                " 'pix' as payment_method_type, amount_minor * 2 as amount_minor,"
                " attempted_minor * 2 as attempted_minor",
            ),
        ),
    ),
    "ml_price_elasticity": (
        f"* exclude (sign_ups, ended, ended_share) from features where week_start_date <= cast({MONDAY} as date)",
        (
            Input(
                SUBSCRIPTIONS.relation,
                "changed_at",
                f"{SUBSCRIPTIONS.becomes.partition('as changed_at, ')[2]}, changed_at as ended_at",
                MONDAY,
            ),
            Input(
                "staging.stg_billing__subscriptions",
                "changed_at",
                "(select max(plan_price_id) from staging.stg_billing__subscriptions) as plan_price_id,"
                " started_at as ended_at",
                MONDAY,
            ),
            Input("marts.dim_plan", "valid_from", "price_minor * 2 as price_minor", MONDAY),
        ),
    ),
}
WITHOUT_FEATURES = {"staging.stg_billing__subscriptions"}
"""Tables that tell labels and outcomes alone."""
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def compiled(duckdb: Any) -> dict[str, str]:
    """SQL of the models by name, as of a full build."""
    dbt = Dbt(duckdb.home, "duckdb", duckdb.database.name)
    nodes = dbt.run(["compile", "--full-refresh", "--no-introspect", "--select", *READ])
    return {node.name: node.compiled for node in nodes if node.name in READ}


@pytest.fixture(scope="module")
def expected(duckdb: Any, compiled: dict[str, str]) -> dict[str, Rows]:
    """Features as of the date by model, of the rows as they are."""
    return {mart: told(duckdb, sql, mart) for mart, sql in compiled.items()}


def told(duckdb: Any, sql: str, mart: str, altered: Input | None = None, since: str = "") -> Rows:
    """Features as of the date, with the rows of an input altered that are known since an instant (of all times)."""
    if altered is not None:
        schema, name = altered.relation.split(".")
        source = rf'"\w+"\."{schema}"\."{name}"'
        assert re.search(source, sql), f"{mart} does not read {altered.relation}"
        when = f"{altered.known} >= {since}" if since else "true"
        rows = f"select * replace ({altered.becomes}) from {altered.relation} where {when}"
        rest = f"select * from {altered.relation} where not ({when})"
        sql = re.sub(source, f"({rest} union all {rows})", sql)
    found: Rows = duckdb.database.query(f"with features as ({sql}) select {READ[mart][0]} order by all")[1]
    assert len(found) > 20 or (altered and not since), f"{mart} tells next to nothing"
    return found


@pytest.mark.parametrize("mart", READ)
def test_features_stay_whatever_comes_later(
    duckdb: Any, compiled: dict[str, str], expected: dict[str, Rows], mart: str
) -> None:
    """Rows of each input that come after the date are altered and claim to have been there; no feature moves."""
    for altered in READ[mart][1]:
        later = f"select count(*) from {altered.relation} where {altered.known} >= {altered.until}"
        assert duckdb.database.value(later), f"nothing of {altered.relation} comes later"
        found = told(duckdb, compiled[mart], mart, altered, altered.until)
        assert found == expected[mart], f"{mart} knows {altered.relation} of later"


@pytest.mark.parametrize("mart", READ)
def test_features_hear_of_what_came_before(
    duckdb: Any, compiled: dict[str, str], expected: dict[str, Rows], mart: str
) -> None:
    """The same done to all rows does move them, but for what only outcomes are told of: so the test above can fail."""
    for altered in READ[mart][1]:
        moved = told(duckdb, compiled[mart], mart, altered) != expected[mart]
        assert moved != (altered.relation in WITHOUT_FEATURES), altered.relation
