"""Marketing: campaigns keep to their budget, coupons and referrals lead to the subscriptions that they claim."""

import numpy as np
import pytest

from generators.core.calendar import DAY, midnight
from generators.core.listening import main_batch
from generators.core.rules import CAMPAIGN_SHIFT
from generators.core.world import World
from generators.domains import marketing
from generators.domains.billing import ledger as log
from generators.domains.billing.timeline import timeline
from generators.domains.marketing.promotions import promoted_on
from generators.domains.marketing.touches import CLICKED, touches
from tests.python.generators.tables_in_duckdb import FIRST, clean_database, count, same_alone, violations

LEAD_DAYS = 25
LED_BEFORE, LED_TOLERANCE = 0.33, 0.1
"""Planted: first subscriptions of accounts that are a month old with a click in the 25 days before. Half are to have
one, of which those fall away that no campaign was running for or whose account allows no contact."""


def test_every_declared_constraint_holds() -> None:
    assert violations("marketing") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(marketing, (1, 17, 36)) == []


def test_every_channel_is_there_in_every_market() -> None:
    assert count("select count(distinct (channel, target_country_id)) from promo_campaigns") == 18


def test_campaigns_spend_while_they_run_and_within_their_budget() -> None:
    over = """
        select count(*) from (
            select promo_campaign_id, sum(amount_minor) as spent from promo_spend group by 1
        ) join promo_campaigns using (promo_campaign_id) where spent > budget_minor
    """
    assert count("select count(*) from promo_spend") > 200
    assert count(over) == 0
    idle = """
        select count(*) from promo_spend as s join promo_campaigns as c using (promo_campaign_id)
        where s.channel <> c.channel or s.currency_code <> c.currency_code
            or c.starts_at >= s.spend_date + interval 1 day or c.ends_at <= s.spend_date
            or not exists (
                select 1 from (
                    select *, lead(changed_at, 1, timestamptz '9999-12-31') over (
                        partition by promo_campaign_id order by change_no) as until
                    from promo_campaigns_all
                ) as p
                where p.promo_campaign_id = s.promo_campaign_id and p.status = 'active'
                    and p.changed_at < s.spend_date + interval 1 day and p.until > s.spend_date)
    """
    assert count(idle) == 0
    paused = """
        with pauses as (
            select promo_campaign_id, changed_at as since, lead(changed_at) over (
                partition by promo_campaign_id order by change_no) as until, status
            from promo_campaigns_all
        )
        select count(*) from pauses as p join promo_spend as s using (promo_campaign_id)
        where p.status = 'paused' and p.since <= s.spend_date and p.until >= s.spend_date + interval 1 day
    """
    assert count("select count(*) from promo_campaigns_all where status = 'paused'") > 0
    assert count(paused) == 0


def test_coupons_are_used_while_they_hold_and_within_their_limits() -> None:
    wrong = """
        select count(*) from coupon_redemptions as r join coupons as c using (coupon_id)
        join subscriptions_all as s on s.subscription_id = r.subscription_id and s.change_no = 0
        join plan_prices as p using (plan_price_id)
        where r.redeemed_at < c.valid_from or r.redeemed_at >= c.valid_to or s.user_id <> r.user_id
            or p.country_id <> c.country_id or p.currency_code <> r.currency_code
            or c.plan_id <> s.plan_id or r.discount_minor <> s.recurring_discount_minor
            or (c.discount_type = 'trial') <> (s.trial_ends_at is not null)
            or r.discount_minor <> coalesce(p.price_minor * c.discount_ppm // 1000000 // 10 * 10, 0)
    """
    assert (
        count("select count(distinct c.discount_type) from coupon_redemptions join coupons as c using (coupon_id)") == 2
    )
    assert count("select count(*) from coupon_redemptions join coupons using (coupon_id) where max_redemptions > 0") > 0
    assert count(wrong) == 0
    over = """
        select count(*) from (
            select coupon_id, count(*) as used, count(distinct user_id) as users from coupon_redemptions group by 1
        ) join coupons using (coupon_id)
        where used > max_redemptions or (max_redemptions_per_user = 1 and used > users)
    """
    assert count(over) == 0


