"""What plans and families do not allow, log-ins that are shared, and plays that no person makes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import asin, cos, floor, radians, sin, sqrt
from typing import NamedTuple

from oracle.ads import campaigns, impressions
from oracle.amounts import ratio
from oracle.calendar import local
from oracle.dimensions import dim_plan
from oracle.engagement import feedback
from oracle.lake import Row
from oracle.listening import (
    Place,
    cities,
    countries,
    country_geography,
    plays,
    plays_of_days,
    streams,
    verdicts,
)
from oracle.plans import plan_in_force
from oracle.platform import hour_of
from oracle.rules import Rules, rules
from oracle.truth import Truth
from oracle.versions import UNKNOWN, contents, history, users

_QUALITIES = ("low", "normal", "high", "lossless")
_EARTH_M = 6_371_000


class Check(NamedTuple):
    """A play, an impression or a download that a rule applies to."""

    rule: str
    rows: str
    key: int
    country_geography_id: int
    day: date
    is_breach: bool


def plans(truth: Truth) -> dict[int, Row]:
    """What each version of a plan allows."""
    return {row["plan_key"]: row for row in truth.of(dim_plan) if row["plan_id"] > 0}


def checks(truth: Truth) -> list[Check]:
    """Everything that a rule applies to, and whether it breaks the rule."""
    return [*_of_plays(truth), *_of_impressions(truth), *_of_downloads(truth)]


def _of_plays(truth: Truth) -> Iterator[Check]:
    """Plays against the plan in force at their session's first play, and the settings in force at the play."""
    pairs = sorted(
        zip(truth.of(streams), truth.of(plays), strict=True),
        key=lambda pair: (pair[0]["started_at"], pair[0]["stream_id"]),
    )
    began: dict[int, Row] = {}
    for stream, _ in pairs:
        if (stream["session_id"] or UNKNOWN) > 0:
            began.setdefault(stream["session_id"], stream)
    kinds = {row["device_id"]: row["device_type"] for row in truth.lake.latest("devices")}
    settings = history(truth, "user_settings", "user_id")
    skipped: Counter[tuple[int, datetime]] = Counter()
    heard: Counter[tuple[int, date]] = Counter()
    for stream, play in pairs:
        plan = truth.of(plans).get(began.get(stream["session_id"], stream)["plan_key"])
        then = settings.of_event(stream["user_id"], stream["started_at"])
        family: Row = {} if then is None else then.row
        country = country_geography(play["place"].country_id)

        def check(rule: str, is_breach: bool, stream: Row = stream, country: int = country) -> Check:
            return Check(rule, "plays", stream["stream_id"], country, stream["started_date"], is_breach)

        if plan is not None:
            best = _QUALITIES.index(plan["max_quality"])
            yield check("quality", play["quality"] in _QUALITIES[best + 1 :])
            if plan["is_shuffle_only"] and kinds.get(stream["device_id"]) in ("phone", "tablet"):
                yield check("shuffle", not play["is_shuffle"])
            if play["skip_reason"] == "next_button" and plan["skips_per_hour"] is not None:
                hour = stream["user_id"], hour_of(stream["started_at"])
                skipped[hour] += 1
                yield check("skips", skipped[hour] > plan["skips_per_hour"])
        if play["is_offline"]:
            yield check("offline", plan is not None and not plan["can_download"])
        if family.get("blocks_explicit"):
            content = truth.of(contents).of_event(stream["content_id"], stream["started_at"])
            yield check("explicit", content is not None and content.row["is_explicit"])
        zone = _main_zone(truth, play["place"])
        day = stream["user_id"], local(stream["started_at"], zone).date()
        if family.get("daily_limit_minutes") is not None:
            heard[day] += stream["played_ms"] or 0
            yield check("limit", heard[day] > family["daily_limit_minutes"] * 60_000)


def _main_zone(truth: Truth, place: Place) -> str:
    country = truth.of(countries).get(place.country_id)
    return "UTC" if country is None else str(country["time_zone"])


