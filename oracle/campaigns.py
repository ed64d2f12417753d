"""What became of campaigns: whom they aim at, when they delivered, what days brought; and how ads were asked for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from oracle.active import first_day
from oracle.ads import budget_in_force, campaigns, creatives, impressions
from oracle.amounts import half_up, ratio
from oracle.calendar import END, closes_at, instant, month_of
from oracle.days import NO_DATE
from oracle.dimensions import dim_campaign
from oracle.exchange import micro_per_minor
from oracle.lake import Row
from oracle.listening import countries, country_geography, regions, streams
from oracle.platform import grouped, hour_of, milliseconds, nearest_rank
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN

REGION_GEOGRAPHY = 1_000_000
_STATUS = {"launched": "active", "paused": "paused", "resumed": "active", "ended": "ended"}
_BEFORE_MIDNIGHT = timedelta(milliseconds=1)


def campaign_targets(truth: Truth) -> list[Row]:
    """Targets of today with the place or the language that they name; a region is told by its country and name."""
    codes = {row["country_id"]: row["country_code"] for row in truth.of(countries).values()}
    places = {("country", code): country_geography(country_id) for country_id, code in codes.items()}
    for region_id, row in truth.of(regions).items():
        places["region", f"{codes[row['country_id']]}-{row['name']}"] = REGION_GEOGRAPHY + region_id
    languages = {row["language_code"]: row["language_id"] for row in truth.lake.latest("languages")}
    found = []
    for row in truth.lake.latest("campaign_targets"):
        kind, value = row["target_type"], row["target_value"]
        found.append(
            {
                **{name: row[name] for name in ("campaign_target_id", "campaign_id", "target_type", "target_value")},
                "geography_id": (
                    places.get((kind, value), UNKNOWN) if kind in ("country", "region") else NOT_APPLICABLE
                ),
                "language_id": languages.get(value, UNKNOWN) if kind == "language" else NOT_APPLICABLE,
            }
        )
    return found


def campaign_status(truth: Truth) -> list[Row]:
    """Intervals of each campaign's status, with what was rendered in each by its own instant, and the swaps in it."""
    told: dict[int, list[tuple[datetime, int, str]]] = defaultdict(list)
    for event in truth.lake.events("campaign_status_events"):
        if event["event_type"] in _STATUS:
            step = (event["occurred_at"], event["campaign_status_event_id"], _STATUS[event["event_type"]])
            told[event["campaign_id"]].append(step)
    for campaign_id, versions in truth.of(campaigns).versions.items():
        booked = min(versions[0].row["created_at"], *(at for at, *_ in told[campaign_id]), END)
        told[campaign_id].append((booked, 0, "scheduled"))
    shown: dict[int, list[Row]] = defaultdict(list)
    seen: dict[int, datetime] = {}
    for row in truth.of(impressions):
        shown[row["campaign_id"]].append(row)
        seen[row["creative_id"]] = min(row["rendered_at"], seen.get(row["creative_id"], END))
    swaps = truth.of(replacements)
    found = []
    for campaign_id, steps in told.items():
        # Of several at one instant the last counts.
        status_of = {at: status for at, _, status in sorted(steps)}
        starts = sorted(status_of)
        for number, (begin, end) in enumerate(zip(starts, [*starts[1:], END], strict=True), start=1):
            status = status_of[begin]
            inside = [row for row in shown[campaign_id] if begin <= row["rendered_at"] < end]
            swapped = [row for row in swaps.get(campaign_id, []) if begin <= row["active_from"] < end]
            delays = [
                milliseconds(row["active_from"], seen[row["creative_id"]])
                for row in swapped
                if row["creative_id"] in seen
            ]
            found.append(
                {
                    "campaign_id": campaign_id,
                    "campaign_key": truth.of(campaigns).key_of_event(campaign_id, begin),
                    "status_no": number,
                    "status": status,
                    "is_delivering": status == "active",
                    "duration_ms": milliseconds(begin, min(end, truth.lake.clock)),
                    "impressions": len(inside),
                    "valid_impressions": sum(row["is_valid"] for row in inside),
                    "undue_impressions": 0 if status == "active" else len(inside),
                    "replaced_impressions": sum(_is_replaced(truth, row) for row in inside),
                    "swaps": len(swapped),
                    "swaps_served": len(delays),
                    "swap_delay_max_ms": max(delays, default=None),
                    "started_date": begin.date(),
                    "ended_date": NO_DATE if end == END else end.date(),
                    "valid_from": begin,
                    "valid_to": end,
                    "is_current": end == END,
                }
            )
    return found


