"""From imported logs to file sets of the lake: names become ids, plays become rows of the raw tables.

A lake is a function of the logs that were imported, in their order: one more makes it anew. Names mean the same in all
of them: an artist is a name, a recording an artist, a title and a length, both without regard to case and blanks; an
account is a name within its name space. Ids begin where no generated one lies, and follow the order in which the logs
name things, so the same logs give the same bytes.

Entities are known when the logs are read, so all of them stand in an opening file set on the day before the first
play; plays arrive on the tenth or the last day of their month, before it closes. A play that is told again keeps its
id, and staging quarantines the copy.
"""

import csv
import hashlib
import re
import shutil
import unicodedata
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

import pyarrow as pa

from generators.core.errors import GeneratorError
from generators.core.lake import existing_days, manifest_path, write_day
from generators.ddl import TABLES
from generators.ddl.postgres import first_id_of
from sonic.errors import SonicError
from sonic.importers import countries
from sonic.importers.kept import keep, kept
from sonic.importers.log import SESSION_GAP, UNKNOWN, UNKNOWN_COUNTRY, Account, ImportedLog, Place, Play, Tier

FIRST_ID = 7_000_000_001
"""First id of accounts, devices, artists, recordings and subscriptions: beyond generated ones, orphans' among them."""
FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2031, 12, 31)
"""The calendar of the models (macros/project/calendar_range.sql): what lies outside cannot be placed in time."""
_ENGLISH, _UNDETERMINED = 1, 2
_FREE, _PAID = 1, 2
_LONG_AGO = date(2000, 1, 1)
_PERIOD = timedelta(days=30)
_SAME_LENGTH_MS = 3_000
"""Recordings of one title whose lengths differ by less are one: players measure differently."""
_ORIGIN = uuid5(NAMESPACE_URL, "sonic-warehouse:import")

K = TypeVar("K")
Row = dict[str, Any]
Rows = dict[str, list[Row]]
_Happened = dict[str, list[tuple[datetime, Row]]]
"""Rows by table, each with when it happened: its arrival follows from that."""
_BEFORE = datetime.min.replace(tzinfo=UTC)


class Ids(Generic[K]):
    """Durable ids in the order of first appearance."""

    def __init__(self, first: int = 1) -> None:
        self.first = first
        self.known: dict[K, int] = {}

    def __getitem__(self, key: K) -> int:
        return self.known.setdefault(key, self.first + len(self.known))

    @property
    def last(self) -> int:
        """The highest id that was given."""
        return self.first + len(self.known) - 1


@cache
def plain(name: str) -> str:
    """A name without regard to case, to blanks and to how its letters are composed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass
class _Recording:
    """One recording; its length is null as long as no log tells it."""

    song_id: int
    artist: str
    title: str
    length_ms: int | None
    longest_ms: int | None = None
    """The longest play that reached the end."""

    @property
    def duration_ms(self) -> int | None:
        """The length that a log tells, else that of the longest play that reached the end."""
        return self.length_ms or self.longest_ms


@dataclass
class _Recordings:
    """All recordings, by artist and title."""

    by_name: dict[tuple[str, str], list[_Recording]] = field(default_factory=dict)
    all: list[_Recording] = field(default_factory=list)
    told: dict[tuple[str, str, int | None], _Recording] = field(default_factory=dict)

    def find(self, artist: str, title: str, length_ms: int | None) -> _Recording:
        """The recording that is meant: the first of that name whose length, as far as told, is about the same."""
        key = (plain(artist), plain(title), length_ms)
        if key not in self.told:
            self.told[key] = self._find(artist, title, length_ms)
        return self.told[key]

    def _find(self, artist: str, title: str, length_ms: int | None) -> _Recording:
        same = self.by_name.setdefault((plain(artist), plain(title)), [])
        for recording in same:
            if length_ms is None or recording.length_ms is None or _is_close(recording.length_ms, length_ms):
                recording.length_ms = recording.length_ms or length_ms
                return recording
        made = _Recording(FIRST_ID + len(self.all), artist, title, length_ms)
        same.append(made)
        self.all.append(made)
        return made


def _is_close(one_ms: int, other_ms: int) -> bool:
    return abs(one_ms - other_ms) < _SAME_LENGTH_MS


@dataclass
class _Merged:
    """What all logs tell together: plays in order of time, each with a session and its account's full name."""

    sources: tuple[str, ...]
    accounts: dict[str, Account]
    opened_at: dict[str, datetime]
    """When each account was opened, at the latest with its first play."""
    plays: list[Play]
    catalogue: list[tuple[str, str, int]]


