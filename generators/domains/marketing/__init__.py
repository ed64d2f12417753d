"""Marketing: campaigns with their spend and contacts, coupons, influencers, referrals, creators' promotions."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from generators.core.world import World
from generators.domains.marketing.campaigns import campaigns_table, issued_campaigns, spend_table
from generators.domains.marketing.coupons import coupons_table, issued_coupons, redemptions_table
from generators.domains.marketing.influencers import collaborations_table, influencers_table, issued_influencers
from generators.domains.marketing.promotions import issued_promotions, ledger_table, promotions_table
from generators.domains.marketing.referrals import issued_referrals, programs_table, referrals_table
from generators.domains.marketing.touches import touches_table

__all__ = ["day", "issued", "opening"]

AHEAD = timedelta(days=31)
"""What leads to a sign-up or a purchase precedes it by less: the world has to be known that far beyond a day."""
_MAKERS = {
    "promo_campaigns": campaigns_table,
    "promo_spend": spend_table,
    "coupons": coupons_table,
    "coupon_redemptions": redemptions_table,
    "influencers": influencers_table,
    "influencer_collaborations": collaborations_table,
    "referral_programs": programs_table,
    "referrals": referrals_table,
    "creator_promotions": promotions_table,
    "promotion_ledger": ledger_table,
    "marketing_touches": touches_table,
}


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    world.reach(world.first_day + AHEAD)
    return {name: make(world, None, world.first_day) for name, make in _MAKERS.items()}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    until = arrival_day + timedelta(days=1)
    world.reach(until + AHEAD)
    return {name: make(world, arrival_day, until) for name, make in _MAKERS.items()}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    world.reach(until + AHEAD)
    return {
        **issued_campaigns(world, until),
        **issued_coupons(world, until),
        **issued_influencers(world, until),
        **issued_referrals(world, until),
        **issued_promotions(world, until),
    }
