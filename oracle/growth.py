"""How accounts are won and kept: promotions, contacts, coupons, referrals, variants of experiments, challenges."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from oracle.calendar import instant
from oracle.days import NO_DATE
from oracle.dimensions import with_members
from oracle.exchange import micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import country_geography
from oracle.sessions import listening_sessions, milliseconds
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, users

CAMPAIGN, COUPON, COLLABORATION, PROGRAMME = 1, 2, 3, 4
"""Last digit of a promotion's key, by kind."""
NO_CURRENCY = "XXX"


def promotion_key(kind: int, source_id: int) -> int:
    """Key of a promotion."""
    return source_id * 10 + kind


def dim_promotion(truth: Truth) -> list[Row]:
    """Campaigns, coupons, collaborations and referral programmes; these go by the campaign that hands them out."""
    lake = truth.lake
    campaigns = {row["promo_campaign_id"]: row for row in lake.latest("promo_campaigns")}
    influencers = {row["influencer_id"]: row for row in lake.latest("influencers")}
    rows = [_promotion("campaign", CAMPAIGN, campaign_id, row, None) for campaign_id, row in campaigns.items()]
    for row in lake.latest("coupons"):
        told = row | {"code": row["coupon_code"], "name": row["coupon_code"], "starts_at": row["valid_from"]}
        told |= {"ends_at": row["valid_to"]}
        rows.append(_promotion("coupon", COUPON, row["coupon_id"], told, campaigns.get(row["promo_campaign_id"])))
    for row in lake.latest("influencer_collaborations"):
        who = influencers[row["influencer_id"]]
        told = row | {"code": who["handle"], "name": who["name"], "channel": "influencer"}
        told |= {"budget_minor": row["fee_minor"]}
        key = row["influencer_collaboration_id"]
        campaign = campaigns.get(row["promo_campaign_id"])
        rows.append(_promotion("influencer_collaboration", COLLABORATION, key, told, campaign))
    for row in lake.latest("referral_programs"):
        told = row | {"code": row["name"], "channel": "referral", "starts_at": instant(row["valid_from"])}
        told |= {"ends_at": None if row["valid_to"] is None else instant(row["valid_to"])}
        campaign = campaigns.get(row["promo_campaign_id"])
        rows.append(_promotion("referral_programme", PROGRAMME, row["referral_program_id"], told, campaign))
    texts = "promotion_kind code name channel objective target_segment status discount_type"
    return with_members(rows, texts, currency_code=NO_CURRENCY)


def _promotion(name: str, kind: int, source_id: int, row: Row, campaign: Row | None) -> Row:
    of_campaign = campaign or {}

    def inherited(column: str) -> str:
        return row.get(column) or of_campaign.get(column) or "none"

    country_id = row.get("target_country_id") or row.get("country_id") or of_campaign.get("target_country_id")
    return {
        "promotion_id": promotion_key(kind, source_id),
        "promotion_kind": name,
        "source_id": source_id,
        "code": row.get("code") or row.get("campaign_code"),
        "name": row["name"],
        "channel": inherited("channel"),
        "objective": inherited("objective"),
        "target_segment": inherited("target_segment"),
        "parent_promotion_id": (
            NOT_APPLICABLE if campaign is None else promotion_key(CAMPAIGN, campaign["promo_campaign_id"])
        ),
        "country_geography_id": country_geography(UNKNOWN if country_id is None else country_id),
        "status": row.get("status") or "none",
        "currency_code": row.get("currency_code") or NO_CURRENCY,
        "budget_minor": row.get("budget_minor"),
        "discount_type": row.get("discount_type") or "none",
        "discount_ppm": row.get("discount_ppm"),
        "trial_days": row.get("trial_days"),
        "starts_at": row["starts_at"],
        "ends_at": row["ends_at"],
    }


def dim_experiment_variant(truth: Truth) -> list[Row]:
    """Variants with what their experiment is about."""
    experiments = {row["experiment_id"]: row for row in truth.lake.latest("experiments")}
    rows = []
    for variant in truth.lake.latest("experiment_variants"):
        experiment = experiments[variant["experiment_id"]]
        kept = (
            "experiment_variant_id", "experiment_id", "variant_code", "description", "is_control", "planned_ppm",
        )  # fmt: skip
        told = ("experiment_code", "hypothesis", "surface", "status", "population_ppm", "starts_at", "ends_at")
        rows.append(
            {
                **{name: variant[name] for name in kept},
                **{name: experiment[name] for name in told},
                "experiment_name": experiment["name"],
            }
        )
    return with_members(rows, "experiment_code experiment_name hypothesis surface status variant_code description")


def _or_none(value: int | None) -> int:
    return NOT_APPLICABLE if value is None else value


def marketing_touches(truth: Truth) -> list[Row]:
    """Contacts of campaigns; a prospect has no account."""
    kept = ("marketing_touch_id", "channel", "touch_type", "touched_at", "arrived_at")
    return [
        {
            **{name: row[name] for name in kept},
            "promotion_id": promotion_key(CAMPAIGN, row["promo_campaign_id"]),
            "user_id": _or_none(row["user_id"]),
            "user_key": truth.of(users).key_of_event(row["user_id"], row["touched_at"]),
            "device_id": _or_none(row["device_id"]),
            "is_prospect": row["user_id"] is None,
            "is_click": row["touch_type"] == "clicked",
            "touched_date": row["touched_at"].date(),
        }
        for row in truth.lake.events("marketing_touches")
    ]