def _of_impressions(truth: Truth) -> Iterator[Check]:
    """Impressions against the plan and the campaign's state as of the rendering."""
    for row in truth.of(impressions):
        country, day, key = _country_of(truth, row["geography_id"]), row["rendered_date"], row["ad_impression_id"]
        plan = truth.of(plans).get(row["plan_key"])
        if plan is not None:
            yield Check("ads", "impressions", key, country, day, not plan["has_ads"])
        campaign = truth.of(campaigns).of_event(row["campaign_id"], row["rendered_at"])
        is_paused = campaign is not None and campaign.row["status"] == "paused"
        yield Check("paused", "impressions", key, country, day, is_paused)


def _country_of(truth: Truth, geography_id: int) -> int:
    """The country of a place of an impression, which is a country or not known."""
    return geography_id if geography_id > 2_000_000 else UNKNOWN


def _of_downloads(truth: Truth) -> Iterator[Check]:
    """Downloads against the plan in force when they were made, by the account's residence."""
    for row in truth.of(feedback):
        plan = None
        if row["feedback_type"] == "download":
            plan = truth.of(plans).get(plan_in_force(truth, row["user_id"], row["given_at"]).plan_key)
        if plan is not None:
            account = truth.of(users).of_event(row["user_id"], row["given_at"])
            country = UNKNOWN if account is None else country_geography(account.row["residence_country_id"])
            yield Check(
                "downloads", "downloads", row["feedback_id"], country, row["given_date"], not plan["can_download"]
            )


def rule_breaches(truth: Truth) -> list[Row]:
    """Checks and breaches by rule, country and day; clean rows leave nothing that cannot be judged."""
    cells: dict[tuple[str, str, int, date], list[bool]] = defaultdict(list)
    for check in truth.of(checks):
        cells[check.rule, check.rows, check.country_geography_id, check.day].append(check.is_breach)
    return [
        {
            "rule": rule,
            "country_geography_id": country,
            "day_date": day,
            "row_kind": rows,
            "checked_rows": len(found),
            "breaches": sum(found),
            "not_judged": 0,
            "breach_share": ratio(sum(found), len(found)),
        }
        for (rule, rows, country, day), found in cells.items()
    ]


def metres(one: Row, other: Row) -> int:
    """Distance of two cities along a great circle, in whole metres."""
    north, south = radians(float(one["latitude"])), radians(float(other["latitude"]))
    east = radians(float(other["longitude"] - one["longitude"])) / 2
    part = sin(radians(float(other["latitude"] - one["latitude"])) / 2) ** 2 + cos(north) * cos(south) * sin(east) ** 2
    return floor(2 * _EARTH_M * asin(min(1.0, sqrt(part))))


def account_sharing(truth: Truth) -> list[Row]:
    """Accounts with a play in the last 30 local days, and the signs that their log-in is shared."""
    figures, last = truth.of(rules), truth.lake.clock.date() - timedelta(days=1)
    first = last - timedelta(days=figures.on("sharing_window_days", last) - 1)
    by_account: dict[int, list[tuple[Row, Row]]] = defaultdict(list)
    for stream, play in zip(truth.of(streams), truth.of(plays), strict=True):
        if first <= stream["local_date"] <= last:
            by_account[stream["user_id"]].append((stream, play))
    return [_account(truth, figures, first, last, found) for found in by_account.values()]


def _account(truth: Truth, figures: Rules, first: date, last: date, found: list[tuple[Row, Row]]) -> Row:
    found.sort(key=lambda pair: (pair[0]["started_at"], pair[0]["stream_id"]))
    homes = [play["place"].country_id for _, play in found]
    following = list(pairwise(found))
    travels = sum(_is_impossible(truth, figures, last, before, after) for before, after in following)
    most, above = _at_once(truth, [stream for stream, _ in found])
    known = {home for home in homes if home != UNKNOWN}
    signs = (
        len(known) >= figures.on("sharing_countries", last),
        above > 0,
        travels >= figures.on("sharing_travels", last),
    )
    return {
        "user_id": found[0][0]["user_id"],
        "window_start_date": first,
        "window_end_date": last,
        "plays": len(found),
        "days_played": len({stream["local_date"] for stream, _ in found}),
        "devices": len({stream["device_id"] for stream, _ in found}),
        "countries": len(known),
        "country_changes": sum(UNKNOWN not in (one, other) and one != other for one, other in pairwise(homes)),
        "impossible_travels": travels,
        "most_at_once": most,
        "plays_above_limit": above,
        "has_many_countries": signs[0],
        "has_streams_above_limit": signs[1],
        "has_impossible_travel": signs[2],
        "signs": sum(signs),
        "is_suspected": any(signs),
    }


