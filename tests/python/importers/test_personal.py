"""Personal histories: what each importer reads and refuses, and that names mean the same in all of them."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generators.core.lake import Origin, existing_days, write_day
from sonic.errors import SonicError, UsageError
from sonic.importers import Reading, import_log, read_log
from sonic.importers.resolve import FIRST_DAY, FIRST_ID, LAST_DAY, left_out
from sonic.paths import PROJECT
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import forget, load

ROB = Reading(user="rob")


def extended(minute: int, title: str | None = "Genghis Khan", **fields: Any) -> dict[str, Any]:
    """One record of Spotify's extended history: a play that ended `minute` minutes after eight."""
    return {
        "ts": f"2023-03-04T08:{minute:02}:00Z",
        "platform": "Android OS 12 API 32 (Google, Pixel 5)",
        "ms_played": 60_000,
        "conn_country": "GB",
        "ip_addr": "203.0.113.7",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": title and "Miike Snow",
        "master_metadata_album_album_name": title and "iii",
        "spotify_track_uri": "spotify:track:2I3dW2dCBZAJGj5X21E53k",
        "episode_name": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": None,
        "offline": False,
        "incognito_mode": False,
    } | fields


def brief(minute: int, **fields: Any) -> dict[str, Any]:
    """One record of Spotify's account data."""
    return {
        "endTime": f"2023-03-04 08:{minute:02}",
        "artistName": "Miike Snow",
        "trackName": "Genghis Khan",
        "msPlayed": 60_000,
    } | fields


def listen(second: int, **more: Any) -> dict[str, Any]:
    """One listen of ListenBrainz that began `second` seconds after 2023-03-04 09:00."""
    return {
        "listened_at": 1_677_920_400 + second,
        "user_name": "rob",
        "track_metadata": {
            "artist_name": "MIIKE  SNOW",
            "track_name": "Genghis khan",
            "release_name": "iii",
            "additional_info": {"duration_ms": 212_000, "media_player": "Rhythmbox", **more},
        },
    }