def coupon_redemptions(truth: Truth) -> list[Row]:
    """Coupons used, the subscriptions that they began, and the discount in euros."""
    coupons = {row["coupon_id"]: row for row in truth.lake.latest("coupons")}
    subscriptions = {row["subscription_id"]: row for row in truth.lake.latest("subscriptions")}
    first: dict[int, tuple[datetime, int]] = {}
    for row in subscriptions.values():
        begun = (row["started_at"], row["subscription_id"])
        first[row["user_id"]] = min(begun, first.get(row["user_id"], begun))
    kept = (
        "coupon_redemption_id", "user_id", "subscription_id", "currency_code", "discount_minor", "redeemed_at",
        "arrived_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.events("coupon_redemptions"):
        at, coupon = row["redeemed_at"], coupons[row["coupon_id"]]
        subscription = subscriptions[row["subscription_id"]]
        campaign_id = coupon["promo_campaign_id"]
        micro = row["discount_minor"] * truth.of(micro_per_minor)[row["currency_code"]]
        day = min(at.date(), row["arrived_at"].date())
        found.append(
            {
                **{name: row[name] for name in kept},
                "promotion_id": promotion_key(COUPON, row["coupon_id"]),
                "parent_promotion_id": (
                    NOT_APPLICABLE if campaign_id is None else promotion_key(CAMPAIGN, campaign_id)
                ),
                "user_key": truth.of(users).key_of_event(row["user_id"], at),
                "plan_id": subscription["plan_id"],
                "transaction_id": _or_none(row["transaction_id"]),
                "subscription_state": subscription["state"],
                "discount_reporting_micro": truth.of(rates).to_reporting(micro, row["currency_code"], day),
                "is_trial": coupon["discount_type"] == "trial",
                "is_first_subscription": first[subscription["user_id"]][1] == row["subscription_id"],
                "redeemed_date": at.date(),
            }
        )
    return found


def referrals(truth: Truth) -> list[Row]:
    """Invitations from the first step to the last that was reached."""
    steps = ("invited", "signed_up", "qualified", "rewarded", "expired")
    delays = {
        "sign_up_delay_ms": ("invited_at", "signed_up_at"),
        "qualifying_delay_ms": ("signed_up_at", "qualified_at"),
        "reward_delay_ms": ("qualified_at", "rewarded_at"),
    }
    found = []
    for row in truth.lake.latest("referrals"):
        found.append(
            {
                **{name: row[name] for name in ("referral_id", "state", "currency_code", "reward_minor")},
                **{f"{step}_at": row[f"{step}_at"] for step in steps},
                **{f"{step}_date": _day(row[f"{step}_at"]) for step in steps},
                **{f"is_{step}": row[f"{step}_at"] is not None for step in steps[1:]},
                **{name: milliseconds(row[begin], row[end]) for name, (begin, end) in delays.items()},
                "promotion_id": promotion_key(PROGRAMME, row["referral_program_id"]),
                "user_id": row["referrer_user_id"],
                "user_key": truth.of(users).key_of_event(row["referrer_user_id"], row["invited_at"]),
                "referee_user_id": _or_none(row["referee_user_id"]),
                "subscription_id": _or_none(row["subscription_id"]),
            }
        )
    return found


def _day(at: datetime | None) -> date:
    return NO_DATE if at is None else at.date()


def challenge_results(truth: Truth) -> list[Row]:
    """Who took part in challenges, and what the sessions say of what the app counted."""
    challenges = {row["challenge_id"]: row for row in truth.lake.latest("challenges")}
    played: dict[int, list[Row]] = defaultdict(list)
    for session in truth.of(listening_sessions):
        played[session["user_id"]].append(session)
    found = []
    for row in truth.lake.latest("challenge_participants"):
        challenge = challenges[row["challenge_id"]]
        begin = max(row["joined_at"], challenge["starts_at"])
        counted = [
            session
            for session in played.get(row["user_id"], [])
            if begin <= session["started_at"] < challenge["ends_at"]
        ]
        by_days = challenge["challenge_type"] == "listening_days"
        country_id = challenge["country_id"]
        kept = (
            "challenge_participant_id", "challenge_id", "user_id", "status", "score", "final_rank",
            "has_reached_goal", "joined_at", "ranked_at",
        )  # fmt: skip
        found.append(
            {
                **{name: row[name] for name in kept},
                **{name: challenge[name] for name in ("challenge_code", "challenge_type", "badge", "goal_score")},
                "user_key": truth.of(users).key_of_event(row["user_id"], row["joined_at"]),
                "country_geography_id": NOT_APPLICABLE if country_id is None else country_geography(country_id),
                "score_from_plays": len({session["started_date"] for session in counted}) if by_days else len(counted),
                "is_ranked": row["status"] == "ranked",
                "challenge_week_start_date": challenge["starts_at"].date(),
                "joined_date": row["joined_at"].date(),
            }
        )
    return found
