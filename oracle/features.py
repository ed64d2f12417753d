"""Features as of a month's end: of what had happened and arrived by then, and nothing later."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from oracle.amounts import ratio
from oracle.calendar import END, instant, month_of, next_month
from oracle.days import NO_DATE
from oracle.dimensions import dim_user
from oracle.lake import Known, Row
from oracle.listening import country_geography
from oracle.plans import gives_access, prices, terms
from oracle.rules import rules
from oracle.sessions import milliseconds
from oracle.transactions import transactions
from oracle.truth import Truth
from oracle.versions import UNKNOWN

_DAY, _MS = timedelta(days=1), timedelta(milliseconds=1)
_SOUND = ("tempo_bpm", "loudness_db", "energy", "danceability", "valence")


def as_of_dates(truth: Truth) -> list[date]:
    """Last days of months, from the first day of data to the last."""
    month = month_of(truth.lake.opening_day + _DAY)
    found = []
    while instant(next_month(month)) <= truth.lake.clock:
        found.append(next_month(month) - _DAY)
        month = next_month(month)
    return found


def _known(truth: Truth, day: date) -> Known:
    """What had arrived by the end of a day, of plays those that had begun."""
    return Known(
        truth.lake, instant(day + _DAY), datetime.min.replace(tzinfo=truth.lake.clock.tzinfo), instant(day + _DAY)
    )


def _happened(lake: Known, table: str, key: str) -> dict[int, Row]:
    """The highest change of each entity that had happened."""
    return {row[key]: row for row in lake.changes(table) if row["changed_at"] < lake.clock}


def consenting(truth: Truth) -> set[int]:
    """Accounts that consent to profiling today."""
    return {row["user_id"] for row in dim_user(truth) if row["is_current"] and row["allows_profiling"]}


def _lately(rows: list[Row], at: str, day: date, days: int) -> Iterator[Row]:
    """Rows of the days that end with one."""
    return (row for row in rows if day - timedelta(days=days) < row[at].date() <= day)


def _plays(truth: Truth, lake: Known, day: date, key: str, days: int) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in _lately(lake.events("streams"), "started_at", day, days):
        found[row[key]].append(row)
    return found


def _short(truth: Truth, plays: list[Row], day: date) -> int:
    limit = truth.of(rules).on("skip_ms", day)
    return sum(row["played_ms"] is not None and row["played_ms"] < limit for row in plays)


def _customers(lake: Known, at: datetime) -> dict[int, list[Row]]:
    """Subscriptions that give access just before an instant, by account."""
    latest = {row["subscription_id"]: row for row in lake.changes("subscriptions") if row["changed_at"] < at}
    found: dict[int, list[Row]] = defaultdict(list)
    for row in latest.values():
        if gives_access(row, at - timedelta(microseconds=1)):
            found[row["user_id"]].append(row)
    return found


def user_features(truth: Truth) -> list[Row]:
    """Accounts that consent to profiling, at each month's end."""
    found = []
    for day in truth.of(as_of_dates):
        found += _users_as_of(truth, day)
    return found


def _users_as_of(truth: Truth, day: date) -> list[Row]:
    figures = truth.of(rules)
    window, short_window = figures.on("feature_days", day), figures.on("feature_short_days", day)
    lake = _known(truth, day)
    customers = _customers(lake, lake.clock)
    label_at = instant(day + _DAY + timedelta(days=figures.on("label_days", day)))
    is_labelled = label_at <= truth.lake.clock
    later = _customers(Known(truth.lake, truth.lake.clock, label_at, label_at), label_at) if is_labelled else {}
    plays = _plays(truth, lake, day, "user_id", window)
    searches = defaultdict[int, int](int)
    for row in _lately(lake.events("search_queries"), "searched_at", day, window):
        searches[row["user_id"]] += 1
    failures = defaultdict[int, int](int)
    for row in _lately(lake.events("transactions"), "transacted_at", day, window):
        failures[row["user_id"]] += row["status"] != "succeeded"
    found = []
    for user_id, account in _happened(lake, "users", "user_id").items():
        if account["status"] == "deleted" or user_id not in truth.of(consenting):
            continue
        mine, own = plays.get(user_id, []), customers.get(user_id, [])
        recent = list(_lately(mine, "started_at", day, short_window))
        days = {row["started_at"].date() for row in mine}
        since = min((row["started_at"] for row in own), default=None)
        found.append(
            {
                "user_id": user_id,
                "as_of_date": day,
                "payment_geography_id": country_geography(account["payment_country_id"] or UNKNOWN),
                "account_age_days": (day - account["created_at"].date()).days,
                "is_customer": bool(own),
                "has_cancelled": any(row["state"] == "cancelled" for row in own),
                "is_in_grace": any(row["state"] == "grace" for row in own),
                "is_in_trial": any(row["state"] == "trial" for row in own),
                "customer_days": None if since is None else (day - since.date()).days,
                "plays_7": len(recent),
                "plays_28": len(mine),
                "played_ms_7": sum(row["played_ms"] or 0 for row in recent),
                "played_ms_28": sum(row["played_ms"] or 0 for row in mine),
                "short_plays_28": _short(truth, mine, day),
                "contents_28": len({row["content_id"] for row in mine}),
                "listening_days_28": len(days),
                "days_since_play": (day - max(days)).days if days else None,
                "searches_28": searches[user_id],
                "failed_payments_28": failures[user_id],
                "label_churned_28": user_id not in later if is_labelled and own else None,
            }
        )
    return found