@dataclass
class _Registry:
    """Ids of everything that the logs name."""

    accounts: Ids[str] = field(default_factory=lambda: Ids(FIRST_ID))
    artists: Ids[str] = field(default_factory=lambda: Ids(FIRST_ID))
    artist_names: dict[str, str] = field(default_factory=dict)
    recordings: _Recordings = field(default_factory=_Recordings)
    devices: Ids[tuple[str, str]] = field(default_factory=lambda: Ids(FIRST_ID))
    countries: Ids[str] = field(default_factory=Ids)
    regions: Ids[tuple[str, str | None]] = field(default_factory=Ids)
    cities: Ids[Place] = field(default_factory=Ids)

    def artist(self, name: str) -> int:
        """The id of an artist, known by the spelling that came first."""
        self.artist_names.setdefault(plain(name), name)
        return self.artists[plain(name)]

    def place(self, place: Place) -> None:
        """Gives a place and what it lies in their ids."""
        _ = self.countries[place.country], self.regions[place.country, place.state], self.cities[place]


def write_lake(log: ImportedLog, lake: Path, forget: Callable[[], None] = lambda: None) -> None:
    """Adds a log to those that a lake is made of, and writes the file sets that it lacks then.

    Args:
        forget: asked to forget what was loaded from the lake, before file sets of fewer logs go.

    Raises:
        SonicError: `lake` holds generated data, or a place is not known; nothing was changed.
    """
    logs = kept(lake)
    is_new = log.fingerprint not in {other.fingerprint for other in logs}
    if is_new:
        logs.append(log)
    origin = _Origin.of(logs)
    try:
        held = existing_days(lake)
        generated = [day for day, manifest in held.items() if "source" not in manifest]
        if generated:
            raise SonicError(
                f"The lake holds generated data (day {generated[0]})",
                str(lake),
                "Import into a database of its own: --database NAME.",
            )
        # All of it is resolved before anything is written.
        arrivals = list(_arrivals(logs))
        stale = [day for day, manifest in held.items() if manifest["fingerprint"] != origin.fingerprint]
        if stale:
            forget()
        if is_new:
            keep(log, lake, len(logs))
        for day in stale:
            _remove(lake, day)
        for arrival in arrivals:
            if arrival.day not in held or arrival.day in stale:
                write_day(lake, arrival.day, arrival.kind, origin, _tables(arrival.rows))
    except GeneratorError as error:
        raise SonicError(error.what, error.where, error.remedy) from error
    except OSError as error:
        raise SonicError(
            f"The lake cannot be written: {error.strerror or error}",
            str(error.filename or lake),
            "Free some space or mend the folder's permissions, then run the same command again.",
        ) from error


def _remove(lake: Path, day: date) -> None:
    """Takes a day away: its manifest first, without which its files are not there."""
    manifest_path(lake, day).unlink()
    for folder in lake.glob(f"*/arrival_date={day.isoformat()}"):
        shutil.rmtree(folder)


@dataclass(frozen=True)
class _Origin:
    """A lake made from logs."""

    source: str
    fingerprint: str

    @staticmethod
    def of(logs: Sequence[ImportedLog]) -> "_Origin":
        """Of these logs in this order."""
        digest = hashlib.sha256("\n".join(log.fingerprint for log in logs).encode()).hexdigest()
        return _Origin("+".join(log.source for log in logs), digest)

    def fields(self) -> dict[str, Any]:
        return {"source": self.source, "fingerprint": self.fingerprint, "clean": False}


@dataclass(frozen=True)
class _Arrival:
    """The rows of one arrival day, by table."""

    day: date
    kind: str
    rows: Rows