def test_each_discount_that_was_paid_is_that_of_a_coupon() -> None:
    missing = """
        select count(*) from subscriptions_all as s
        where s.change_no = 0 and s.recurring_discount_minor > 0
            and s.subscription_id not in (select subscription_id from coupon_redemptions)
            and exists (
                select 1 from invoices as i join transactions as t using (invoice_id)
                where i.subscription_id = s.subscription_id and t.status = 'succeeded'
                    and t.transacted_at >= timestamptz '2026-01-01')
    """
    assert count(missing) == 0
    unpaid = """
        select count(*) from coupon_redemptions as r join transactions as t using (transaction_id)
        join invoices as i using (invoice_id)
        where t.status <> 'succeeded' or t.user_id <> r.user_id or i.subscription_id <> r.subscription_id
            or i.discount_minor = 0 or t.transacted_at <> r.redeemed_at
    """
    assert count(unpaid) == 0


def test_influencers_work_for_their_campaigns() -> None:
    wrong = """
        select count(*) from influencer_collaborations as w join promo_campaigns as c using (promo_campaign_id)
        join influencers as i using (influencer_id) left join coupons as k using (coupon_id)
        where c.channel <> 'influencer' or c.target_country_id <> i.country_id or w.currency_code <> c.currency_code
            or w.starts_at <> c.starts_at or w.ends_at <> c.ends_at or i.created_at >= w.created_at
            or k.promo_campaign_id <> c.promo_campaign_id
    """
    assert count("select count(*) from influencer_collaborations") > 3
    assert count(wrong) == 0
    over = """
        select count(*) from (
            select promo_campaign_id, sum(fee_minor) as fees from influencer_collaborations group by 1
        ) join promo_campaigns using (promo_campaign_id) where fees > budget_minor
    """
    assert count(over) == 0


def test_referrals_lead_to_the_accounts_and_payments_that_they_claim() -> None:
    wrong = """
        select count(*) from referrals as r join users as a on a.user_id = r.referrer_user_id
        join referral_programs as p using (referral_program_id) left join users as b on b.user_id = r.referee_user_id
        left join subscriptions as s using (subscription_id)
        where a.created_at >= r.invited_at or a.deleted_at <= r.invited_at or b.created_at <> r.signed_up_at
            or s.user_id <> r.referee_user_id or s.started_at > r.qualified_at
            or r.qualified_at >= r.signed_up_at + to_days(p.qualifying_days)
            or r.reward_minor <> p.referrer_reward_minor or r.currency_code <> p.currency_code
            or cast(r.invited_at as date) < p.valid_from or cast(r.invited_at as date) > p.valid_to
    """
    assert count("select count(distinct state) from referrals") >= 4
    assert count(wrong) == 0
    first_paid = """
        select count(*) from referrals as r join (
            select user_id, min(paid_at) as paid_at from invoices where status = 'paid' group by 1
        ) as i on i.user_id = r.referee_user_id
        where r.signed_up_at >= timestamptz '2026-01-01' and r.qualified_at is distinct from i.paid_at
    """
    assert count(first_paid) == 0
    greedy = """
        select count(*) from (select referrer_user_id, count(*) as n from referrals where state = 'rewarded' group by 1)
        where n > 10
    """
    assert count(greedy) == 0