def replacements(truth: Truth) -> dict[int, list[Row]]:
    """By campaign the creatives that took the place of another of its format, up to the data clock."""
    of_format = grouped(truth.of(creatives).values(), "campaign_id", "format")
    found: dict[int, list[Row]] = defaultdict(list)
    for some in of_format.values():
        for row in sorted(some, key=lambda row: (row["active_from"], row["creative_id"]))[1:]:
            if row["active_from"] < truth.lake.clock:
                found[row["campaign_id"]].append(row)
    return found


def _is_replaced(truth: Truth, shown: Row) -> bool:
    creative = truth.of(creatives).get(shown["creative_id"])
    return creative is not None and creative["active_to"] is not None and shown["rendered_at"] >= creative["active_to"]


def billed_date(shown: Row) -> date:
    """The day that bills an impression: its own, or the first of the month that was open when it became known."""
    day: date = shown["booking_month"] if shown["is_after_close"] else shown["rendered_date"]
    return day


def campaign_daily(truth: Truth) -> list[Row]:
    """Campaigns by country and day, and a row of no country for each day of the flight on which nothing was shown."""
    cells: dict[int, dict[date, dict[int, list[Row]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in truth.of(impressions):
        cells[row["campaign_id"]][billed_date(row)][row["geography_id"]].append(row)
    for campaign_id, versions in truth.of(campaigns).versions.items():
        day = max(versions[-1].row["starts_at"].date(), first_day(truth))
        while instant(day) < min(versions[-1].row["ends_at"], truth.lake.clock):
            if not cells[campaign_id][day]:
                cells[campaign_id][day] = {NOT_APPLICABLE: []}
            day += timedelta(days=1)
    found = []
    for campaign_id, days in cells.items():
        spent = delivered = 0
        for day in sorted(days):
            rows = [_of_country(truth, campaign_id, geography_id, some) for geography_id, some in days[day].items()]
            spent += sum(row["spend_micro"] for row in rows)
            delivered += sum(row["billable_impressions"] for row in rows)
            state = _at_end_of(truth, campaign_id, day, spent, delivered)
            found += [row | state for row in rows]
    return found


def _of_country(truth: Truth, campaign_id: int, geography_id: int, shown: list[Row]) -> Row:
    valid = [row for row in shown if row["is_valid"]]
    clicks = sum(row["clicks"] for row in valid)
    booked = truth.of(campaigns).versions[campaign_id][-1].row
    return {
        "campaign_id": campaign_id,
        "advertiser_id": NOT_APPLICABLE if booked["advertiser_id"] is None else booked["advertiser_id"],
        "geography_id": geography_id,
        "impressions": len(shown),
        "valid_impressions": len(valid),
        "viewable_impressions": sum(row["is_viewable"] for row in valid),
        "billable_impressions": sum(row["full_price_micro"] > 0 for row in shown),
        "late_impressions": sum(row["is_after_close"] for row in shown),
        "clicks": clicks,
        "click_through_rate": ratio(clicks, len(valid)),
        "spend_micro": sum(row["price_micro"] for row in shown),
        "spend_reporting_micro": sum(row["price_reporting_micro"] for row in shown),
    }


def _at_end_of(truth: Truth, campaign_id: int, day: date, spent: int, delivered: int) -> Row:
    """What a campaign had come to as a day ended, and what it should have."""
    at = instant(day + timedelta(days=1)) - _BEFORE_MIDNIGHT
    version = truth.of(campaigns).of_event(campaign_id, at)
    if version is None:
        raise LookupError(f"Campaign {campaign_id} is not known at {at}")
    plan = version.row
    budget = budget_in_force(truth, campaign_id, at) * truth.of(micro_per_minor)[plan["currency_code"]]
    due = expected_ppm(truth, plan, day, at)
    is_known = plan["starts_at"].date() >= first_day(truth)
    return {
        "campaign_key": truth.of(campaigns).key_of_event(campaign_id, at),
        "billed_date": day,
        "currency_code": plan["currency_code"],
        "spent_micro": spent,
        "budget_micro": budget,
        "budget_left_micro": max(budget - spent, 0),
        "delivered_impressions": delivered,
        "goal_impressions": plan["goal_impressions"],
        "expected_ppm": due,
        "pacing": ratio(delivered * 1_000_000, plan["goal_impressions"] * due) if is_known else None,
    }


def expected_ppm(truth: Truth, plan: Row, day: date, at: datetime) -> int:
    """Millionths of the goal that a campaign's pacing wants to be delivered by an instant.

    Even: in proportion to time. Front-loaded: the first half of the flight has its share, evenly. Else all at once.
    """
    gone = milliseconds(plan["starts_at"], min(at, plan["ends_at"]))
    whole = milliseconds(plan["starts_at"], plan["ends_at"])
    if gone <= 0:
        return 0
    if plan["pacing"] == "asap":
        return 1_000_000
    if plan["pacing"] == "even":
        return half_up(gone * 1_000_000, whole)
    front = truth.of(rules).on("pacing_front_share_ppm", day)
    if gone * 2 <= whole:
        return half_up(gone * 2 * front, whole)
    return front + half_up((gone * 2 - whole) * (1_000_000 - front), whole)


def ad_requests_hourly(truth: Truth) -> list[Row]:
    """Ad breaks by country, placement and hour, with how fast they were decided."""
    breaks = [row | {"hour_at": hour_of(row["requested_at"])} for row in truth.lake.events("ad_requests")]
    found = []
    for (_, placement, hour_at), group in grouped(breaks, "country_id", "placement", "hour_at").items():
        took = sorted(row["decision_ms"] for row in group)
        day = group[0]["requested_at"].date()
        target = truth.of(rules).on("ad_decision_target_ms", day)
        filled, within = sum(row["is_filled"] for row in group), sum(each < target for each in took)
        found.append(
            {
                "geography_id": country_geography(group[0]["country_id"]),
                "placement": placement,
                "hour_at": hour_at,
                "hour_date": day,
                "requests": len(group),
                "filled": filled,
                "fill_rate": ratio(filled, len(group)),
                **{f"decision_p{percent}_ms": nearest_rank(took, percent) for percent in (50, 95, 99)},
                "target_ms": target,
                "within_target": within,
                "within_target_share": ratio(within, len(took)),
            }
        )
    return found


def advertiser_performance(truth: Truth) -> list[Row]:
    """Campaigns by the month that bills: what they brought, and where they stood at the end of their last day."""
    days: dict[tuple[int, date], list[Row]] = defaultdict(list)
    for row in truth.of(campaign_daily):
        days[row["campaign_id"], month_of(row["billed_date"])].append(row)
    booked = {row["campaign_id"]: row for row in truth.of(dim_campaign) if row["is_current"]}
    summed = ("impressions", "valid_impressions", "viewable_impressions", "clicks", "spend_micro")
    ended_with = (
        "advertiser_id", "campaign_key", "currency_code", "spent_micro", "budget_left_micro", "delivered_impressions",
        "goal_impressions", "pacing",
    )  # fmt: skip
    found = []
    for (campaign_id, month), rows in days.items():
        campaign, last = booked[campaign_id], max(rows, key=lambda row: row["billed_date"])
        total = {name: sum(row[name] for row in rows) for name in (*summed, "spend_reporting_micro")}
        valid = total["valid_impressions"]
        found.append(
            {
                "booking_month": month,
                "campaign_id": campaign_id,
                "campaign": campaign["name"],
                **{name: campaign[name] for name in ("advertiser", "campaign_type", "pricing_model")},
                **total,
                "viewable_rate": ratio(total["viewable_impressions"], valid),
                "click_through_rate": ratio(total["clicks"], valid),
                "effective_cpm": ratio(total["spend_reporting_micro"], valid * 1_000),
                **{name: last[name] for name in ended_with},
                "is_closed": closes_at(month) <= truth.lake.clock,
            }
        )
    return found


def campaign_attribution(truth: Truth) -> list[Row]:
    """Plays of what campaigns promote, by local day of their flights, and those that followed a valid impression."""
    first: dict[tuple[int, int], datetime] = {}
    for row in truth.of(impressions):
        if row["is_valid"]:
            seen = (row["campaign_id"], row["user_id"])
            first[seen] = min(row["rendered_at"], first.get(seen, END))
    plays = grouped(truth.of(streams), "content_id")
    found = []
    for campaign_id, versions in truth.of(campaigns).versions.items():
        booked = versions[-1].row
        content_id = booked["promoted_content_id"]
        if content_id is None:
            continue
        flight = [
            row for row in plays.get((content_id,), []) if booked["starts_at"] <= row["started_at"] < booked["ends_at"]
        ]
        for (day,), rows in grouped(flight, "local_date").items():
            touched = [row for row in rows if first.get((campaign_id, row["user_id"]), END) <= row["started_at"]]
            found.append(
                {
                    "campaign_id": campaign_id,
                    "content_id": content_id,
                    "local_date": day,
                    "plays": len(rows),
                    "qualified_streams": sum(row["is_qualified"] for row in rows),
                    "listeners": len({row["user_id"] for row in rows}),
                    "touched_listeners": len({row["user_id"] for row in touched}),
                    "touched_plays": len(touched),
                    "attributable_streams": sum(row["is_qualified"] for row in touched),
                }
            )
    return found
