"""Ad impressions: which are valid, which were seen or heard, what each costs."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from oracle.amounts import half_up
from oracle.calendar import booking_month, instant, local, month_of
from oracle.exchange import micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import country_geography, first_verdict, place_of
from oracle.plans import payment_country, plan_in_force
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import (
    NOT_APPLICABLE,
    UNKNOWN,
    History,
    contents,
    first_month,
    history,
    known_from,
    song_of_content,
    songs,
    users,
)

_LONG_ENOUGH = {"audio": "viewable_audio_ms", "video": "viewable_video_ms", "display": "viewable_display_ms"}


def campaigns(truth: Truth) -> History:
    """Campaigns, from their being booked."""
    return history(truth, "campaigns", "campaign_id", lambda row: row["created_at"])


def creatives(truth: Truth) -> dict[int, Row]:
    """Creatives by id."""
    return {row["creative_id"]: row for row in truth.lake.latest("creatives")}


def budgets(truth: Truth) -> dict[int, list[tuple[datetime, int]]]:
    """Budgets of each campaign in minor units, as its events tell them one after the other.

    An event that arrives after the close of its month counts from the start of the month that is open then.
    """
    told: dict[int, list[tuple[datetime, datetime, int, int]]] = defaultdict(list)
    for event in truth.lake.events("campaign_status_events"):
        since = known_from(event["occurred_at"], event["arrived_at"], first_month(truth))
        told[event["campaign_id"]].append(
            (since, event["occurred_at"], event["campaign_status_event_id"], event["budget_minor"])
        )
    return {campaign: [(since, minor) for since, *_, minor in sorted(events)] for campaign, events in told.items()}


def budget_in_force(truth: Truth, campaign_id: int, at: datetime) -> int:
    """The budget of a campaign at an instant, minor units: what was booked at first until an event tells another."""
    booked = truth.of(campaigns).versions.get(campaign_id)
    budget = 0 if booked is None else booked[0].row["budget_minor"]
    for since, told in truth.of(budgets).get(campaign_id, ()):
        if since <= at:
            budget = told
    return int(budget)


def dated(truth: Truth) -> list[Row]:
    """Impressions with their dates and, as `billed_at`, their place in the order of billing.

    An impression tells no city: its local time is that of the country's most populous place. What is known after the
    close of its month, itself and its campaign, stands at the start of the month that is open then.
    """
    found = []
    for row in truth.lake.events("ad_impressions"):
        place = place_of(truth, None, row["country_id"])
        then = local(row["rendered_at"], place.zone)
        month = month_of(row["rendered_at"].date())
        known = truth.of(campaigns).known_to_event(row["campaign_id"], row["rendered_at"])
        known_at = max(row["arrived_at"], known or row["arrived_at"])
        booked = booking_month(month, known_at)
        found.append(
            row
            | {
                "geography_id": place.geography_id,
                "rendered_date": row["rendered_at"].date(),
                "local_date": then.date(),
                "minute_of_day": then.hour * 60 + then.minute,
                "booking_month": booked,
                "known_at": known_at,
                "is_after_close": booked > month,
                "billed_at": instant(booked) if booked > month else row["rendered_at"],
            }
        )
    return sorted(found, key=lambda row: (row["billed_at"], row["rendered_at"], row["ad_impression_id"]))


def judged(truth: Truth) -> list[Row]:
    """The same with what each counts as, in the order of billing.

    Invalid: on an artificial day of the listener's, from a data centre, or not the first showing of its creative for
    its request. Viewable or audible: audio and video for 2 s, display for 1 s.
    """
    shown: set[tuple[int, int]] = set()
    found = []
    for row in truth.of(dated):
        showing = (row["ad_request_id"], row["creative_id"])
        reason = "none"
        if first_verdict(truth, row["user_id"], row["local_date"]):
            reason = "artificial"
        elif row["is_data_centre"]:
            reason = "data_centre"
        elif showing in shown:
            reason = "duplicate"
        shown.add(showing)
        creative = truth.of(creatives).get(row["creative_id"])
        shape = "unknown" if creative is None else creative["format"]
        limit = _LONG_ENOUGH.get(shape)
        seen = limit is not None and row["exposed_ms"] >= truth.of(rules).on(limit, row["rendered_date"])
        found.append(
            row | {"format": shape, "invalid_reason": reason, "is_valid": reason == "none", "is_viewable": seen}
        )
    return found


def billed(truth: Truth) -> list[Row]:
    """The same with prices: a thousandth of the campaign's price, until the budget in force is spent.

    CPM campaigns pay for valid impressions, vCPM campaigns for valid ones that were viewable. The last impression is
    cut to what is left; beyond it nothing is paid, and a cut of the budget takes nothing back.
    """
    spent: dict[int, int] = defaultdict(int)
    found = []
    for row in truth.of(judged):
        campaign_id = row["campaign_id"]
        campaign = truth.of(campaigns).of_event(campaign_id, row["rendered_at"])
        full = left = 0
        if campaign is not None:
            micro = truth.of(micro_per_minor)[campaign.row["currency_code"]]
            if row["is_valid"] and (campaign.row["pricing_model"] == "cpm" or row["is_viewable"]):
                thousand = truth.of(rules).on("price_impressions", row["rendered_date"])
                full = half_up(campaign.row["price_minor"] * micro, thousand)
            left = budget_in_force(truth, campaign_id, row["billed_at"]) * micro - spent[campaign_id]
        price = max(0, min(full, left))
        spent[campaign_id] += price
        found.append(
            row
            | {
                "campaign_key": truth.of(campaigns).key_of_event(campaign_id, row["rendered_at"]),
                "currency_code": "XXX" if campaign is None else campaign.row["currency_code"],
                "full_price_micro": full,
                "price_micro": price,
            }
        )
    return found


def impressions(truth: Truth) -> list[Row]:
    """Impressions with their prices, their clicks and every key as of the rendering."""
    clicks: dict[int, list[datetime]] = defaultdict(list)
    for click in truth.lake.events("ad_clicks"):
        clicks[click["ad_impression_id"]].append(click["clicked_at"])
    played = {row["stream_id"]: row["content_id"] for row in truth.lake.events("streams")}
    return [_impression(truth, row, played, clicks.get(row["ad_impression_id"], [])) for row in truth.of(billed)]


def _impression(truth: Truth, row: Row, played: dict[int, int], clicks: list[datetime]) -> Row:
    at = row["rendered_at"]
    plan = plan_in_force(truth, row["user_id"], at)
    country_id = payment_country(truth, row["user_id"], at)
    campaign = truth.of(campaigns).versions.get(row["campaign_id"])
    advertiser_id = UNKNOWN if campaign is None else campaign[-1].row["advertiser_id"]
    rate_day = min(row["rendered_date"], row["arrived_at"].date())
    kept = (
        "ad_impression_id", "ad_request_id", "campaign_id", "campaign_key", "creative_id", "user_id", "device_id",
        "geography_id", "format", "invalid_reason", "exposed_ms", "last_quartile", "currency_code",
        "full_price_micro", "price_micro", "is_valid", "is_viewable", "is_after_close", "rendered_date", "local_date",
        "minute_of_day", "booking_month", "rendered_at", "arrived_at", "known_at",
    )  # fmt: skip
    return {
        **{name: row[name] for name in kept},
        **_played(truth, row, played),
        "advertiser_id": NOT_APPLICABLE if advertiser_id is None else advertiser_id,
        "user_key": truth.of(users).key_of_event(row["user_id"], at),
        "payment_geography_id": country_geography(country_id),
        "payment_country_id": country_id,
        "plan_id": plan.plan_id,
        "plan_key": plan.plan_key,
        "tier": plan.tier,
        "clicks": len(clicks),
        "is_clicked": bool(clicks),
        "first_clicked_at": min(clicks, default=None),
        "price_reporting_micro": truth.of(rates).to_reporting(row["price_micro"], row["currency_code"], rate_day),
    }


def _played(truth: Truth, row: Row, played: dict[int, int]) -> Row:
    """Content and recording of the play that an impression is tied to."""
    if row["stream_id"] is None:
        return dict.fromkeys(("stream_id", "content_id", "song_id", "song_key"), NOT_APPLICABLE)
    content_id = played.get(row["stream_id"])
    content = truth.of(contents).of_event(content_id, row["rendered_at"])
    song_id = truth.of(song_of_content).get(content_id) if content_id is not None else None
    no_song = UNKNOWN if content is None or content.row["content_type"] == "song" else NOT_APPLICABLE
    return {
        "stream_id": row["stream_id"],
        "content_id": UNKNOWN if content_id is None else content_id,
        "song_id": no_song if song_id is None else song_id,
        "song_key": no_song if song_id is None else truth.of(songs).key_of_event(song_id, row["rendered_at"]),
    }
