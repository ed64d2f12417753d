"""The event-log importer: what it reads, what it refuses, and that a refusal leaves nothing."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sonic.errors import SonicError, UsageError
from sonic.importers import Reading, import_log

START_MS = 1_541_105_830_796  # 2018-11-01 20:57:10 UTC


def event(minute: float, page: str = "NextSong", **fields: Any) -> dict[str, Any]:
    """One event of one account, `minute` minutes after the log begins."""
    return {
        "artist": "Des'ree",
        "auth": "Logged In",
        "firstName": "Kaylee",
        "gender": "F",
        "itemInSession": int(minute),
        "lastName": "Summers",
        "length": 240.0,
        "level": "free",
        "location": "New York-Newark-Jersey City, NY-NJ-PA",
        "page": page,
        "registration": 1_540_344_794_796.0,
        "sessionId": 139,
        "song": "You Gotta Be",
        "ts": START_MS + int(minute * 60_000),
        "userAgent": '"Mozilla/5.0 (iPhone; CPU iPhone OS 7_1 like Mac OS X)"',
        "userId": "8",
    } | fields


def write(path: Path, events: list[dict[str, Any]], glue: str = "\n") -> Path:
    path.write_text(glue.join(json.dumps(each) for each in events), encoding="utf-8")
    return path


def rows(lake: Path, table: str) -> list[dict[str, Any]]:
    files = sorted(lake.glob(f"{table}/*/*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def test_played_time_is_inferred_from_the_next_event(tmp_path: Path) -> None:
    log = write(tmp_path / "log.json", [event(0), event(1, song="Kiss"), event(9, page="Home"), event(10)])
    import_log("eventsim", log, tmp_path / "lake")
    streams = rows(tmp_path / "lake", "streams")
    played = [(row["played_ms"], row["played_ms_basis"], row["is_skipped"]) for row in streams]
    assert played == [(60_000, "inferred", True), (240_000, "inferred", False), (None, "unknown", False)]


@pytest.mark.parametrize("glue", ["\n", "", " ", "\n\n"])
def test_objects_may_follow_one_another_without_a_newline(tmp_path: Path, glue: str) -> None:
    log = write(tmp_path / "log.json", [event(0), event(5), event(10)], glue)
    assert len(import_log("eventsim", log, tmp_path / "lake").plays) == 3


def test_an_event_told_twice_keeps_its_id(tmp_path: Path) -> None:
    log = write(tmp_path / "log.json", [event(0), event(0), event(5)])
    import_log("eventsim", log, tmp_path / "lake")
    ids = [row["stream_id"] for row in rows(tmp_path / "lake", "streams")]
    assert len(ids) == 3
    assert len(set(ids)) == 2


def test_paying_becomes_a_subscription_with_its_end(tmp_path: Path) -> None:
    levels = ["free", "paid", "paid", "free"]
    log = write(tmp_path / "log.json", [event(5 * i, level=level) for i, level in enumerate(levels)])
    import_log("eventsim", log, tmp_path / "lake")
    changes = [(row["change_no"], row["state"]) for row in rows(tmp_path / "lake", "subscriptions")]
    assert changes == [(0, "active"), (1, "expired")]


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    log = write(tmp_path / "log.json", [event(0), event(5)])
    import_log("eventsim", log, tmp_path / "lake")
    before = {path: path.read_bytes() for path in sorted((tmp_path / "lake").rglob("*.*"))}
    import_log("eventsim", log, tmp_path / "lake")
    assert before == {path: path.read_bytes() for path in sorted((tmp_path / "lake").rglob("*.*"))}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (json.dumps(event(0)) + "\n" + json.dumps(event(5))[:-20], 2),
        (json.dumps(event(0)) + "\n\n{]}", 3),
        (json.dumps(event(0)) + "\n[1]", 2),
        (json.dumps(event(0)) + "\n" + json.dumps(event(5, length=None)), 2),
        (json.dumps(event(0)) + "\n" + json.dumps(event(5, length=-3.0)), 2),
        (json.dumps(event(0)) + "\n" + json.dumps(event(5, level="gold")), 2),
        (json.dumps(event(0)) + "\n" + json.dumps(event(5, ts=True)), 2),
        (json.dumps(event(0)) + "\n" + json.dumps(event(5, location="Nowhere")), 2),
        (json.dumps(event(0)) + '\n{"a": 1}', 2),
    ],
)
def test_a_broken_log_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    log = tmp_path / "log.json"
    log.write_text(text, encoding="utf-8")
    with pytest.raises(SonicError) as caught:
        import_log("eventsim", log, tmp_path / "lake")
    assert caught.value.where == f"{log}:{line}"
    assert not (tmp_path / "lake").exists()


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    log.write_bytes(json.dumps(event(0)).encode() + b"\n{\xff}")
    with pytest.raises(SonicError) as caught:
        import_log("eventsim", log, tmp_path / "lake")
    assert caught.value.where == f"{log}:2"


def test_unknown_importers_and_missing_paths_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="eventsim"):
        import_log("winamp", tmp_path, tmp_path / "lake")
    with pytest.raises(SonicError, match="no such"):
        import_log("eventsim", tmp_path / "missing", tmp_path / "lake")
    with pytest.raises(SonicError, match="no log"):
        import_log("eventsim", tmp_path, tmp_path / "lake")
    with pytest.raises(UsageError, match="names its accounts"):
        import_log("eventsim", tmp_path, tmp_path / "lake", Reading(user="Kaylee"))


def test_the_real_log_is_read_whole(tmp_path: Path, eventsim_log: Path) -> None:
    log = import_log("eventsim", eventsim_log, tmp_path / "lake")
    streams = rows(tmp_path / "lake", "streams")
    assert len(log.plays) == len(streams) == 6_820
    assert len({row["user_id"] for row in streams}) == 96
