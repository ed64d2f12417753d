"""The comparison overlooks nothing and sees no difference where there is none."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from sonic.errors import SonicError
from sonic.verify.compare import Difference, alike, compare, literal, where
from sonic.verify.truth import key_of

ROWS = [{"day": date(2026, 1, day), "name": "it's", "amount": day} for day in (1, 2, 3)]


def test_equal_rows_in_any_order() -> None:
    assert compare(ROWS[::-1], ROWS, ["day"]) == []


def test_a_changed_cell_a_lost_row_an_extra_one_and_a_double_one() -> None:
    changed = [{**ROWS[0], "amount": 9}, ROWS[1], ROWS[1], {**ROWS[2], "day": date(2026, 1, 4)}]
    assert compare(changed, ROWS, ["day"]) == [
        Difference((date(2026, 1, 1),), "amount", "9", "1"),
        Difference((date(2026, 1, 2),), "row", "2 rows of this key", "one row"),
        Difference((date(2026, 1, 3),), "row", "no row", "one row"),
        Difference((date(2026, 1, 4),), "row", "one row", "no row"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, Decimal("1.000000"), True),
        (Decimal("0.1"), Decimal("0.100001"), False),
        (True, 1, False),
        (0, None, False),
        ("", None, False),
        ("a", "a ", False),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), True),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), False),
    ],
)
def test_alike(one: object, other: object, same: bool) -> None:
    assert alike(one, other) is same


def test_the_way_to_look_closer() -> None:
    assert where(["a", "b", "c"], ("it's", None, date(2026, 1, 1))) == "a = 'it''s' and b is null and c = '2026-01-01'"
    assert literal(True) == "true"


def test_keys_come_from_the_models() -> None:
    assert key_of("fct_streams") == ("stream_id",)
    assert key_of("fct_listening_daily") == ("user_id", "local_date")
    with pytest.raises(SonicError, match="No key"):
        key_of("nothing")
