"""Imported event logs fill the same marts together, in a database of their own."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from sonic.cli.app import app
from sonic.cli.imports import DATABASE
from sonic.importers import Reading, import_log
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import Warehouse, environment

PLAYS = 6_820
ROB = Reading(user="rob")
SONG, ARTIST = "You Gotta Be", "Des'ree"
"""One that the eventsim log tells too."""


def history() -> list[dict[str, Any]]:
    """Two plays of Spotify's extended history, the second told twice."""
    played = {
        "ts": "2018-11-03T08:05:00Z",
        "platform": "ios",
        "ms_played": 200_000,
        "conn_country": "NO",
        "master_metadata_track_name": SONG,
        "master_metadata_album_artist_name": ARTIST,
        "reason_end": "trackdone",
    }
    again = played | {"ts": "2018-11-03T08:10:00Z", "reason_end": "fwdbtn"}
    return [played, again, again]


def listens() -> list[dict[str, Any]]:
    """Two listens of ListenBrainz: of the same recording, spelled otherwise, and of one of unknown length."""
    tracks = {1_541_235_000: (ARTIST.upper(), SONG.lower()), 1_541_235_200: ("Nobody's", "Own Song")}
    return [
        {"listened_at": at, "user_name": "r0b", "track_metadata": {"artist_name": artist, "track_name": title}}
        for at, (artist, title) in tracks.items()
    ]


def test_logs_of_several_platforms_together(embedded: Warehouse, eventsim_log: Path, tmp_path: Path) -> None:
    """Every play is a stream or quarantined, all tests of the build hold, and questions are answered."""
    lake = embedded.home.lake(DATABASE)
    for kind, records in {"spotify": history(), "listenbrainz": listens()}.items():
        file = tmp_path / f"{kind}.json"
        file.write_text(json.dumps(records), encoding="utf-8")
        import_log(kind, file, lake, ROB)
    with environment({"SONIC_HOME": str(embedded.home.root)}):
        done = CliRunner().invoke(app, ["import", "eventsim", str(eventsim_log)])
        assert done.exit_code == 0, done.output
        assert "all good" in done.output
        answer = CliRunner().invoke(app, ["ask", "top-artists", "--database", DATABASE, "--csv"])
        database = open_database(embedded.home, "embedded", DATABASE)
    assert answer.exit_code == 0, answer.output
    assert len(answer.output.splitlines()) > 1
    streams = database.value("select count(*) from marts.fct_streams")
    quarantined = database.value("select count(*) from quarantine.quarantine where table_name = 'streams'")
    assert (streams, quarantined) == (PLAYS + 4, 1)
    # one listener on two platforms, one recording in three logs
    known = "select count(distinct song_id) from marts.dim_song where main_artist = 'Des''ree' and lower(title) = '{}'"
    assert database.value(known.format(SONG.lower())) == 1
    _, rows = database.query(
        "select count(*), count(distinct song_id), max(case when is_after_close then 1 else 0 end)"
        " from marts.fct_streams where user_id = (select user_id from raw.users where user_name = 'person-rob')"
    )
    assert rows == [(4, 2, 0)]
