"""What is measured of the platform, a sample of it: health checks, requests, timings on clients."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, SECOND, event_base, hours_of_utc_day, midnight
from generators.core.listening import arriving
from generators.core.operations import BASE_ERRORS, REGIONS, error_share, region_of, service_row, service_rows, services
from generators.core.people import BOT_NONE, DEVICE_TYPES
from generators.core.plays import FREE, LATE_SEQUENCE, dense_sequence
from generators.core.random import Floats, Ints, hash_uniform, normal, pick
from generators.core.songs_played import SEARCH
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.ddl import DAY_ID_SPAN
from generators.domains.engagement import session_traces
from generators.domains.identity import app_release, app_versions

_OFFSETS = (330, -180, 420)
"""Minutes from UTC of each region's listeners."""
_SERVERS_CPU = 0.28
_RATE_LIMITED = 0.003
"""Share of requests that are refused as one of too many; of bots, twenty times as many."""
_ROUTES = (
    ("playback", "POST", "/v1/playback", 42.0),
    ("search", "GET", "/v1/search", 48.0),
    ("ad_decisions", "POST", "/v1/ads/decision", 17.0),
    ("catalogue", "GET", "/v1/home", 60.0),
    ("accounts", "GET", "/v1/me", 22.0),
    ("social", "GET", "/v1/feed", 55.0),
    ("recommendations", "GET", "/v1/recommendations", 70.0),
    ("billing", "GET", "/v1/subscription", 35.0),
)
"""Service, method, route and median milliseconds."""
_PLAYBACK, _SEARCH, _ADS, _HOME = range(4)
_PLAYS_PER_REQUEST, _SESSIONS_PER_REQUEST = 30, 5
_FAILURES = np.array([500, 502, 503, 504])
_OF_SESSIONS = 600_000_000
"""First sequence of rows of sessions; those of plays lie below."""
TIMINGS = ("page_load", "app_start", "audio_start", "video_start")
_TIMED_SESSIONS, _TIMED_PAGES, _TIMED_VIDEOS, _TIMED_PLAYS = 5, 2, 30, 40


