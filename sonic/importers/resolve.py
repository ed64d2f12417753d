"""From an imported log to file sets of the lake: names become ids, plays become rows of the raw tables.

Entities are known when the log is read, so all of them stand in an opening file set on the day before the first
play; plays arrive on the UTC day on which they started. A play that the log repeats keeps its id, and staging
quarantines the copy. Ids follow the order in which the log names things, so the same log gives the same bytes.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

import pyarrow as pa

from generators.core.errors import GeneratorError
from generators.core.lake import existing_days, write_day
from generators.ddl import TABLES
from generators.ddl.postgres import first_id_of
from sonic.errors import SonicError
from sonic.importers.log import ImportedLog, Place, Play, Tier

_US, _FREE, _PAID, _ENGLISH, _UNDETERMINED = 1, 1, 2, 1, 2
_LONG_AGO = date(2000, 1, 1)
_PERIOD = timedelta(days=30)

K = TypeVar("K")
Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Ids(Generic[K]):
    """Durable ids in the order of first appearance, from 1."""

    def __init__(self) -> None:
        self.known: dict[K, int] = {}

    def __getitem__(self, key: K) -> int:
        return self.known.setdefault(key, len(self.known) + 1)


@dataclass
class _Registry:
    """Ids of everything that the log names."""

    accounts: Ids[str] = field(default_factory=Ids)
    artists: Ids[str] = field(default_factory=Ids)
    songs: Ids[tuple[str, str, int]] = field(default_factory=Ids)
    devices: Ids[tuple[str, str]] = field(default_factory=Ids)
    cities: Ids[Place] = field(default_factory=Ids)


def write_lake(log: ImportedLog, lake: Path) -> None:
    """Writes the file sets of a log that `lake` does not hold yet.

    Raises:
        SonicError: `lake` holds another log, or a place is not known.
    """
    origin = _Origin(log.source, log.fingerprint)
    try:
        held = existing_days(lake)
        for day, manifest in held.items():
            if any(manifest.get(name) != value for name, value in origin.fields().items()):
                raise SonicError(
                    f"The lake holds another log (day {day}: {manifest.get('source', 'generated data')})",
                    str(lake),
                    "Remove that folder and its database, or set SONIC_HOME to another folder.",
                )
        for arrival in list(_days(log)):
            if arrival.day not in held:
                write_day(lake, arrival.day, arrival.kind, origin, _tables(arrival.rows))
    except GeneratorError as error:
        raise SonicError(error.what, error.where, error.remedy) from error


@dataclass(frozen=True)
class _Origin:
    """A lake made from a log."""

    source: str
    fingerprint: str

    def fields(self) -> dict[str, Any]:
        return {"source": self.source, "fingerprint": self.fingerprint, "clean": False}


@dataclass(frozen=True)
class _Arrival:
    """The rows of one arrival day, by table."""

    day: date
    kind: str
    rows: Rows


def _tables(rows: Rows) -> dict[str, pa.Table]:
    """Rows as tables of the lake; a column that a table does not have is an error of ours."""
    tables = {}
    for name, records in rows.items():
        schema = TABLES[name].lake_schema()
        tables[name] = pa.Table.from_pylist([{key: record[key] for key in schema.names} for record in records], schema)
    return tables


def _days(log: ImportedLog) -> Iterator[_Arrival]:
    registry = _register(log)
    first_day = log.plays[0].started_at.date()
    opening_day = first_day - timedelta(days=1)
    opened_at = datetime.combine(opening_day, time(23), UTC)
    opening = {name: _arrived(rows, opened_at) for name, rows in _opening(log, registry, opened_at).items()}
    by_day: dict[date, Rows] = defaultdict(lambda: defaultdict(list))
    for name, rows in _events(log, registry).items():
        for row in rows:
            by_day[row["arrived_at"].date()][name].append(row)
    for name, rows in _subscriptions(log, registry, opened_at).items():
        for row in rows:
            target = opening if row["arrived_at"] <= opened_at else by_day[row["arrived_at"].date()]
            target.setdefault(name, []).append(row)
    yield _Arrival(opening_day, "opening", opening)
    day = first_day
    while day <= max(by_day):
        yield _Arrival(day, "day", by_day[day])
        day += timedelta(days=1)


def _register(log: ImportedLog) -> _Registry:
    registry = _Registry()
    for track in log.catalogue:
        _ = registry.artists[track.artist], registry.songs[track.artist, track.title, track.length_ms]
    for play in log.plays:
        _ = registry.accounts[play.account], registry.devices[play.account, play.agent], registry.cities[play.place]
        _ = registry.artists[play.artist], registry.songs[play.artist, play.title, play.length_ms]
    return registry


def _opening(log: ImportedLog, registry: _Registry, opened_at: datetime) -> Rows:
    home = {play.account: play.place for play in reversed(log.plays)}
    return {
        **_reference(registry),
        "users": [_user(log, registry, key, home[key]) for key in registry.accounts.known],
        "devices": [
            {
                "device_id": device_id,
                "user_id": registry.accounts[account],
                **_client(agent),
                "alexa_model": None,
                "app_version": "unknown",
                "first_seen_at": opened_at,
                "last_seen_at": None,
                "changed_at": log.accounts[account].registered_at,
            }
            for (account, agent), device_id in registry.devices.known.items()
        ],
        **_catalogue(log, registry, opened_at),
        "plans": [_plan(_FREE, "free", "Free", opened_at), _plan(_PAID, "prime", "Paid", opened_at)],
        # The log tells who paid, not how much: a price of nothing keeps revenue at nothing rather than invented.
        "plan_prices": [
            {
                "plan_price_id": plan_id,
                "plan_id": plan_id,
                "country_id": _US,
                "currency_code": "USD",
                "billing_cycle": "month",
                "price_minor": 0,
                "tax_rate_ppm": 0,
                "valid_from": _LONG_AGO,
                "valid_to": None,
                "changed_at": datetime.combine(_LONG_AGO, time(0), UTC),
            }
            for plan_id in (_FREE, _PAID)
        ],
        "issued_keys": [
            {"entity": entity, "issued_date": opened_at.date(), "last_id": last_id}
            for entity, last_id in {
                "users": len(registry.accounts.known),
                "devices": len(registry.devices.known),
                "artists": len(registry.artists.known),
                "content": len(registry.songs.known),
                "songs": len(registry.songs.known),
                "cities": len(registry.cities.known),
                "plans": 2,
                "plan_prices": 2,
                "subscriptions": sum(1 for _ in _paid_stretches(log)),
            }.items()
        ],
    }


def _reference(registry: _Registry) -> Rows:
    text = files("sonic.importers").joinpath("data/us_states.csv").read_text(encoding="utf-8")
    states = {row["code"]: row for row in csv.DictReader(text.splitlines())}
    for place in registry.cities.known:
        if place.state not in states:
            raise SonicError(
                f"The state {place.state!r} of {place.city!r} is not known",
                "sonic/importers/data/us_states.csv",
                "Add the state with its name and time zone, then run the same command.",
            )
    region_ids = {code: number for number, code in enumerate(states, start=1)}
    return {
        "countries": [
            {
                "country_id": _US,
                "country_code": "US",
                "name": "United States",
                "currency_code": "USD",
                "time_zone": "America/New_York",
                "is_launch_market": False,
                "launch_date": None,
            }
        ],
        "regions": [
            {"region_id": region_ids[code], "country_id": _US, "region_code": f"US-{code}", "name": state["name"]}
            for code, state in states.items()
        ],
        "cities": [
            {
                "city_id": city_id,
                "region_id": region_ids[place.state],
                "name": place.city,
                "latitude": None,
                "longitude": None,
                "time_zone": states[place.state]["time_zone"],
                "population": None,
            }
            for place, city_id in registry.cities.known.items()
        ],
        "languages": [
            _language(_ENGLISH, "en", "English", "English", "Latn"),
            _language(_UNDETERMINED, "und", "Undetermined", "Undetermined", "Zyyy"),
        ],
    }


def _language(language_id: int, code: str, name: str, native_name: str, script: str) -> Row:
    return {
        "language_id": language_id,
        "language_code": code,
        "name": name,
        "native_name": native_name,
        "script": script,
    }


def _user(log: ImportedLog, registry: _Registry, key: str, home: Place) -> Row:
    account = log.accounts[key]
    return {
        "user_id": registry.accounts[key],
        "user_uuid": _uuid(log, "user", key),
        "user_name": f"{log.source}-{key}",
        "display_name": f"{account.given_name} {account.family_name}",
        "given_name": account.given_name,
        "family_name": account.family_name,
        "email": None,
        "password_hash": None,
        "birth_date": None,
        "gender": account.gender,
        "city_id": registry.cities[home],
        "residence_country_id": _US,
        "payment_country_id": _US,
        "language_id": _ENGLISH,
        "user_type": "fan",
        "status": "active",
        "is_verified": False,
        "created_at": account.registered_at,
        "updated_at": account.registered_at,
        "last_login_at": None,
        "deleted_at": None,
        "changed_at": account.registered_at,
    }


def _catalogue(log: ImportedLog, registry: _Registry, opened_at: datetime) -> Rows:
    rows: Rows = defaultdict(list)
    for name, artist_id in registry.artists.known.items():
        rows["artists"].append(
            {
                "artist_id": artist_id,
                "artist_uuid": _uuid(log, "artist", name),
                "name": name,
                "user_id": None,
                "label_id": None,
                "country_id": _US,
                "verification_status": "unverified",
                "created_at": opened_at,
            }
        )
    for (artist, title, length_ms), song_id in registry.songs.known.items():
        rows["content"].append(
            {
                "content_id": song_id,
                "content_uuid": _uuid(log, "song", f"{artist}\n{title}\n{length_ms}"),
                "content_type": "song",
                "title": title,
                "artist_id": registry.artists[artist],
                "language_id": _UNDETERMINED,
                "privacy": "public",
                "upload_status": "published",
                "is_explicit": False,
                "duration_ms": length_ms,
                "created_at": opened_at,
                "published_at": opened_at,
                "description": None,
                "file_url": None,
                "allows_comments": None,
                "allows_downloads": None,
                "content_warning": None,
                "deleted_at": None,
            }
        )
        rows["songs"].append(
            {
                "song_id": song_id,
                "content_id": song_id,
                "isrc": None,
                "album_id": None,
                "track_number": None,
                "title": title,
                "duration_ms": length_ms,
                "original_language_id": _UNDETERMINED,
                "cover_of_song_id": None,
                "is_functional_noise": False,
                "created_at": opened_at,
            }
        )
        rows["song_artists"].append(
            {"song_id": song_id, "artist_id": registry.artists[artist], "role": "main", "credit_position": 1}
        )
    return rows


def _plan(plan_id: int, tier: str, name: str, changed_at: datetime) -> Row:
    is_free = tier == "free"
    return {
        "plan_id": plan_id,
        "plan_code": f"{tier}_individual",
        "name": name,
        "tier": tier,
        "variant": "individual",
        "max_quality": "high",
        "skips_per_hour": None,
        "is_shuffle_only": False,
        "has_ads": is_free,
        "can_download": not is_free,
        "concurrent_streams": 1,
        "member_limit": 1,
        "changed_at": datetime.combine(_LONG_AGO, time(0), UTC),
    }


@dataclass(frozen=True)
class _Stretch:
    """A run of paid plays: the account, when the platform first and last saw it pay, and the first free play after."""

    account: str
    begins_paid: bool
    started_at: datetime
    ended_at: datetime | None


def _paid_stretches(log: ImportedLog) -> Iterator[_Stretch]:
    plays: dict[str, list[Play]] = defaultdict(list)
    for play in log.plays:
        plays[play.account].append(play)
    for account, own in plays.items():
        turns = [own[0], *(after for before, after in pairwise(own) if before.tier is not after.tier)]
        for turn, following in zip(turns, [*turns[1:], None], strict=True):
            if turn.tier is Tier.PAID:
                yield _Stretch(
                    account, turn is own[0], turn.started_at, following.started_at if following is not None else None
                )


def _subscriptions(log: ImportedLog, registry: _Registry, opened_at: datetime) -> Rows:
    rows: list[Row] = []
    for subscription_id, stretch in enumerate(_paid_stretches(log), start=1):
        started_at = log.accounts[stretch.account].registered_at if stretch.begins_paid else stretch.started_at
        opened = {
            "subscription_id": subscription_id,
            "user_id": registry.accounts[stretch.account],
            "plan_id": _PAID,
            "plan_price_id": _PAID,
            "state": "active",
            "recurring_discount_minor": 0,
            "is_prepaid": False,
            "trial_ends_at": None,
            "current_period_start_at": started_at,
            "current_period_end_at": started_at + _PERIOD,
            "started_at": started_at,
            "cancelled_at": None,
            "ended_at": None,
            "end_reason": None,
            "payment_method_id": None,
            "signup_channel": "app",
            "signup_device_id": None,
            "household_id": None,
            "changed_at": started_at,
            "change_no": 0,
            "arrived_at": opened_at if stretch.begins_paid else started_at,
        }
        rows.append(opened)
        if stretch.ended_at is not None:
            end = stretch.ended_at
            rows.append(
                {
                    **opened,
                    "state": "expired",
                    "cancelled_at": end,
                    "ended_at": end,
                    "end_reason": "voluntary",
                    "changed_at": end,
                    "change_no": 1,
                    "arrived_at": end,
                }
            )
    return {"subscriptions": rows}


def _events(log: ImportedLog, registry: _Registry) -> Rows:
    rows: Rows = defaultdict(list)
    numbers: dict[date, int] = defaultdict(int)
    session_ids: dict[tuple[str, str], int] = {}
    stream_ids: dict[tuple[str, str, datetime, str, str], int] = {}
    last_end = {(p.account, p.session): p.started_at + timedelta(milliseconds=p.played_ms or 0) for p in log.plays}
    for play in log.plays:
        day, session = play.started_at.date(), (play.account, play.session)
        common = {
            "user_id": registry.accounts[play.account],
            "device_id": registry.devices[play.account, play.agent],
            "ip_country_id": _US,
            "city_id": registry.cities[play.place],
            "started_at": play.started_at,
            "arrived_at": play.started_at,
        }
        if session not in session_ids:
            session_ids[session] = _next_id(numbers, day)
            rows["listening_sessions"].append(
                {
                    **common,
                    "session_id": session_ids[session],
                    "ended_at": last_end[session],
                    "app_version": "unknown",
                    "os_version": "unknown",
                    "trace_id": None,
                }
            )
        identity = (*session, play.started_at, play.artist, play.title)
        if identity not in stream_ids:
            stream_ids[identity] = _next_id(numbers, day)
        rows["streams"].append(
            {
                **common,
                "stream_id": stream_ids[identity],
                "content_id": registry.songs[play.artist, play.title, play.length_ms],
                "session_id": session_ids[session],
                "startup_ms": None,
                "played_ms": play.played_ms,
                "played_ms_basis": play.basis.value,
                "is_completed": play.played_ms == play.length_ms,
                "is_skipped": play.is_skipped,
                "skip_reason": "unknown" if play.is_skipped else None,
                "is_shuffle": False,
                "is_offline": False,
                "context_type": "unknown",
                "context_id": None,
                "referrer": None,
                "codec": None,
                "quality": "unknown",
                "cdn_edge": None,
                "voice_command_id": None,
            }
        )
    return rows


def _next_id(numbers: dict[date, int], day: date) -> int:
    numbers[day] += 1
    return first_id_of(day) + numbers[day]


_SYSTEMS = (
    ("iPhone", "phone", "iOS"),
    ("iPad", "tablet", "iOS"),
    ("Android", "phone", "Android"),
    ("Macintosh", "web", "macOS"),
    ("Windows", "web", "Windows"),
    ("Linux", "web", "Linux"),
)


def _client(agent: str) -> Row:
    for mark, device_type, system in _SYSTEMS:
        if mark in agent:
            version = re.search(r"(?:OS X|NT|CPU(?: iPhone)? OS|Android) ([0-9][0-9_.]*)", agent)
            number = version[1].replace("_", ".") if version else "unknown"
            return {"device_type": device_type, "os": system, "os_version": number}
    return {"device_type": "web", "os": "unknown", "os_version": "unknown"}


def _arrived(rows: Iterable[Row], at: datetime) -> list[Row]:
    """Rows of the opening set: they arrived together, and are true since their creation unless said otherwise."""
    return [{"changed_at": at, "change_no": 0, **row, "arrived_at": at} for row in rows]


def _uuid(log: ImportedLog, kind: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{log.source}:{kind}:{key}"))
