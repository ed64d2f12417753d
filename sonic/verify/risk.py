"""How well fraudsters, shared log-ins and broken rules are found: the marts against what was planted.

What is planted of risk is listed row by row beside a generated lake, where dbt cannot read it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.parquet as pq

from generators.core.calendar import day_of_event
from generators.planted import planted_folder
from sonic.errors import SonicError
from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake

OFTEN = 20
"""Plays in the window from which a shared log-in shows: each of its three guests has a quarter of its sessions."""
PATTERNS = {"rapid": "has_rapid_skips", "loop": "has_loops", "clock": "has_round_the_clock"}
"""Patterns of planted fraudsters, as their list names them, with the rule that finds them."""
_BREACHES = "breaches."


@dataclass(frozen=True)
class Measured:
    """What was found of one thing planted, and how much of it must be."""

    what: str
    found: int
    planted: int
    right: int
    """Planted ones that were found."""
    least_precision: float = 1.0
    least_recall: float = 1.0

    @property
    def precision(self) -> float | None:
        """Share of what was found that is planted; None where nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of what is planted that was found; None where nothing is planted."""
        return self.right / self.planted if self.planted else None

    @property
    def is_good(self) -> bool:
        """Whether neither is below what it must be."""
        precision, recall = self.precision, self.recall
        return (precision is None or precision >= self.least_precision) and (
            recall is None or recall >= self.least_recall
        )


def listed(lake: Lake) -> list[dict[str, Any]]:
    """What was planted in the rows that have arrived: `effect`, `table_name`, `row_key`, `user_id`, `detail`.

    Raises:
        SonicError: nothing is listed beside this lake.
    """
    last = lake.dates()[-1].isoformat() if lake.dates() else ""
    files = [file for file in sorted(planted_folder(lake.root).glob("*.parquet")) if file.stem <= last]
    if not files:
        raise SonicError(
            "Nothing is planted in this lake, or its list is lost",
            str(planted_folder(lake.root)),
            "Take one that `sonic generate` made with effects (imported data have none).",
        )
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def measure(database: Database, lake: Lake) -> Iterator[Measured]:
    """Each kind of risk, with what was found of it.

    Raises:
        SonicError: the marts are not built, or nothing is listed beside the lake.
    """
    planted = listed(lake)
    try:
        yield from _fraudsters(database, planted)
        yield from _sharers(database, planted)
        yield from _breaches(database, planted)
    except database.errors as error:
        raise SonicError(
            f"The marts cannot be read: {str(error).strip().splitlines()[0]}",
            database.where,
            "Build the warehouse first: `sonic build`.",
        ) from error


def _fraudsters(database: Database, planted: list[dict[str, Any]]) -> Iterator[Measured]:
    """Accounts by pattern. Of a person's play nobody may be robbed: whoever is found must be one."""
    played = {user for (user,) in database.query("select distinct user_id from marts.fct_streams")[1]}
    for pattern, rule in PATTERNS.items():
        rows = database.query(f"select distinct user_id from marts.mart_stream_fraud where {rule}")[1]
        expected = {row["user_id"] for row in planted if row["effect"] == "bots" and row["detail"] == pattern}
        told = rule.removeprefix("has_").replace("_", " ")
        yield _told(f"fraudsters: {told}", {user for (user,) in rows}, expected & played, least_recall=0.95)


def _sharers(database: Database, planted: list[dict[str, Any]]) -> Iterator[Measured]:
    """Accounts that were used enough in the window to show. Some who travel look alike: half of what is found is right.

    Journeys are a sign of many guests alone, so that no share of the planted must show them.
    """
    sharers = {row["user_id"] for row in planted if row["effect"] == "sharers"}
    rows = database.query(
        "select user_id, plays, is_suspected, has_many_countries, has_impossible_travel from marts.mart_account_sharing"
    )[1]
    shown = {user for user, plays, *_ in rows if user in sharers and plays >= OFTEN}
    known = {user for user, plays, *_ in rows if user not in sharers or plays >= OFTEN}
    for number, told, recall in ((2, "all signs", 1.0), (3, "three countries", 1.0), (4, "impossible travel", 0.0)):
        found = {row[0] for row in rows if row[number]} & known
        yield _told(f"shared log-ins: {told}", found, shown, least_precision=0.5, least_recall=recall)


def _breaches(database: Database, planted: list[dict[str, Any]]) -> Iterator[Measured]:
    """Rows that break a rule, day by day. Of advertising what was asked for and not filled nobody saw."""
    shown: dict[int, date] = dict(database.query("select ad_request_id, rendered_date from marts.fct_impressions")[1])
    kept: dict[int, date] = dict(
        database.query("select feedback_id, given_date from marts.fct_feedback where feedback_kind = 'save'")[1]
    )
    expected: dict[str, Counter[date]] = defaultdict(Counter)
    for row in planted:
        if not row["effect"].startswith(_BREACHES):
            continue
        rule, key = row["effect"].removeprefix(_BREACHES), row["row_key"]
        day = shown.get(key) if rule == "ads" else kept[key] if rule == "downloads" else day_of_event(key)
        if day is not None:
            expected[rule][day] += 1
    found: dict[str, Counter[date]] = defaultdict(Counter)
    counted = "select rule, day_date, sum(breaches) from marts.mart_rule_breaches group by rule, day_date"
    for rule, day, breaches in database.query(counted)[1]:
        found[rule][day] += int(breaches)
    for rule in sorted(found | expected):
        right = (found[rule] & expected[rule]).total()
        yield Measured(f"broken rules: {rule}", found[rule].total(), expected[rule].total(), right)


def _told(
    what: str, found: Set[int], expected: Set[int], *, least_precision: float = 1.0, least_recall: float = 1.0
) -> Measured:
    return Measured(what, len(found), len(expected), len(found & expected), least_precision, least_recall)