def checks_table(world: World, day: date) -> pa.Table:
    """One server of each service in each hour; what is wrong with a service shows in it."""
    seed, count = world.seed, service_rows()
    service, hour = np.tile(np.arange(count), 24), np.repeat(np.arange(24), count)
    key = event_base(day) + hour * 1_000 + service
    at = midnight(day) + hour * HOUR + (hash_uniform(seed, "checks.at", key) * (HOUR - MINUTE)).astype(np.int64)
    region = service % len(REGIONS)
    busy = np.stack([np.diff(hours_of_utc_day(day, offset)) for offset in _OFFSETS])[region, hour]
    wrong = error_share(world, service, at)
    is_up = hash_uniform(seed, "checks.up", key) >= 0.0004 + wrong
    cpu = np.clip(_SERVERS_CPU * busy * (0.8 + 0.4 * hash_uniform(seed, "checks.cpu", key)) + wrong, 0.01, 0.99)
    memory = 0.45 + 0.25 * hash_uniform(seed, "checks.memory", service) + 0.05 * cpu
    latency = 2 + np.exp(normal(hash_uniform(seed, "checks.latency", key)) * 0.4 + np.log(6.0 + 200 * wrong))
    servers = np.array([each.servers for each in services()])[service // len(REGIONS)]
    order = np.argsort(at, kind="stable")
    columns = {
        "service_id": service + 1,
        "server_no": 1 + (hash_uniform(seed, "checks.server", key) * servers).astype(np.int64),
        "checked_at": at,
        "is_up": is_up,
        "cpu_ppm": np.where(is_up, (cpu * 1_000_000).astype(np.int64), -1),
        "memory_ppm": np.where(is_up, (memory * 1_000_000).astype(np.int64), -1),
        "latency_ms": np.where(is_up, latency.astype(np.int64), -1),
        "arrived_at": at + SECOND,
    }
    ids = event_base(day) + np.arange(len(order))
    return make_table(
        "server_health_checks",
        {"server_health_check_id": ids, **{name: values[order] for name, values in columns.items()}},
    )


def requests_table(world: World, arrival_day: date) -> pa.Table:
    """Requests of a sample of plays (sound, search, advertising) and of sessions (what opening the app asks for)."""
    sessions, plays = arriving(world, arrival_day)
    seed = world.seed
    sampled = hash_uniform(seed, "requests.play", plays.stream_id) < 1 / _PLAYS_PER_REQUEST
    plays = plays.some(sampled & ~np.asarray(plays.is_offline, dtype=bool))
    which = hash_uniform(seed, "requests.which", plays.stream_id)
    of_play = np.where((plays.tier == FREE) & (which < 0.35), _ADS, _PLAYBACK)
    of_play = np.where(plays.context == SEARCH, _SEARCH, of_play)
    sampled = hash_uniform(seed, "requests.session", sessions.session_id) < 1 / _SESSIONS_PER_REQUEST
    asking = sessions.take(sampled & (sessions.session_id % DAY_ID_SPAN < LATE_SEQUENCE))
    number = np.tile(np.arange(2), len(asking))
    asking = asking.take(np.repeat(np.arange(len(asking)), 2))
    draw = hash_uniform(seed, "requests.route", asking.session_id, number)
    of_session = _HOME + pick(draw, np.array([0.4, 0.25, 0.18, 0.12, 0.05]))

    def both(of_plays: Ints, of_sessions: Ints) -> Ints:
        return np.concatenate([of_plays.astype(np.int64), of_sessions])

    start = both(plays.start, asking.start)
    before = both(plays.startup_ms.astype(np.int64) * 1_000, (4 - number) * SECOND)
    at = np.clip(start - before, start // DAY * DAY, None)
    dense = _OF_SESSIONS + dense_sequence(asking.session_id) * 2 + number
    key = both(plays.stream_id, asking.session_id // DAY_ID_SPAN * DAY_ID_SPAN + dense)
    route, bot = both(of_play, of_session), both(plays.bot, asking.bot)
    country = world.ref.city_country[both(plays.city, asking.city)]
    region = region_of(world, country)
    service = np.choose(route, [service_row(name, region) for name, *_ in _ROUTES])
    wrong = error_share(world, service, at)
    fate = hash_uniform(seed, "requests.fate", key)
    failed = fate < BASE_ERRORS + wrong
    limited = ~failed & (fate > 1 - _RATE_LIMITED * np.where(bot == BOT_NONE, 1.0, 20.0))
    kind = pick(hash_uniform(seed, "requests.failure", key), np.array([0.35, 0.2, 0.3, 0.15]))
    median = np.array([milliseconds for *_, milliseconds in _ROUTES])[route] * (1 + 4 * wrong)
    return make_table(
        "api_requests",
        {
            "api_request_id": key,
            "service_id": service + 1,
            "requested_at": at,
            "method": Coded(route, [method for _, method, *_ in _ROUTES]),
            "route": Coded(route, [path for _, _, path, _ in _ROUTES]),
            "status_code": np.where(failed, _FAILURES[kind], np.where(limited, 429, 200)),
            "latency_ms": np.where(limited, 2, _milliseconds(world, "requests.latency", key, median)),
            "is_rate_limited": limited,
            "user_id": both(plays.user, asking.user) + 1,
            "device_id": both(plays.device, asking.device) + 1,
            "country_id": country + 1,
            "trace_id": session_traces(seed, both(plays.session_id, asking.session_id)),
            "arrived_at": both(plays.arrived_at, asking.arrived_at),
        },
    )


def _milliseconds(world: World, purpose: str, key: Ints, median: Floats) -> Ints:
    """Milliseconds of long-tailed answers: the 95th percentile is two and a half times the median."""
    return 1 + np.exp(normal(hash_uniform(world.seed, purpose, key)) * 0.55 + np.log(median)).astype(np.int64)


def timings_table(world: World, arrival_day: date) -> pa.Table:
    """Timings of a sample of sessions and plays; starts of sound are those that the plays tell."""
    sessions, plays = arriving(world, arrival_day)
    seed = world.seed
    people = sessions.take((sessions.bot == BOT_NONE) & (sessions.session_id % DAY_ID_SPAN < LATE_SEQUENCE))
    on_web = people.device_kind == DEVICE_TYPES.index("web")
    parts = []
    for kind, among, one_in, median in (
        (0, people.take(on_web), _TIMED_PAGES, 820.0),
        (1, people.take(~on_web), _TIMED_SESSIONS, 690.0),
        (3, people, _TIMED_VIDEOS, 1_150.0),
    ):
        chosen = among.take(hash_uniform(seed, f"timings.{TIMINGS[kind]}", among.session_id) < 1 / one_in)
        key = chosen.session_id // DAY_ID_SPAN * DAY_ID_SPAN
        key = key + _OF_SESSIONS + dense_sequence(chosen.session_id) * len(TIMINGS) + kind
        elapsed = _milliseconds(world, "timings.elapsed", key, np.full(len(key), median))
        at = chosen.start if kind == 3 else np.clip(chosen.start - SECOND, chosen.start // DAY * DAY, None)
        parts.append((key, at, elapsed, chosen))
    heard = plays.some(
        (hash_uniform(seed, "timings.audio_start", plays.stream_id) < 1 / _TIMED_PLAYS) & (plays.bot == BOT_NONE)
    )
    timed = [*(part[-1] for part in parts), heard]

    def every(name: str) -> Ints:
        return np.concatenate([getattr(rows, name).astype(np.int64) for rows in timed])

    at = np.concatenate([*(part[1] for part in parts), heard.start])
    device, kinds = every("device"), every("device_kind")
    behind = (hash_uniform(seed, "sessions.app_lag", device) ** 4 * 6).astype(np.int64)
    return make_table(
        "client_timings",
        {
            "client_timing_id": np.concatenate([*(part[0] for part in parts), heard.stream_id]),
            "timing_kind": Coded(np.repeat([0, 1, 3, 2], [len(rows) for rows in timed]), TIMINGS),
            "measured_at": at,
            "elapsed_ms": np.concatenate([*(part[2] for part in parts), heard.startup_ms.astype(np.int64)]),
            "device_id": device + 1,
            "device_type": Coded(kinds, DEVICE_TYPES),
            "app_version": app_versions(app_release(at // DAY) - behind),
            "country_id": world.ref.city_country[every("city")] + 1,
            "arrived_at": every("arrived_at"),
        },
    )
