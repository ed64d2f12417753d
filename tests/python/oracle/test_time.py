"""Months that close, versions that follow each other."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from rows import at, change, truth

from oracle.calendar import MONTH_CLOSE_DAYS, booking_month, closes_at, local
from oracle.rules import rules
from oracle.versions import NOT_APPLICABLE, UNKNOWN, history_of, users

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_a_month_closes_at_the_end_of_its_tenth_following_day() -> None:
    assert closes_at(JANUARY) == datetime(2026, 2, 11, tzinfo=UTC)
    assert truth().of(rules).on("month_close_days", JANUARY) == MONTH_CLOSE_DAYS


@pytest.mark.parametrize(
    ("month", "arrived", "booked"),
    [
        (JANUARY, "2026-01-05 00:00:00", JANUARY),
        (JANUARY, "2026-02-10 23:59:59.999999", JANUARY),
        (JANUARY, "2026-02-11 00:00:00", FEBRUARY),
        (JANUARY, "2026-03-10 23:59:59", FEBRUARY),
        (JANUARY, "2026-03-11 00:00:00", MARCH),
        # A clock that runs ahead: the month has not begun when the row arrives, and it is open.
        (MARCH, "2026-02-28 23:00:00", MARCH),
    ],
)
def test_what_comes_after_the_close_is_booked_in_the_open_month(month: date, arrived: str, booked: date) -> None:
    assert booking_month(month, at(arrived)) == booked


def test_local_time_heeds_daylight_saving() -> None:
    assert local(at("2026-03-29 00:59:00"), "Europe/Berlin").hour == 1
    assert local(at("2026-03-29 01:00:00"), "Europe/Berlin").hour == 3
    assert local(at("2026-01-31 18:30:00"), "Asia/Kolkata").date() == FEBRUARY


def test_versions_follow_the_changes() -> None:
    """The first holds from the sign-up; a clock that runs behind takes the instant before; an instant, a version."""
    account = {"user_id": 7, "created_at": at("2026-01-01 10:00:00")}
    found = truth(
        users=[
            change(account | {"status": "active"}, "2026-01-01 10:00:05"),
            change(account | {"status": "suspended"}, "2026-01-05 00:00:00", 1),
            change(account | {"status": "deleted"}, "2026-01-04 00:00:00", 2),
        ]
    ).of(users)
    first, second = found.versions[7]
    assert (first.key, first.valid_from, first.valid_to) == (
        70_000, at("2026-01-01 10:00:00"), at("2026-01-05 00:00:00"),
    )  # fmt: skip
    assert (second.key, second.row["status"], second.is_current) == (70_001, "deleted", True)
    assert found.at(7, at("2026-01-01 09:59:59")) is None
    assert found.key_of_event(7, at("2026-01-01 09:59:59")) == 70_000
    assert found.key_of_event(7, at("2026-01-05 00:00:00")) == 70_001
    assert found.key_of_event(8, at("2026-01-05 00:00:00")) == 80_000
    assert found.key_of_event(None, at("2026-01-05 00:00:00")) == NOT_APPLICABLE
    assert found.key_of_event(UNKNOWN, at("2026-01-05 00:00:00")) == UNKNOWN


def test_no_version_without_a_change() -> None:
    assert history_of([], "user_id", JANUARY).of_event(1, at("2026-01-01 00:00:00")) is None


def told(*changes: tuple[str, str]) -> list[tuple[int, str]]:
    """Versions (number of the change, begin) of changes given by the day they hold from and the day they arrive."""
    rows = [
        change({"user_id": 7}, f"{held} 00:00:00", number) | {"arrived_at": at(f"{arrived} 00:00:00")}
        for number, (held, arrived) in enumerate(changes)
    ]
    found = history_of(rows, "user_id", JANUARY).versions[7]
    assert [version.valid_to for version in found[:-1]] == [version.valid_from for version in found[1:]]
    return [(version.change_no, str(version.valid_from.date())) for version in found]


@pytest.mark.parametrize(
    ("changes", "versions"),
    [
        # In time on the tenth day after; on the eleventh it counts from the month then open.
        ([("2026-01-01", "2026-01-01"), ("2026-01-20", "2026-02-10")], [(0, "2026-01-01"), (1, "2026-01-20")]),
        ([("2026-01-01", "2026-01-01"), ("2026-01-20", "2026-02-11")], [(0, "2026-01-01"), (1, "2026-02-01")]),
        # The creation as well, and what follows within the open month stays where it is.
        ([("2026-01-05", "2026-03-15"), ("2026-03-20", "2026-03-20")], [(0, "2026-03-01"), (1, "2026-03-20")]),
        # A later change that was in time has overtaken it.
        (
            [("2026-01-01", "2026-01-01"), ("2026-01-20", "2026-02-15"), ("2026-01-25", "2026-01-25")],
            [(0, "2026-01-01"), (2, "2026-01-25")],
        ),
        # Two that come late make one version, under the first one's number.
        (
            [("2026-01-01", "2026-01-01"), ("2026-01-20", "2026-02-15"), ("2026-01-25", "2026-02-16")],
            [(0, "2026-01-01"), (1, "2026-02-01")],
        ),
        # Nothing is late that arrived before January, the first month, had closed.
        ([("2025-03-01", "2025-12-31"), ("2025-06-01", "2026-02-10")], [(0, "2025-03-01"), (1, "2025-06-01")]),
    ],
)
def test_what_comes_after_a_close_holds_from_the_open_month(changes: list[Any], versions: list[Any]) -> None:
    assert told(*changes) == versions