def _end(stream: Row) -> datetime:
    began: datetime = stream["started_at"]
    return began + timedelta(milliseconds=stream["played_ms"] or 0)


def _is_impossible(truth: Truth, figures: Rules, day: date, before: tuple[Row, Row], after: tuple[Row, Row]) -> bool:
    """Whether nobody comes from where one play ended to where the next one begins in the time between."""
    one, other = (truth.of(cities).get(play["place"].geography_id) for _, play in (before, after))
    if one is None or other is None:
        return False
    far = metres(one, other)
    took = (after[0]["started_at"] - _end(before[0])) // timedelta(milliseconds=1)
    return (
        far > figures.on("travel_distance_km", day) * 1000 and far * 3600 > figures.on("travel_speed_kmh", day) * took
    )


def _at_once(truth: Truth, found: list[Row]) -> tuple[int, int]:
    """Most streams that ran at once, and plays that began while as many others ran as their plan allows."""
    most, above, running = 1, 0, list[datetime]()
    for stream in found:
        if not stream["played_ms"]:
            continue
        running = [end for end in running if end > stream["started_at"]] + [_end(stream)]
        plan = truth.of(plans).get(stream["plan_key"])
        most = max(most, len(running))
        above += plan is not None and len(running) > plan["concurrent_streams"]
    return most, above


def stream_fraud(truth: Truth) -> list[Row]:
    """Accounts and local days on which a fraud rule fires, measured against each rule."""
    artificial: dict[tuple[int, date], int] = defaultdict(int)
    told = {(user_id, day) for (user_id, day, _), fires in truth.of(verdicts).items() if fires}
    for stream in truth.of(streams):
        artificial[stream["user_id"], stream["local_date"]] += stream["is_artificial"]
    return [_fraud(truth, day, truth.of(plays_of_days)[day], artificial[day]) for day in sorted(told)]


def _fraud(truth: Truth, of: tuple[int, date], found: list[Row], artificial: int) -> Row:
    user_id, day = of
    figures = truth.of(rules)

    def figure(name: str) -> int:
        return figures.on(f"artificial_{name}", day)

    timed = [play for play in found if play["played_ms"] is not None]
    short = sorted(play["started_at"] for play in timed if play["played_ms"] < figure("skip_ms"))
    window = timedelta(milliseconds=figure("skip_window_ms") + 1)
    densest = max((sum(begin <= at < begin + window for at in short) for begin in short), default=0)
    loops = Counter(
        play["content_id"] for play in timed if figure("loop_min_ms") <= play["played_ms"] <= figure("loop_max_ms")
    )
    looped, time = max(loops.values(), default=0), sum(play["played_ms"] for play in timed)
    fired = {
        "rapid_skips": densest >= figure("skip_plays"),
        "loops": looped >= figure("loop_plays"),
        "round_the_clock": time > figure("day_ms"),
    }
    last = max(found, key=lambda play: play["started_at"])
    measures = (
        ratio(densest, figure("skip_plays")), ratio(looped, figure("loop_plays")), ratio(time, figure("day_ms")),
    )  # fmt: skip
    return {
        "user_id": user_id,
        "user_key": truth.of(users).key_of_event(user_id, last["started_at"]),
        "local_date": day,
        "plays": len(found),
        "artificial_plays": artificial,
        "short_plays_in_window": densest,
        "looped_plays": looped,
        "played_ms": time,
        **{f"has_{name}": fires for name, fires in fired.items()},
        "rule_hits": sum(fired.values()),
        "score": max(measure for measure in measures if measure is not None),
        "reasons": ", ".join(name for name, fires in fired.items() if fires),
        "first_started_at": min(play["started_at"] for play in found),
        "last_started_at": last["started_at"],
    }