def song_features(truth: Truth) -> list[Row]:
    """Recordings at each month's end: how they sound, and how they were played."""
    found = []
    for day in truth.of(as_of_dates):
        figures = truth.of(rules)
        window, short_window = figures.on("feature_days", day), figures.on("feature_short_days", day)
        lake = _known(truth, day)
        sounds = _happened(lake, "audio_features", "song_id")
        plays = _plays(truth, lake, day, "content_id", window)
        added = defaultdict[int, int](int)
        for row in _lately(lake.events("playlist_events"), "occurred_at", day, window):
            added[row["content_id"]] += row["event_type"] == "item_added" and row["is_accepted"]
        for song_id, song in _happened(lake, "songs", "song_id").items():
            mine, sound = plays.get(song["content_id"], []), sounds.get(song_id)
            found.append(
                {
                    "song_id": song_id,
                    "as_of_date": day,
                    "duration_ms": song["duration_ms"],
                    "age_days": (day - song["created_at"].date()).days,
                    "audio_model_version": "unknown" if sound is None else sound["model_version"],
                    **{name: None if sound is None else sound[name] for name in ("musical_key", "is_major")},
                    **{name: None if sound is None else Decimal(sound[name]) for name in _SOUND},
                    "plays_7": sum(1 for _ in _lately(mine, "started_at", day, short_window)),
                    "plays_28": len(mine),
                    "listeners_28": len({row["user_id"] for row in mine}),
                    "played_ms_28": sum(row["played_ms"] or 0 for row in mine),
                    "short_plays_28": _short(truth, mine, day),
                    "playlist_additions_28": added[song["content_id"]],
                }
            )
    return found


def user_song_interactions(truth: Truth) -> list[Row]:
    """What accounts that consent to profiling played, up to the last month's end."""
    dates = truth.of(as_of_dates)
    if not dates:
        return []
    day = dates[-1]
    lake = _known(truth, day)
    song_of = {row["content_id"]: row["song_id"] for row in lake.latest("songs")}
    pairs: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in lake.events("streams"):
        if row["user_id"] in truth.of(consenting) and row["content_id"] in song_of:
            pairs[row["user_id"], song_of[row["content_id"]]].append(row)
    found = []
    for (user_id, song_id), plays in pairs.items():
        days = {row["started_at"].date() for row in plays}
        found.append(
            {
                "user_id": user_id,
                "song_id": song_id,
                "as_of_date": day,
                "plays": len(plays),
                "short_plays": _short(truth, plays, day),
                "played_ms": sum(row["played_ms"] or 0 for row in plays),
                "listening_days": len(days),
                "first_played_date": min(days),
                "last_played_date": max(days),
            }
        )
    return found


