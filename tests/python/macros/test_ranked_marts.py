"""What ranks and adds up plays is the same after any loads as after one full build, also where nothing is left.

The marts as they stand, on plays of a few accounts: in the generated data no month has so few that one verdict on a day
takes all of them away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.python.macros.small_project import REPOSITORY, SmallProject

MARTS = (
    "mart_top_artists",
    "mart_top_genres",
    "mart_wrapped",
    "int_artist_listening",
    "int_device_listening",
    "int_label_audiences",
    "int_royalty_plays",
    "int_royalty_streams",
)
ARTISTS = {1: 7, 2: 7, 3: 8}
"""Who made each recording; of others nobody is known."""
SOURCES = {
    "fct_streams": (
        "select *, song_id * 10000 as song_key, user_id * 10000 as user_key, user_id as device_id,"
        " not is_qualified as is_artificial, local_booking_month > date_trunc('month', local_date)"
        " as is_after_local_close, user_id as payer_user_id, 10 as payment_geography_id, 'pro' as tier,"
        " 1 as listening_context_id, -2 as playlist_key, song_id as content_id, active_ms as played_ms,"
        " local_booking_month as booking_month, cast(started_date as timestamptz) as started_at from main.plays"
    ),
    "mart_plays_by_country": "select distinct local_date, local_booking_month from main.plays",
    "bridge_song_genre": (
        "select song_id, genre_id, 'genre ' || genre_id as genre,"
        " cast(1000000 / count(*) over (partition by song_id) as bigint) as weight_ppm,"
        " max(load_id) over (partition by song_id) as load_id from main.tags"
    ),
    "stg_reference__genres": "select distinct genre_id, 'genre ' || genre_id as name, 1 as load_id from main.tags",
    "dim_geography": (
        "select 10 as geography_id, 10 as country_geography_id, 6 as country_id, -1 as region_geography_id,"
        " 'IN' as country_code, 'India' as country, 'unknown' as region"
    ),
    "dim_artist": "select id as artist_id, 'artist ' || id as name, true as is_current from (values (7), (8)) as t(id)",
    "dim_song": (
        "select id as song_id, id * 10000 as song_key, 'song ' || id as title, coalesce(label_id, -2) as label_id,"
        " false as is_functional_noise, false as is_inferred, true as is_current"
        " from (values (1), (2), (3)) as t(id) left join main.albums on id = album_id"
    ),
    "dim_user": (
        "select id * 10000 as user_key, 'female' as gender, '18-24' as age_band, 'IN' as residence_country_code"
        " from (values (0), (1), (2), (3)) as t(id)"
    ),
    "dim_listening_context": "select 1 as listening_context_id, false as is_sought",
    "stg_catalog__albums": "select * from main.albums",
    "stg_catalog__songs_changes": "select 0 as song_id, 0 as change_no, timestamptz '2025-01-01' as arrived_at",
    "stg_catalog__content_changes": "select 0 as content_id, 0 as change_no, timestamptz '2025-01-01' as arrived_at",
    "int_content_versions": "select 0 as content_id, 0 as content_key, timestamptz '2025-01-01' as valid_to",
    "int_playlist_versions": "select 0 as playlist_key, 0 as owner_user_id",
    "int_clock": "select date '2025-01-01' as history_start",
    "int_artist_versions": "select id as artist_id, 1 as load_id from (values (7), (8)) as t(id)",
    "int_song_versions": "select id as song_id, id as album_id, 1 as load_id from (values (1), (2), (3)) as t(id)",
    "int_rules_by_date": (
        "select cast(day as date) as date_day, 5 as wrapped_items, 0 as noise_min_ms"
        " from range(date '2025-01-01', date '2027-01-01', interval 1 day) as t(day)"
    ),
}
DAYS = {"2025-12-31": "2025-12-01", "2026-01-05": "2026-01-01", "2026-01-31": "2026-01-01", "2026-02-02": "2026-02-01"}
"""Local days of plays, with the month that books them."""
Step = Callable[[SmallProject, int], None]


def plays(*heard: tuple[int, int, int, str], booked: str | None = None) -> Step:
    """A load with plays: id, account, recording and day of each, `booked` in a month of their own."""

    def step(project: SmallProject, load_id: int) -> None:
        for stream, user, song, day in heard:
            project.execute(
                f"insert into plays values ({stream}, {user}, {song}, {ARTISTS.get(song, -1)}, 10, '{day}', '{day}',"
                f" '{booked or DAYS[day]}', 60000, true, {load_id})"
            )

    return step


def verdict(user: int, day: str) -> Step:
    """A load with which all plays of an account's day are found to be artificial."""

    def step(project: SmallProject, load_id: int) -> None:
        project.execute(
            f"update plays set is_qualified = false, load_id = {load_id}"
            f" where user_id = {user} and local_date = '{day}'"
        )

    return step