def _tables(rows: Rows) -> dict[str, pa.Table]:
    """Rows as tables of the lake; a column that a table must have and does not is an error of ours."""
    tables = {}
    for name, records in rows.items():
        schema = TABLES[name].lake_schema()
        tables[name] = pa.Table.from_pylist([_of_schema(record, schema) for record in records], schema)
    return tables


def _of_schema(record: Row, schema: pa.Schema) -> Row:
    """A row of a table; a column that may be null is null where a log cannot tell of it."""
    return {field.name: record.get(field.name) if field.nullable else record[field.name] for field in schema}


def left_out(log: ImportedLog) -> dict[str, int]:
    """What of a log does not come into the lake, by kind: what is no music, and plays outside the calendar."""
    outside = sum(not _is_placed(play) for play in log.plays)
    return {**log.left_out, **({f"plays before {FIRST_DAY} or after {LAST_DAY}": outside} if outside else {})}


def _is_placed(play: Play) -> bool:
    # A day's margin: local dates, and the opening.
    return FIRST_DAY + timedelta(days=1) < play.started_at.date() < LAST_DAY


def _merge(logs: Sequence[ImportedLog]) -> _Merged:
    accounts: dict[str, Account] = {}
    plays: list[Play] = []
    for log in logs:
        for account in log.accounts.values():
            accounts.setdefault(f"{log.name_space}-{account.key}", account)
        plays += [replace(play, account=f"{log.name_space}-{play.account}") for play in log.plays if _is_placed(play)]
    if not plays:
        raise SonicError(
            f"No play lies between {FIRST_DAY} and {LAST_DAY}",
            "+".join(log.source for log in logs),
            "Import a history of these years, or widen the calendar (macros/project/calendar_range.sql).",
        )
    plays.sort(
        key=lambda play: (play.started_at, play.account, play.session or "", plain(play.artist), plain(play.title))
    )
    first: dict[str, datetime] = {}
    for play in plays:
        first.setdefault(play.account, play.started_at)
    return _Merged(
        sources=tuple(dict.fromkeys(log.source for log in logs)),
        accounts={key: account for key, account in accounts.items() if key in first},
        opened_at={key: min(first[key], accounts[key].registered_at or first[key]) for key in accounts if key in first},
        plays=list(_in_sessions(plays)),
        catalogue=[(track.artist, track.title, track.length_ms) for log in logs for track in log.catalogue],
    )


def _in_sessions(plays: Iterable[Play]) -> Iterator[Play]:
    """The plays, given in order of time, each with a session: the log's own, else one that ends with silence."""
    silent_from: dict[str, datetime] = {}
    session: dict[str, str] = {}
    for play in plays:
        if play.session is not None:
            yield play
            continue
        if play.account not in session or play.started_at > silent_from[play.account] + SESSION_GAP:
            session[play.account] = play.started_at.isoformat()
            silent_from[play.account] = play.started_at
        ended_at = play.started_at + timedelta(milliseconds=play.played_ms or play.length_ms or 0)
        silent_from[play.account] = max(silent_from[play.account], ended_at)
        yield replace(play, session=session[play.account])


def _arrival_day(happened: date, last_day: date) -> date:
    """The day on which what happened that day arrives: early enough for its month, in any zone, to be open."""
    end = happened.replace(day=10 if happened.day <= 10 else monthrange(happened.year, happened.month)[1])
    return min(end, last_day)


def _arrivals(logs: Sequence[ImportedLog]) -> Iterator[_Arrival]:
    merged = _merge(logs)
    registry = _register(merged)
    first_day, last_day = merged.plays[0].started_at.date(), merged.plays[-1].started_at.date()
    opening_day = first_day - timedelta(days=1)
    opened_at = datetime.combine(opening_day, time(23), UTC)
    opening = {name: _arrived(rows, opened_at) for name, rows in _opening(merged, registry, opened_at).items()}
    by_day: dict[date, Rows] = defaultdict(lambda: defaultdict(list))
    for name, rows in {**_events(merged, registry), **_subscriptions(merged, registry)}.items():
        for happened_at, row in rows:
            if name == "subscriptions" and happened_at <= opened_at:
                opening.setdefault(name, []).append({**row, "arrived_at": opened_at})
                continue
            day = _arrival_day(happened_at.date(), last_day)
            by_day[day][name].append({**row, "arrived_at": datetime.combine(day, time(23, 59, 59), UTC)})
    yield _Arrival(opening_day, "opening", opening)
    for day in sorted(by_day):
        yield _Arrival(day, "import", by_day[day])


