"""What the oracle reads is what has arrived."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from generators import api
from oracle.lake import Lake, Seeds, UnfitLakeError
from sonic.paths import PROJECT


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "lake"
    api.generate(folder, seed=3, scale=0.005, days=3, clean=True)
    return folder


def test_rows_up_to_a_day(root: Path) -> None:
    """What arrives after `until` is not there; the clock is the end of that day."""
    whole, part = Lake(root), Lake(root, date(2026, 1, 2))
    assert whole.clock == datetime(2026, 1, 4, tzinfo=UTC)
    assert part.clock == datetime(2026, 1, 3, tzinfo=UTC)
    assert {row["arrived_at"].date() for row in part.events("streams")} == {date(2026, 1, 1), date(2026, 1, 2)}
    known = [row["stream_id"] for row in whole.events("streams")]
    assert known == sorted(set(known))
    assert [row["stream_id"] for row in part.events("streams")] == [
        row["stream_id"] for row in whole.events("streams") if row["arrived_at"] < part.clock
    ]


def test_the_latest_image_is_the_last_change(root: Path) -> None:
    lake = Lake(root)
    changes = lake.changes("users")
    assert [(row["user_id"], row["change_no"]) for row in changes] == sorted(
        (row["user_id"], row["change_no"]) for row in changes
    )
    assert lake.latest("users") == list({row["user_id"]: row for row in changes}.values())
    assert len(lake.latest("song_artists")) > len({row["song_id"] for row in lake.latest("song_artists")})


def test_a_lake_that_tells_no_truth_is_refused(root: Path, tmp_path: Path) -> None:
    """A lake with defects, an empty one, one whose first day has not come."""
    api.generate(tmp_path / "dirty", seed=3, scale=0.005, days=1)
    with pytest.raises(UnfitLakeError, match="defects"):
        Lake(tmp_path / "dirty")
    with pytest.raises(UnfitLakeError, match="no day"):
        Lake(tmp_path / "nothing")
    with pytest.raises(UnfitLakeError, match="no day"):
        Lake(root, date(2025, 1, 1))


def test_seeds_by_name() -> None:
    assert {"rule_name", "value"} <= Seeds(PROJECT / "seeds").rows("business_rules")[0].keys()
    with pytest.raises(FileNotFoundError, match="no seed"):
        Seeds(PROJECT / "seeds").rows("nothing")