def test_creators_pay_for_the_campaigns_that_deliver_their_promotions() -> None:
    wrong = """
        select count(*) from creator_promotions as p join campaigns as c using (campaign_id)
        where c.campaign_type <> 'promotional' or c.creator_artist_id <> p.artist_id or c.status <> p.state
            or c.promoted_content_id <> p.content_id or c.budget_minor <> p.budget_minor
            or c.currency_code <> p.currency_code or c.starts_at <> p.scheduled_from or c.ends_at <> p.scheduled_to
    """
    assert count(wrong) == 0
    assert count("select count(*) from creator_promotions") == count(
        "select count(*) from campaigns where campaign_type = 'promotional'"
    )
    unbalanced = """
        select count(*) from creator_promotions left join (
            select creator_promotion_id, sum(amount_minor) as paid from promotion_ledger group by 1
        ) using (creator_promotion_id) where paid is distinct from budget_minor
    """
    assert count(unbalanced) == 0


def test_contacts_are_of_campaigns_that_run_with_those_who_allow_them() -> None:
    wrong = """
        select count(*) from marketing_touches as t
        asof join promo_campaigns_all as c
            on c.promo_campaign_id = t.promo_campaign_id and c.changed_at <= t.touched_at
        where c.channel <> t.channel or (t.touch_type <> 'clicked' and c.status <> 'active')
            or (t.touch_type = 'sent') <> (t.channel in ('email', 'push') and t.touch_type <> 'clicked')
    """
    assert count("select count(*) from marketing_touches") > 300
    assert count(wrong) == 0
    unasked = """
        select count(*) from marketing_touches as t
        asof join user_settings_all as s on s.user_id = t.user_id and s.changed_at <= t.touched_at
        where (t.channel = 'email' and t.touch_type = 'sent' and not s.allows_marketing_email)
            or (t.channel = 'push' and not s.allows_push)
    """
    assert count(unasked) == 0
    absent = """
        select count(*) from marketing_touches as t join users as u using (user_id)
        left join devices as d using (device_id)
        where u.created_at >= t.touched_at or u.deleted_at <= t.touched_at or d.user_id <> t.user_id
            or d.first_seen_at >= t.touched_at
    """
    assert count(absent) == 0
    unseen = """
        select count(*) from marketing_touches as t
        where t.touch_type = 'clicked' and t.touched_at >= timestamptz '2026-01-02' and not exists (
            select 1 from marketing_touches as b where b.promo_campaign_id = t.promo_campaign_id
                and b.user_id is not distinct from t.user_id and b.prospect_key is not distinct from t.prospect_key
                and b.touch_type <> 'clicked' and b.touched_at < t.touched_at)
    """
    assert count("select count(*) from marketing_touches where touch_type = 'clicked'") > 5
    assert count(unseen) == 0
    assert clean_database().execute("select count(*) from marketing_touches where user_id is null").fetchone() != (0,)


@pytest.mark.parametrize("seed", [11, 12])
def test_many_first_subscriptions_follow_a_click(seed: int) -> None:
    world = World(seed, 1.0, FIRST)
    contacts, line = touches(world), timeline(world, FIRST)
    bought = np.flatnonzero(line.events["kind"] == log.CREATED)
    user, first = np.unique(line.events["user"][bought], return_index=True)
    at = line.events["at"][bought[first]]
    inside = (at > midnight(FIRST) - 90 * DAY) & (at < midnight(world.horizon) - 32 * DAY)
    inside &= world.users(world.horizon).signup_at[user] < at - 30 * DAY
    clicked = contacts.kind == CLICKED
    latest = np.zeros(len(world.users(world.horizon)), dtype=np.int64)
    own = clicked & (contacts.user >= 0)
    np.maximum.at(latest, contacts.user[own], contacts.at[own])
    led = (latest[user] < at) & (latest[user] > at - LEAD_DAYS * DAY)
    assert inside.sum() > 200
    assert led[inside].mean() == pytest.approx(LED_BEFORE, abs=LED_TOLERANCE)


def test_a_day_on_which_nothing_is_promoted_is_made() -> None:
    """And nothing is ascribed to a promotion on it."""
    quiet, day = World(117, 0.05, FIRST), FIRST
    assert not len(promoted_on(quiet, day))
    _, plays = main_batch(quiet, day)
    assert len(plays) > 100
    assert not (plays.planted >> CAMPAIGN_SHIFT).any()
