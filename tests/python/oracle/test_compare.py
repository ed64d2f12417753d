"""The comparison overlooks nothing and sees no difference where there is none."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from sonic.errors import SonicError
from sonic.paths import Home
from sonic.project.marts import find
from sonic.verify.compare import Difference, alike, compare, literal, where
from sonic.verify.truth import clean_twin, other_columns
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake

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


def test_every_row_has_every_column() -> None:
    """A column that one side lacks, or that a single row of the answer lacks, is no equality."""
    assert other_columns(["a", "b"], [{"a": 1, "b": 2}, {"a": 1, "b": 2}]) == []
    assert [one.what for one in other_columns(["a", "b"], [{"a": 1}])] == ["b"]
    assert [one.what for one in other_columns(["a"], [{"a": 1, "b": 2}])] == ["b"]
    assert [one.what for one in other_columns(["a", "b"], [{"a": 1, "b": 2}, {"a": 1}])] == ["b"]
    assert other_columns(["a"], []) == []


def test_the_way_to_look_closer() -> None:
    assert where(["a", "b", "c"], ("it's", None, date(2026, 1, 1))) == "a = 'it''s' and b is null and c = '2026-01-01'"
    assert literal(True) == "true"


def test_keys_come_from_the_models() -> None:
    assert find("fct_streams").key == ("stream_id",)
    assert find("fct_listening_daily").key == ("user_id", "local_date")
    with pytest.raises(SonicError, match="no mart"):
        find("nothing")


def test_the_clean_twin_is_of_the_same_generator(tmp_path: Path) -> None:
    """A twin that another generator made is made anew; a lake that another one made has none."""
    recipe, lake = Recipe(seed=3, scale=0.005), Lake(tmp_path / "lake")
    days = [date(2025, 12, 31), date(2026, 1, 1)]
    generate(lake.root, recipe, 1)
    home = Home(tmp_path / "home")
    twin = clean_twin(home, lake, recipe, days)
    assert twin.manifest(days[1]).clean and twin.root.is_relative_to(home.root)
    right = digest(twin, days[0])
    tamper(twin, days[0])
    assert clean_twin(home, lake, recipe, days).root == twin.root
    assert digest(twin, days[0]) == right
    tamper(lake, days[0])
    with pytest.raises(SonicError, match="another version of the generator"):
        clean_twin(home, lake, recipe, days)


def digest(lake: Lake, day: date) -> str:
    """Hash of the recordings of a day, which no defect touches."""
    return next(file.sha256 for file in lake.manifest(day).files if file.table == "songs")


def tamper(lake: Lake, day: date) -> None:
    """As if another version had written the recordings."""
    path = lake.root / "_manifests" / f"{day}.json"
    path.write_text(path.read_text(encoding="utf-8").replace(digest(lake, day), "0" * 64), encoding="utf-8")
