"""What is planted of broken rules, shared log-ins and fraudsters is found, with as few others as can be."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from generators.planted import planted_folder
from sonic.warehouse.lake import Lake

Listed = list[dict[str, Any]]
EVENT_IDS = 1_000_000_000
"""Ids of events are days since 2000-01-01 times this, plus a sequence."""
OFTEN = 20
"""Plays in the window from which a shared log-in shows: each of three guests has a quarter of its sessions."""


@pytest.fixture(scope="module")
def planted(lake: Lake) -> Listed:
    """What was planted in the rows that have arrived."""
    files = sorted(planted_folder(lake.root).glob("*.parquet"))
    last = lake.dates()[-1].isoformat()
    return [row for file in files if file.stem <= last for row in pq.read_table(file).to_pylist()]


def told(what: str, found: set[int], expected: set[int]) -> tuple[float, float]:
    """Precision and recall, printed."""
    right = len(found & expected)
    precision, recall = right / len(found), right / len(expected)
    print(f"{what}: {len(found)} found, {right} of {len(expected)} planted: {precision=:.2f}, {recall=:.2f}")
    return precision, recall


def accounts(listed: Listed, effect: str) -> set[int]:
    """Accounts in which an effect is planted."""
    return {row["user_id"] for row in listed if row["effect"] == effect}


def day_of(event_id: int) -> date:
    """UTC day of an event by its id."""
    return date(2000, 1, 1) + timedelta(days=event_id // EVENT_IDS)


def test_planted_breaches_are_found_and_no_others(duckdb: Any, planted: Listed) -> None:
    """By rule and day. Requests for advertising show in their impressions; those that were not filled nobody saw."""
    query = duckdb.database.query
    shown = {row[0]: row[1] for row in query("select ad_request_id, rendered_date from marts.fct_impressions")[1]}
    kept = dict(query("select feedback_id, given_date from marts.fct_feedback where feedback_kind = 'save'")[1])
    expected: Counter[tuple[str, date]] = Counter()
    for row in planted:
        rule, key = row["effect"].removeprefix("breaches."), row["row_key"]
        if rule == "ads" and key in shown:
            expected[rule, shown[key]] += 1
        elif rule == "downloads":
            expected[rule, kept[key]] += 1
        elif row["effect"].startswith("breaches.") and rule != "ads":
            expected[rule, day_of(key)] += 1
    counted = query("select rule, day_date, sum(breaches) from marts.mart_rule_breaches group by all")[1]
    assert {rule for rule, _ in expected} == {
        "skips", "shuffle", "quality", "offline", "downloads", "explicit", "limit", "ads",
    }  # fmt: skip
    assert {(rule, day): breaches for rule, day, breaches in counted if breaches} == expected


def test_shared_log_ins_are_suspected(duckdb: Any, planted: Listed) -> None:
    """All that were used enough to show; the others that are suspected are travellers, of whom there are few."""
    rows = duckdb.database.query("select user_id, plays, is_suspected from marts.mart_account_sharing")[1]
    sharers = accounts(planted, "sharers")
    shared = {user for user, plays, _ in rows if user in sharers and plays >= OFTEN}
    precision, recall = told("shared log-ins", {user for user, _, suspected in rows if suspected}, shared)
    assert recall == 1
    assert precision >= 0.5


def test_fraudsters_are_found_and_nobody_else(duckdb: Any, planted: Listed) -> None:
    """Every planted pattern goes beyond the thresholds, and no person does: of a person's play nobody may be robbed."""
    found = {user for (user,) in duckdb.database.query("select distinct user_id from marts.mart_stream_fraud")[1]}
    played = {user for (user,) in duckdb.database.query("select distinct user_id from marts.fct_streams")[1]}
    precision, recall = told("fraudsters", found, accounts(planted, "bots") & played)
    assert precision == 1
    assert recall >= 0.95