def write(path: Path, records: list[dict[str, Any]], *, lines: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps(record) for record in records) if lines else json.dumps(records, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


def rows(lake: Path, table: str) -> list[dict[str, Any]]:
    files = sorted(lake.glob(f"{table}/*/*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def test_the_extended_history(tmp_path: Path) -> None:
    folder = tmp_path / "my_spotify_data"
    records = [
        extended(1),
        extended(3, ms_played=4_000, reason_end="fwdbtn", skipped=True, shuffle=True, offline=True),
        extended(5, reason_end="endplay", conn_country="ZZ"),
        extended(7, title=None, episode_name="Some talk"),
        extended(9, title=None),
    ]
    write(folder / "Spotify Extended Streaming History" / "Streaming_History_Audio_2023_1.json", records)
    write(folder / "Spotify Account Data" / "StreamingHistory_music_0.json", [brief(1)])
    log = import_log("spotify", folder, tmp_path / "lake", ROB)
    assert left_out(log) == {"podcast episodes": 1, "untitled": 1}
    streams = rows(tmp_path / "lake", "streams")
    told = [(str(row["started_at"]), row["played_ms"], row["is_completed"], row["skip_reason"]) for row in streams]
    assert told == [
        ("2023-03-04 08:00:00+00:00", 60_000, True, None),
        ("2023-03-04 08:02:56+00:00", 4_000, False, "next_button"),
        ("2023-03-04 08:04:00+00:00", 60_000, False, None),
    ]
    assert [(row["is_shuffle"], row["is_offline"]) for row in streams] == [(False, False), (True, True), (False, False)]
    places = {
        row["country_id"]: (row["country_code"], row["time_zone"]) for row in rows(tmp_path / "lake", "countries")
    }
    assert [places[row["ip_country_id"]] for row in streams] == [
        ("GB", "Europe/London"),
        ("GB", "Europe/London"),
        ("ZZ", "UTC"),
    ]
    (device,) = rows(tmp_path / "lake", "devices")
    assert (device["device_type"], device["os"], device["os_version"]) == ("phone", "Android", "12")
    # no log tells the length: that of the longest play to the end stands for it
    assert [row["duration_ms"] for row in rows(tmp_path / "lake", "songs")] == [60_000]


def test_the_account_data_name_their_owner(tmp_path: Path) -> None:
    write(tmp_path / "data" / "StreamingHistory0.json", [brief(1), brief(2, msPlayed=0)])
    with pytest.raises(UsageError, match="whose it is"):
        read_log("spotify", tmp_path / "data")
    (tmp_path / "data" / "Userdata.json").write_text('{"username": "rob-31", "country": "GB"}', encoding="utf-8")
    log = read_log("spotify", tmp_path / "data")
    assert {play.account for play in log.plays} == {"rob-31"}
    assert [(f"{play.started_at:%H:%M}", play.played_ms) for play in log.plays] == [("08:00", 60_000), ("08:02", 0)]


def test_listens_lasted_until_the_next(tmp_path: Path) -> None:
    listens = [listen(0), listen(30), listen(400, duration_ms="odd"), listen(700), {"playing_now": True}]
    log = read_log("listenbrainz", write(tmp_path / "listens" / "2023" / "3.jsonl", listens, lines=True))
    told = [(play.length_ms, play.played_ms, play.basis, play.skip_reason) for play in log.plays]
    assert told == [
        (212_000, 30_000, "inferred", "unknown"),
        (212_000, 212_000, "inferred", None),
        (None, None, "unknown", None),
        (212_000, None, "unknown", None),
    ]
    assert log.left_out == {"listens under way": 1}
    far = read_log("listenbrainz", write(tmp_path / "far.json", [listen(0), listen(9_000)]))
    assert [play.basis for play in far.plays] == ["unknown", "unknown"]


def test_an_export_of_listenbrainz_names_its_owner(tmp_path: Path) -> None:
    nobodys = {key: value for key, value in listen(0).items() if key != "user_name"}
    write(tmp_path / "listens" / "2023" / "3.jsonl", [nobodys], lines=True)
    with pytest.raises(UsageError, match="whose they are"):
        read_log("listenbrainz", tmp_path)
    (tmp_path / "user.json").write_text('{"user_id": 7, "username": "rob"}', encoding="utf-8")
    assert [play.account for play in read_log("listenbrainz", tmp_path).plays] == ["rob"]


def test_named_columns(tmp_path: Path) -> None:
    path = tmp_path / "plays.csv"
    path.write_text(
        "\ufeffuser,played_at,artist,title,played_ms,length_ms,country,device\r\n"
        'ann,2023-03-04T10:00:00+02:00,"Snow, Miike","Genghis ""Khan""",1000,200000,gb,iPhone\r\n'
        "ann,1677920400,Miike Snow,Genghis Khan,,,,\r\n",
        encoding="utf-8",
    )
    one, other = read_log("csv", path).plays
    assert (one.artist, one.title, one.played_ms, one.skip_reason) == ("Snow, Miike", 'Genghis "Khan"', 1000, "unknown")
    assert (f"{one.started_at:%H:%M}", one.place.country) == ("08:00", "GB")
    assert (f"{other.started_at:%H:%M}", other.played_ms, other.basis) == ("09:00", None, "unknown")
    path.write_text("Artist;x,When,Track\nMiike Snow,2023-03-04 10:00,Genghis Khan\n", encoding="utf-8")
    columns = {"artist": "Artist;x", "played_at": "When", "title": "Track"}
    (play,) = read_log("csv", path, Reading("ann", columns)).plays
    assert (play.account, play.title) == ("ann", "Genghis Khan")
    with pytest.raises(UsageError, match="no column 'singer'"):
        read_log("csv", path, Reading("ann", {"singer": "Artist"}))
    with pytest.raises(SonicError, match="no column 'played_at'"):
        read_log("csv", path, ROB)


def _csv(rows: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = folder / "plays.csv"
        path.write_text("played_at,artist,title,played_ms\n" + rows, encoding="utf-8")
        return path

    return made


def _json(name: str, *records: Any) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = folder / name
        path.write_text("[\n" + ",\n".join(json.dumps(record) for record in records) + "\n]", encoding="utf-8")
        return path

    return made


def _text(name: str, text: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return made


NAMED = "endsong_0.json"
WHOLE = json.dumps(extended(1))


@pytest.mark.parametrize(
    ("kind", "made", "line"),
    [
        ("spotify", _json(NAMED, extended(1), extended(2, ts="yesterday")), 3),
        ("spotify", _json(NAMED, extended(1), extended(2, ts="0001-01-01T00:00:00Z")), 3),
        ("spotify", _json(NAMED, extended(1), extended(2, ms_played=-1)), 3),
        ("spotify", _json(NAMED, extended(1), extended(2, ms_played=10**15)), 3),
        ("spotify", _json(NAMED, extended(1), extended(2, ms_played=True)), 3),
        ("spotify", _json(NAMED, extended(1), extended(2, shuffle="no")), 3),
        ("spotify", _json(NAMED, extended(1), [1]), 3),
        ("spotify", _json("StreamingHistory0.json", brief(1), brief(2, artistName=" ")), 3),
        ("spotify", _json("StreamingHistory0.json", brief(1), {"a": 1}), 3),
        ("spotify", _text(NAMED, f"[\n{WHOLE},\n{WHOLE[:-9]}"), 3),
        ("spotify", _text(NAMED, f"[\n{WHOLE}\n{WHOLE}\n]"), 3),
        ("spotify", _text(NAMED, f"[\n{WHOLE}\n"), 3),
        ("spotify", _text(NAMED, f"[\n{WHOLE}\n]\n{WHOLE}"), 4),
        ("listenbrainz", _json("l.json", listen(0), listen(1) | {"listened_at": None}), 3),
        ("listenbrainz", _json("l.json", listen(0), listen(1) | {"track_metadata": {"track_name": "x"}}), 3),
        ("listenbrainz", _json("l.json", listen(0), listen(1) | {"track_metadata": 4}), 3),
        ("listenbrainz", _text("l.jsonl", json.dumps(listen(0)) + "\n" + json.dumps(listen(9))[:-3]), 2),
        ("csv", _csv("2023-03-04 10:00,a,b,1\n2023-03-04 10:00,a,b\n"), 3),
        ("csv", _csv("2023-03-04 10:00,a,b,1\nsoon,a,b,1\n"), 3),
        ("csv", _csv("2023-03-04 10:00,a,b,1\nnan,a,b,1\n"), 3),
        ("csv", _csv("2023-03-04 10:00,a,b,1\n2023-03-04 10:00,,b,1\n"), 3),
        ("csv", _csv('2023-03-04 10:00,"a\nc",b,1\n2023-03-04 10:00,a,b,1.5\n'), 4),
        ("csv", _csv('2023-03-04 10:00,a,b,1\n2023-03-04 10:00,a,"b,1\n'), 3),
    ],
)
def test_a_broken_record_is_refused_with_its_line(
    tmp_path: Path, kind: str, made: Callable[[Path], Path], line: int
) -> None:
    path = made(tmp_path)
    with pytest.raises(SonicError) as caught:
        import_log(kind, path, tmp_path / "lake", ROB)
    assert caught.value.where == f"{path}:{line}"
    assert not (tmp_path / "lake").exists()


def test_names_mean_the_same_in_all_logs(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    import_log("spotify", write(tmp_path / "endsong_0.json", [extended(1), extended(40)]), lake, ROB)
    import_log("listenbrainz", write(tmp_path / "l.json", [listen(0), listen(212)]), lake, ROB)
    assert len(rows(lake, "streams")) == 4
    (artist,), (song,), (user,) = rows(lake, "artists"), rows(lake, "songs"), rows(lake, "users")
    assert (artist["name"], song["title"], user["user_name"]) == ("Miike Snow", "Genghis Khan", "person-rob")
    assert song["duration_ms"] == 212_000
    assert {artist["artist_id"], song["song_id"], user["user_id"]} == {FIRST_ID}
    # 39 minutes of silence, then 20
    assert [len(rows(lake, "listening_sessions")), len({row["session_id"] for row in rows(lake, "streams")})] == [2, 2]


def test_names_of_one_source_are_not_those_of_another(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    import_log("spotify", write(tmp_path / "endsong_0.json", [extended(1, username="rob")]), lake)
    import_log("listenbrainz", write(tmp_path / "l.json", [listen(0)]), lake)
    assert sorted(row["user_name"] for row in rows(lake, "users")) == ["listenbrainz-rob", "spotify-rob"]
    assert len({row["user_uuid"] for row in rows(lake, "users")}) == 2


def test_recordings_of_other_lengths_are_others(tmp_path: Path) -> None:
    listens = [
        listen(0),
        listen(300, duration_ms=213_500),
        listen(600, duration_ms=400_000),
        listen(1200, duration=401),
    ]
    listens[3]["track_metadata"]["additional_info"].pop("duration_ms")
    import_log("listenbrainz", write(tmp_path / "l.json", listens), tmp_path / "lake")
    first, second = (row["song_id"] for row in rows(tmp_path / "lake", "songs"))
    assert [row["content_id"] for row in rows(tmp_path / "lake", "streams")] == [first, first, second, second]


def test_a_play_that_two_exports_tell_keeps_its_id(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    import_log("spotify", write(tmp_path / "endsong_0.json", [extended(1)]), lake, ROB)
    import_log("spotify", write(tmp_path / "endsong_1.json", [extended(1), extended(3)]), lake, ROB)
    ids = [row["stream_id"] for row in rows(lake, "streams")]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_importing_again_changes_nothing_and_the_order_of_logs_alone_decides(tmp_path: Path) -> None:
    one = write(tmp_path / "endsong_0.json", [extended(1), extended(3)])
    other = write(tmp_path / "l.json", [listen(-10 * 86_400), listen(0), listen(40 * 86_400)])
    for lake in (tmp_path / "a", tmp_path / "b"):
        import_log("spotify", one, lake, ROB)
        import_log("listenbrainz", other, lake, ROB)
    import_log("spotify", one, tmp_path / "b", ROB)
    content = {
        lake.name: {path.relative_to(lake): path.read_bytes() for path in sorted(lake.rglob("*.*")) if path.is_file()}
        for lake in (tmp_path / "a", tmp_path / "b")
    }
    assert content["a"] == content["b"]
    days = [str(day) for day in existing_days(tmp_path / "a")]
    assert days == ["2023-02-21", "2023-02-28", "2023-03-10", "2023-04-13"]


def test_each_play_arrives_before_its_month_closes_in_any_zone(tmp_path: Path) -> None:
    listens = [listen(day * 86_400) for day in range(0, 95)]
    import_log("listenbrainz", write(tmp_path / "l.json", listens), tmp_path / "lake")
    for row in rows(tmp_path / "lake", "streams"):
        waited = row["arrived_at"] - row["started_at"]
        assert waited.total_seconds() >= 0
        # the local month of the first day may be the one before, which closes ten days after its end
        close = 10 if row["started_at"].day <= 10 else 31
        assert row["arrived_at"].day <= close
        assert row["arrived_at"].month == row["started_at"].month


def test_a_database_is_emptied_only_of_its_own_lake(tmp_path: Path) -> None:
    lake, database = Lake(tmp_path / "lake"), DuckDB("duckdb", tmp_path / "some.duckdb")
    log = read_log("spotify", write(tmp_path / "endsong_0.json", [extended(1)]), ROB)
    import_log("spotify", tmp_path / "endsong_0.json", lake.root, ROB)
    load(database, lake)
    other = tmp_path / "other"
    import_log("listenbrainz", write(tmp_path / "l.json", [listen(0)]), other)
    with pytest.raises(SonicError, match="holds"):
        forget(database, Lake(other))
    assert database.value("select count(*) from raw.streams") == len(log.plays)
    forget(database, lake)
    assert database.value("select count(*) from information_schema.tables where table_schema in ('raw', 'ops')") == 0


def test_an_import_keeps_out_of_generated_data(tmp_path: Path) -> None:
    write_day(tmp_path / "lake", date(2026, 1, 1), "day", Origin(7, 0.01, False), {})
    with pytest.raises(SonicError, match="generated data"):
        import_log("listenbrainz", write(tmp_path / "l.json", [listen(0)]), tmp_path / "lake")


def test_plays_outside_the_calendar_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "endsong_0.json", [extended(1), extended(1, ts="2014-07-27T20:34:47Z")])
    log = import_log("spotify", path, tmp_path / "lake", ROB)
    assert list(left_out(log).values()) == [1]
    assert len(rows(tmp_path / "lake", "streams")) == 1
    early = write(tmp_path / "endsong_1.json", [extended(1, ts="2014-07-27T20:34:47Z")])
    with pytest.raises(SonicError, match="No play lies between"):
        import_log("spotify", early, tmp_path / "early", ROB)
    macro = (PROJECT / "macros" / "project" / "calendar_range.sql").read_text(encoding="utf-8")
    assert re.findall(r"'(\d{4}-\d\d-\d\d)'", macro) == [str(FIRST_DAY), str(LAST_DAY)]


def test_what_is_not_music_alone_is_no_log(tmp_path: Path) -> None:
    path = write(tmp_path / "endsong_0.json", [extended(1, title=None, episode_name="Some talk")])
    with pytest.raises(SonicError, match="1 podcast episodes"):
        read_log("spotify", path, ROB)
    with pytest.raises(SonicError, match="no play"):
        read_log("spotify", _text(NAMED, "[]")(tmp_path), ROB)
    with pytest.raises(SonicError, match="no country 'QQ'"):
        import_log("spotify", write(tmp_path / "endsong_2.json", [extended(1, conn_country="qq")]), tmp_path / "l", ROB)
