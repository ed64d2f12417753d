"""Statements of the months of the data: they settle the plays of the month, carry balances on, and are paid."""

from __future__ import annotations

import os
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from generators.core.calendar import midnight
from generators.core.listening import arriving
from generators.core.people import BOT_NONE
from generators.core.tallies import tally
from generators.core.world import World
from generators.ddl import TABLES
from generators.defects import misstate
from generators.domains.royalties.payouts import issued_payouts, payouts, payouts_table

SEED, SCALE, FIRST = 7, 0.12, date(2026, 1, 1)
ISSUED, PAID, AGAIN = (11, 14, 21)
"""Days from the end of the month to a statement, its payment and the second one."""


def _after(month_end: date, days: int, world: World | None = None) -> pa.Table:
    day = month_end + timedelta(days=days)
    made = payouts_table(world or _world(), day, day + timedelta(days=1))
    return made.cast(TABLES["payouts"].lake_schema())


@cache
def _world() -> World:
    return World(SEED, SCALE, FIRST)


@pytest.fixture(scope="module")
def january() -> list[dict[str, object]]:
    """January's statements as they are issued."""
    return _after(date(2026, 2, 1), ISSUED).to_pylist()


def test_statements_settle_the_plays_of_the_month(january: list[dict[str, object]]) -> None:
    """Counted play by play: those of January that had arrived by 10 February, of people, of 30 s or to the end."""
    world, streams = _world(), 0
    for number in range(41):
        _, plays = arriving(world, FIRST + timedelta(days=number))
        length = world.songs(world.horizon).duration_ms[plays.song]
        for start, played, bot, whole in zip(plays.start, plays.played_ms, plays.bot, length, strict=True):
            counts = played >= 30_000 or (0 < whole - 2_000 <= played and whole < 30_000)
            streams += bool(start < midnight(date(2026, 2, 1)) and bot == BOT_NONE and counts)
    milli = [row["qualified_streams_milli"] for row in january]
    # All shares are paid to somebody; thousandths are cut once or twice for each.
    assert 0 <= streams * 1_000 - sum(milli) <= 3 * len(milli)
    assert streams > 2_000


def test_statements_go_on_where_the_last_ones_ended(january: list[dict[str, object]]) -> None:
    world = _world()
    before = payouts(world)
    last = before.take(before.month == before.month.max())
    carried = dict(zip((last.payee + 1).tolist(), last.carried.tolist(), strict=True))
    february = {row["payee_id"]: row for row in _after(date(2026, 3, 1), ISSUED).to_pylist()}
    assert {row["statement_month"] for row in january} == {date(2026, 1, 1)}
    assert {row["statement_month"] for row in february.values()} == {date(2026, 2, 1)}
    for row in january:
        assert row["opening_balance_minor"] == carried.get(row["payee_id"], 0)
        following = february.get(row["payee_id"])
        assert (0 if following is None else following["opening_balance_minor"]) == row["carried_forward_minor"]
    settled = {row["payee_id"] for row in january}
    assert {payee for payee, balance in carried.items() if balance} <= settled, "nobody's balance is forgotten"
    for row in (*january, *february.values()):
        due = row["opening_balance_minor"] + row["gross_minor"] - row["recouped_minor"] - row["withheld_minor"]
        assert row["net_minor"] + row["carried_forward_minor"] == due
        unit = 1_000_000 if row["currency_code"] in ("JPY", "KRW", "VND") else 10_000
        assert row["gross_minor"] == (row["qualified_streams_milli"] * row["rate_micro"] // 1000 + unit // 2) // unit
        assert row["payout_id"] <= issued_payouts(world, row["issued_at"].date() + timedelta(days=1))


def test_payments_follow_statements(january: list[dict[str, object]]) -> None:
    """What is not carried forward is paid three days later, or returned by the bank and paid a week after that."""
    due = {row["payout_id"]: row for row in january if row["net_minor"]}
    paid = {row["payout_id"]: row for row in _after(date(2026, 2, 1), PAID).to_pylist()}
    again = {row["payout_id"]: row for row in _after(date(2026, 2, 1), AGAIN).to_pylist()}
    assert {row["status"] for row in january} == {"pending", "carried_forward"}
    assert paid.keys() == due.keys()
    assert again.keys() == {key for key, row in paid.items() if row["status"] == "failed"}
    assert {row["status"] for row in again.values()} <= {"paid"}
    for later, number in ((paid, 1), (again, 2)):
        for key, row in later.items():
            assert row["change_no"] == number
            same = ("payee_id", "gross_minor", "net_minor", "issued_at", "statement_month")
            assert [row[name] for name in same] == [due[key][name] for name in same]
            assert (row["processed_at"] is not None) == (row["status"] == "paid")


def test_a_statement_is_the_same_alone_and_from_tallies_that_other_days_left(tmp_path: Path) -> None:
    made = _after(date(2026, 2, 1), ISSUED)
    assert _after(date(2026, 2, 1), ISSUED, World(SEED, SCALE, FIRST)).equals(made)
    for _ in range(2):
        # At first the tallies are written, then they are read.
        world = World(SEED, SCALE, FIRST)
        world.tallies = tmp_path / "tallies"
        assert _after(date(2026, 2, 1), ISSUED, world).equals(made)
    assert len(list((tmp_path / "tallies").glob("*.npy"))) == 42


def test_some_statements_are_wrong_on_purpose(january: list[dict[str, object]], tmp_path: Path) -> None:
    clean = _after(date(2026, 2, 1), ISSUED)
    dirty = misstate({"payouts": clean}, _world(), date(2026, 2, 12), tmp_path / "lake")["payouts"].to_pylist()
    wrong = [row for row, right in zip(dirty, january, strict=True) if row != right]
    assert 0 < len(wrong) < len(january) / 5


def test_two_processes_may_leave_the_tally_of_one_day_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one makes, writes and moves its file while this one writes."""
    here, there = (World(42, 0.005) for _ in range(2))
    here.tallies = there.tallies = tmp_path
    day, save, mine = date(2026, 1, 5), np.save, os.getpid()
    arriving(here, day)

    def saved(file: Any, array: Any) -> None:
        save(file, array)
        monkeypatch.setattr(np, "save", save)
        monkeypatch.setattr(os, "getpid", lambda: mine + 1)
        tally(there, day)
        monkeypatch.setattr(os, "getpid", lambda: mine)

    monkeypatch.setattr(np, "save", saved)
    found = tally(here, day)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["2026-01-05.npy", "carried/2026-01-04.npy", "carried/2026-01-05.npy"]
    assert np.array_equal(found, tally(World(42, 0.005), day))