def transaction_features(truth: Truth) -> list[Row]:
    """Attempts to pay with what the payer had tried before, how they went and whether they were disputed."""
    reasons = {row["transaction_id"]: row["reason"] for row in truth.lake.latest("disputes")}
    signed_up = {row["user_id"]: row["created_at"].date() for row in truth.lake.latest("users")}
    tried: dict[int, list[Row]] = defaultdict(list)
    for row in truth.of(transactions):
        if row["movement_type"] in ("charge", "failure"):
            tried[row["user_id"]].append(row)
    kept = (
        "transaction_id", "user_id", "transacted_at", "transacted_date", "minute_of_day", "purpose", "provider",
        "payment_method_type", "payment_geography_id", "currency_code", "attempted_minor",
    )  # fmt: skip
    found = []
    for user_id, attempts in tried.items():
        for row in attempts:
            at = row["transacted_at"]
            before = [other for other in attempts if other["transacted_at"] < at]
            day, week = ([o for o in before if at - o["transacted_at"] < days * _DAY + _MS] for days in (1, 7))
            like = [o["amount_minor"] for o in before if o["movement_type"] == "charge"
                    and o["currency_code"] == row["currency_code"]]  # fmt: skip
            last = max((o["transacted_at"] for o in before), default=None)
            found.append(
                {
                    **{name: row[name] for name in kept},
                    "account_age_days": (row["transacted_date"] - signed_up[user_id]).days,
                    "attempts_before": len(before),
                    "failures_before": sum(o["movement_type"] == "failure" for o in before),
                    "attempts_1d": len(day),
                    "failures_1d": sum(o["movement_type"] == "failure" for o in day),
                    "attempts_7d": len(week),
                    "since_last_ms": milliseconds(last, at),
                    "amount_ratio": ratio(row["attempted_minor"] * len(like), sum(like)),
                    "is_new_method": all(o["payment_method_type"] != row["payment_method_type"] for o in before),
                    "label_failed": row["movement_type"] == "failure",
                    "label_disputed": row["transaction_id"] in reasons,
                    "label_fraudulent": reasons.get(row["transaction_id"]) == "fraudulent",
                }
            )
    return found


def price_elasticity(truth: Truth) -> list[Row]:
    """Paid plans by country, cycle and whole week: the price, what began and what ended."""
    monday = truth.lake.opening_day + _DAY
    monday += timedelta(days=-monday.weekday() % 7)
    offers = {row["plan_price_id"]: row for row in truth.lake.latest("plan_prices")}
    first = {row["subscription_id"]: row for row in truth.lake.changes("subscriptions") if row["change_no"] == 0}
    ends = {row["subscription_id"]: row["ended_at"] or END for row in truth.lake.latest("subscriptions")}
    found, before = [], dict[tuple[int, int, str], int]()
    while (end := instant(monday + 7 * _DAY)) <= truth.lake.clock:
        begin = instant(monday)
        sign_ups, running, ended = Counter[Offer](), Counter[Offer](), Counter[Offer]()
        for row in first.values():
            sign_ups[_offer(offers[row["plan_price_id"]])] += begin <= row["started_at"] < end
        then = {row["subscription_id"]: row for row in truth.lake.changes("subscriptions") if row["changed_at"] < begin}
        for row in then.values():
            if row["started_at"] < begin <= (row["ended_at"] or END):
                running[_offer(offers[row["plan_price_id"]])] += 1
                ended[_offer(offers[row["plan_price_id"]])] += begin <= ends[row["subscription_id"]] < end
        for plan_price_id in offers:
            price = truth.of(prices).at(plan_price_id, begin)
            if price is None or not price.row["valid_from"] <= monday < (price.row["valid_to"] or NO_DATE):
                continue
            offer = _offer(price.row)
            country_id, plan_id, cycle = offer
            tier = truth.of(terms).versions[plan_id][-1].row["tier"]
            if tier == "free":
                continue
            found.append(
                {
                    "geography_id": country_geography(country_id),
                    "plan_id": plan_id,
                    "billing_cycle": cycle,
                    "week_start_date": monday,
                    "tier": tier,
                    **{name: price.row[name] for name in ("currency_code", "price_minor")},
                    "price_ratio": ratio(price.row["price_minor"], before.get(offer, 0)),
                    "sign_ups": sign_ups[offer],
                    "subscriptions": running[offer],
                    "ended": ended[offer],
                    "ended_share": ratio(ended[offer], running[offer]),
                }
            )
            before[offer] = price.row["price_minor"]
        monday += 7 * _DAY
    return found


Offer = tuple[int, int, str]
"""Country, plan and billing cycle."""


def _offer(price: Row) -> Offer:
    return price["country_id"], price["plan_id"], price["billing_cycle"]
