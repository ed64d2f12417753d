"""Reference tables: places, languages, genres and moods. They arrive with the opening and stay."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, days_since_epoch, midnight
from generators.core.random import Ints
from generators.core.tables import make_table
from generators.core.world import World

_SCRIPTS = {
    "hi": "Deva", "mr": "Deva", "ta": "Taml", "te": "Telu", "pa": "Guru", "bn": "Beng", "ml": "Mlym",
    "ko": "Kore", "ja": "Jpan", "ar": "Arab",
}  # fmt: skip


def ids(count: int) -> Ints:
    """1 to count."""
    return np.arange(1, count + 1, dtype=np.int64)


def opening(world: World) -> dict[str, pa.Table]:
    """All rows of the reference tables."""
    ref = world.ref
    arrived = midnight(world.opening_day) + DAY - HOUR
    genre_parent = [ref.genre_index[g["parent"]] + 1 if g["parent"] else -1 for g in ref.genres]
    launch = [
        days_since_epoch(date.fromisoformat(c["launch_date"])) if c["launch_date"] else NEVER for c in ref.countries
    ]
    tables = {
        "countries": {
            "country_id": ids(len(ref.countries)),
            "country_code": [c["code"] for c in ref.countries],
            "name": [c["name"] for c in ref.countries],
            "currency_code": [c["currency"] for c in ref.countries],
            "time_zone": [c["time_zone"] for c in ref.countries],
            "is_launch_market": ref.launch,
            "launch_date": np.array(launch),
        },
        "regions": {
            "region_id": ids(len(ref.regions)),
            "country_id": np.array([country + 1 for country, _ in ref.regions]),
            "region_code": [f"{ref.countries[country]['code']}-{name}" for country, name in ref.regions],
            "name": [name for _, name in ref.regions],
        },
        "cities": {
            "city_id": ids(len(ref.cities)),
            "region_id": ref.city_region + 1,
            "name": [c["name"] for c in ref.cities],
            "latitude": np.round(ref.city_latitude * 100_000).astype(np.int64),
            "longitude": np.round(ref.city_longitude * 100_000).astype(np.int64),
            "time_zone": [c["time_zone"] for c in ref.cities],
            "population": (ref.city_population * 1000).astype(np.int64),
        },
        "languages": {
            "language_id": ids(len(ref.languages)),
            "language_code": [r["code"] for r in ref.languages],
            "name": [r["name"] for r in ref.languages],
            "native_name": [r["native_name"] for r in ref.languages],
            "script": [_SCRIPTS.get(r["code"], "Latn") for r in ref.languages],
        },
        "genres": {
            "genre_id": ids(len(ref.genres)),
            "name": [g["name"] for g in ref.genres],
            "parent_genre_id": np.array(genre_parent),
        },
        "moods": {"mood_id": ids(len(ref.moods)), "name": [m["name"] for m in ref.moods]},
    }
    return {name: make_table(name, {**columns, "arrived_at": arrived}) for name, columns in tables.items()}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Nothing changes after the opening."""
    return {}