def _register(merged: _Merged) -> _Registry:
    registry = _Registry()
    _ = registry.countries[UNKNOWN_COUNTRY]
    for artist, title, length_ms in merged.catalogue:
        _ = registry.artist(artist), registry.recordings.find(artist, title, length_ms)
    for play in merged.plays:
        _ = registry.accounts[play.account], registry.devices[play.account, play.agent]
        registry.place(play.place)
        registry.artist(play.artist)
        recording = registry.recordings.find(play.artist, play.title, play.length_ms)
        if play.is_completed and play.played_ms:
            recording.longest_ms = max(recording.longest_ms or 0, play.played_ms)
    return registry


def _opening(merged: _Merged, registry: _Registry, opened_at: datetime) -> Rows:
    home: dict[str, Place] = {}
    for play in merged.plays:
        if play.account not in home or home[play.account].country == UNKNOWN_COUNTRY:
            home[play.account] = play.place
    return {
        **_reference(registry),
        "users": [_user(merged, registry, key, home[key]) for key in registry.accounts.known],
        "devices": [
            {
                "device_id": device_id,
                "user_id": registry.accounts[account],
                **_client(agent),
                "alexa_model": None,
                "app_version": UNKNOWN,
                "first_seen_at": opened_at,
                "last_seen_at": None,
                "changed_at": merged.opened_at[account],
            }
            for (account, agent), device_id in registry.devices.known.items()
        ],
        **_catalogue(registry, opened_at),
        "plans": [_plan(_FREE, "free", "Free"), _plan(_PAID, "prime", "Paid")],
        # The logs tell who paid, not how much: a price of nothing keeps revenue at nothing rather than invented.
        "plan_prices": [
            {
                "plan_price_id": plan_id,
                "plan_id": plan_id,
                "country_id": registry.countries[UNKNOWN_COUNTRY],
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
                "users": registry.accounts.last,
                "devices": registry.devices.last,
                "artists": registry.artists.last,
                "content": registry.recordings.all[-1].song_id,
                "songs": registry.recordings.all[-1].song_id,
                "cities": registry.cities.last,
                "plans": _PAID,
                "plan_prices": _PAID,
                "subscriptions": FIRST_ID - 1 + sum(1 for _ in _paid_stretches(merged)),
            }.items()
        ],
    }


def _reference(registry: _Registry) -> Rows:
    states = _lines(files("sonic.importers").joinpath("data/us_states.csv").read_text(encoding="utf-8"))
    state_of = {row["code"]: row for row in states}
    for place in registry.cities.known:
        if place.state is not None and place.state not in state_of:
            raise SonicError(
                f"The state {place.state!r} of {place.city!r} is not known",
                "sonic/importers/data/us_states.csv",
                "Add the state with its name and time zone, then run the same command.",
            )
    zone_of = {code: countries.time_zone(code) for code in registry.countries.known}
    return {
        "countries": [
            {
                "country_id": country_id,
                "country_code": code,
                "name": countries.name(code),
                # That of the prices, all of which are nothing.
                "currency_code": "USD",
                "time_zone": zone_of[code],
                "is_launch_market": False,
                "launch_date": None,
            }
            for code, country_id in registry.countries.known.items()
        ],
        "regions": [
            {
                "region_id": region_id,
                "country_id": registry.countries[country],
                "region_code": f"{country}-{state or UNKNOWN}",
                "name": state_of[state]["name"] if state else UNKNOWN,
            }
            for (country, state), region_id in registry.regions.known.items()
        ],
        "cities": [
            {
                "city_id": city_id,
                "region_id": registry.regions[place.country, place.state],
                "name": place.city or UNKNOWN,
                "latitude": None,
                "longitude": None,
                "time_zone": state_of[place.state]["time_zone"] if place.state else zone_of[place.country],
                "population": None,
            }
            for place, city_id in registry.cities.known.items()
        ],
        "languages": [
            _language(_ENGLISH, "en", "English", "English", "Latn"),
            _language(_UNDETERMINED, "und", "Undetermined", "Undetermined", "Zyyy"),
        ],
    }