def credit(song: int, artist: int) -> Step:
    """A load by which a recording is another artist's, which brings its plays anew."""

    def step(project: SmallProject, load_id: int) -> None:
        project.execute(f"update plays set artist_id = {artist}, load_id = {load_id} where song_id = {song}")

    return step


def retag(song: int, genre: int) -> Step:
    """A load with one genre more of a recording."""

    def step(project: SmallProject, load_id: int) -> None:
        project.execute(f"insert or ignore into tags values ({song}, {genre}, {load_id})")

    return step


def relabel(album: int, label: int) -> Step:
    """A load with another label of an album, or its first."""

    def step(project: SmallProject, load_id: int) -> None:
        project.execute(f"insert or replace into albums values ({album}, {label}, {load_id})")

    return step


def drawn(seed: int) -> list[Step]:
    """Six loads of every kind, few plays in each month."""
    random, days = Random(seed), sorted(DAYS)
    steps: list[Step] = [plays(*((n, n % 3, random.choice((1, 2, 3, -1)), random.choice(days)) for n in range(4)))]
    for number in range(1, 6):
        user, song, day = random.randrange(3), random.choice((1, 2, 3)), random.choice(days)
        late = {"booked": "2026-02-01"} if random.random() < 0.3 else {}
        steps.append(
            random.choice(
                (
                    verdict(user, day),
                    verdict(user, day),
                    credit(song, random.choice((7, 8))),
                    retag(song, 40 + number),
                    relabel(song, number),
                    plays((number * 10, user, song, day), **late),
                )
            )
        )
    return steps


WAYS: dict[str, list[Step]] = {
    "the only play of a month is artificial": [
        plays((1, 1, 1, "2026-01-05"), (2, 2, 3, "2026-02-02")),
        verdict(2, "2026-02-02"),
        plays((3, 1, 3, "2026-01-31")),
    ],
    "nothing is left at all, and then something comes": [
        plays((1, 1, 1, "2026-01-05")),
        verdict(1, "2026-01-05"),
        plays((2, 2, 2, "2026-01-05")),
    ],
    "of a month nobody is left who is known": [
        plays((1, 1, 1, "2026-02-02"), (2, 2, -1, "2026-02-02"), (3, 1, 2, "2026-01-05")),
        verdict(1, "2026-02-02"),
    ],
    "what a month booked late is artificial": [
        plays((1, 1, 1, "2026-01-05"), (2, 2, 2, "2026-01-05")),
        plays((3, 3, 1, "2026-01-31"), booked="2026-02-01"),
        verdict(3, "2026-01-31"),
    ],
    "all that an artist's day had is another's": [
        plays((1, 1, 1, "2026-01-05"), (2, 2, 3, "2026-01-05"), (3, 3, 3, "2026-01-31")),
        credit(1, 8),
    ],
    "an album is told when its recording was heard": [
        plays((1, 1, 2, "2026-01-05"), (2, 1, 1, "2026-02-02")),
        relabel(2, 5),
        relabel(2, 6),
    ],
    **{f"drawn with {seed}": drawn(seed) for seed in range(3)},
}


@pytest.mark.parametrize("way", WAYS)
def test_what_ranks_is_as_of_one_full_build(tmp_path: Path, way: str) -> None:
    models = {f"{name}.sql": f"{{{{ config(materialized='view') }}}}\n{query}" for name, query in SOURCES.items()}
    for mart in MARTS:
        models[f"{mart}.sql"] = next((REPOSITORY / "models").rglob(f"{mart}.sql")).read_text(encoding="utf-8")
    project = SmallProject.lay(tmp_path, models)
    project.execute(
        "create table plays (stream_id bigint, user_id bigint, song_id bigint, artist_id bigint, geography_id bigint,"
        " started_date date, local_date date, local_booking_month date, active_ms bigint, is_qualified boolean,"
        " load_id bigint)",
        "create table albums (album_id bigint primary key, label_id bigint, load_id bigint)",
        "create table tags (song_id bigint, genre_id bigint, load_id bigint, primary key (song_id, genre_id))",
        "insert into tags values (1, 31, 1), (1, 32, 1), (2, 31, 1), (3, 33, 1), (-1, -1, 0)",
    )
    told: list[dict[str, list[tuple[object, ...]]]] = []
    for load_id, step in enumerate(WAYS[way], start=1):
        step(project, load_id)
        for options in ((), ("--full-refresh",)) if load_id == len(WAYS[way]) else ((),):
            # views of tables of ours stay as the first run made them
            made = project.dbt("run", *options, *(("--select", *MARTS) if told else ()))
            assert {made[mart][0] for mart in MARTS} == {"success"}
            told.append({mart: project.rows(f"select * from {mart} order by all") for mart in MARTS})
    assert told[-2] == told[-1]
    assert any(each[mart] for each in told for mart in MARTS)