def _lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def _language(language_id: int, code: str, name: str, native_name: str, script: str) -> Row:
    return {
        "language_id": language_id,
        "language_code": code,
        "name": name,
        "native_name": native_name,
        "script": script,
    }


def _user(merged: _Merged, registry: _Registry, key: str, home: Place) -> Row:
    account, opened_at = merged.accounts[key], merged.opened_at[key]
    return {
        "user_id": registry.accounts[key],
        "user_uuid": _uuid("user", key),
        "user_name": key,
        "display_name": account.name,
        "given_name": account.given_name,
        "family_name": account.family_name,
        "email": None,
        "password_hash": None,
        "birth_date": None,
        "gender": account.gender,
        "city_id": registry.cities[home],
        "residence_country_id": registry.countries[home.country],
        "payment_country_id": registry.countries[home.country],
        "language_id": _ENGLISH,
        "user_type": "fan",
        "status": "active",
        "is_verified": False,
        "created_at": opened_at,
        "updated_at": opened_at,
        "last_login_at": None,
        "deleted_at": None,
        "changed_at": opened_at,
    }


def _catalogue(registry: _Registry, opened_at: datetime) -> Rows:
    rows: Rows = defaultdict(list)
    for key, artist_id in registry.artists.known.items():
        rows["artists"].append(
            {
                "artist_id": artist_id,
                "artist_uuid": _uuid("artist", key),
                "name": registry.artist_names[key],
                "user_id": None,
                "label_id": None,
                "country_id": registry.countries[UNKNOWN_COUNTRY],
                "verification_status": "unverified",
                "created_at": opened_at,
            }
        )
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for recording in registry.recordings.all:
        name, song_id = (plain(recording.artist), plain(recording.title)), recording.song_id
        numbers[name] += 1
        rows["content"].append(
            {
                "content_id": song_id,
                "content_uuid": _uuid("song", "\n".join((*name, str(numbers[name])))),
                "content_type": "song",
                "title": recording.title,
                "artist_id": registry.artist(recording.artist),
                "language_id": _UNDETERMINED,
                "privacy": "public",
                "upload_status": "published",
                "is_explicit": False,
                "duration_ms": recording.duration_ms,
                "created_at": opened_at,
                "published_at": opened_at,
            }
        )
        rows["songs"].append(
            {
                "song_id": song_id,
                "content_id": song_id,
                "isrc": None,
                "album_id": None,
                "track_number": None,
                "title": recording.title,
                "duration_ms": recording.duration_ms,
                "original_language_id": _UNDETERMINED,
                "cover_of_song_id": None,
                "is_functional_noise": False,
                "created_at": opened_at,
            }
        )
        rows["song_artists"].append(
            {
                "song_id": song_id,
                "artist_id": registry.artist(recording.artist),
                "role": "main",
                "credit_position": 1,
            }
        )
    return rows


def _plan(plan_id: int, tier: str, name: str) -> Row:
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


def _paid_stretches(merged: _Merged) -> Iterator[_Stretch]:
    plays: dict[str, list[Play]] = defaultdict(list)
    for play in merged.plays:
        plays[play.account].append(play)
    for account, own in plays.items():
        turns = [own[0], *(after for before, after in pairwise(own) if before.tier is not after.tier)]
        for turn, following in zip(turns, [*turns[1:], None], strict=True):
            if turn.tier is Tier.PAID:
                yield _Stretch(
                    account, turn is own[0], turn.started_at, following.started_at if following is not None else None
                )


def _subscriptions(merged: _Merged, registry: _Registry) -> _Happened:
    rows: list[tuple[datetime, Row]] = []
    for subscription_id, stretch in enumerate(_paid_stretches(merged), start=FIRST_ID):
        started_at = merged.opened_at[stretch.account] if stretch.begins_paid else stretch.started_at
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
        }
        # Who paid from the beginning has done so since before the log.
        rows.append((_BEFORE if stretch.begins_paid else started_at, opened))
        if stretch.ended_at is not None:
            end = stretch.ended_at
            ending = {
                "state": "expired",
                "cancelled_at": end,
                "ended_at": end,
                "end_reason": "voluntary",
                "changed_at": end,
                "change_no": 1,
            }
            rows.append((end, {**opened, **ending}))
    return {"subscriptions": rows}


def _events(merged: _Merged, registry: _Registry) -> _Happened:
    rows: _Happened = defaultdict(list)
    numbers: dict[date, int] = defaultdict(int)
    session_ids: dict[tuple[str, str | None], int] = {}
    stream_ids: dict[tuple[str, datetime, int], int] = {}
    last_end: dict[tuple[str, str | None], datetime] = {}
    for play in merged.plays:
        session = (play.account, play.session)
        ended_at = play.started_at + timedelta(milliseconds=play.played_ms or 0)
        last_end[session] = max(ended_at, last_end.get(session, ended_at))
    for play in merged.plays:
        day, session = play.started_at.date(), (play.account, play.session)
        common = {
            "user_id": registry.accounts[play.account],
            "device_id": registry.devices[play.account, play.agent],
            "ip_country_id": registry.countries[play.place.country],
            "city_id": registry.cities[play.place] if play.place.city else None,
            "started_at": play.started_at,
        }
        if session not in session_ids:
            session_ids[session] = _next_id(numbers, day)
            row = {
                **common,
                "session_id": session_ids[session],
                "ended_at": last_end[session],
                "app_version": UNKNOWN,
                "os_version": UNKNOWN,
                "trace_id": None,
            }
            rows["listening_sessions"].append((play.started_at, row))
        song_id = registry.recordings.find(play.artist, play.title, play.length_ms).song_id
        identity = (play.account, play.started_at, song_id)
        if identity not in stream_ids:
            stream_ids[identity] = _next_id(numbers, day)
        row = {
            **common,
            "stream_id": stream_ids[identity],
            "content_id": song_id,
            "session_id": session_ids[session],
            "startup_ms": None,
            "played_ms": play.played_ms,
            "played_ms_basis": play.basis.value,
            "is_completed": play.is_completed,
            "is_skipped": play.skip_reason is not None,
            "skip_reason": play.skip_reason,
            "is_shuffle": play.is_shuffle,
            "is_offline": play.is_offline,
            "context_type": UNKNOWN,
            "context_id": None,
            "referrer": None,
            "codec": None,
            "quality": UNKNOWN,
            "cdn_edge": None,
            "voice_command_id": None,
        }
        rows["streams"].append((play.started_at, row))
    return rows


def _next_id(numbers: dict[date, int], day: date) -> int:
    numbers[day] += 1
    return first_id_of(day) + numbers[day]


_SYSTEMS = (
    ("iphone", "phone", "iOS"),
    ("ipad", "tablet", "iOS"),
    ("android", "phone", "Android"),
    ("ios", "phone", "iOS"),
    ("macintosh", "web", "macOS"),
    ("os x", "desktop", "macOS"),
    ("osx", "desktop", "macOS"),
    ("windows", "web", "Windows"),
    ("linux", "web", "Linux"),
)
"""What the name of a client holds, in this order; a browser's is a web player, a platform's own a desktop."""


def _client(agent: str) -> Row:
    for mark, device_type, system in _SYSTEMS:
        if mark in agent.lower():
            version = re.search(r"(?:OS X|NT|Windows|i?OS|CPU(?: iPhone)? OS|Android(?: OS)?) ([0-9][0-9_.]*)", agent)
            is_program = device_type == "web" and "mozilla" not in agent.lower() and "web" not in agent.lower()
            return {
                "device_type": "desktop" if is_program else device_type,
                "os": system,
                "os_version": version[1].replace("_", ".") if version else UNKNOWN,
            }
    return {"device_type": "web", "os": UNKNOWN, "os_version": UNKNOWN}


def _arrived(rows: Iterable[Row], at: datetime) -> list[Row]:
    """Rows of the opening set: they arrived together, and are true since their creation unless said otherwise."""
    return [{"changed_at": at, "change_no": 0, **row, "arrived_at": at} for row in rows]


def _uuid(kind: str, key: str) -> str:
    return str(uuid5(_ORIGIN, f"{kind}:{key}"))
