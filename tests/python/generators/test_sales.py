"""What is paid for tickets, orders, support, memberships, promotions and placements: as the documents say."""

from __future__ import annotations

import duckdb
import pytest

from generators.domains import sales
from tests.python.generators.tables_in_duckdb import count, same_alone
from tests.python.generators.two_seeds import SEEDS, Ask, asker

PART = "(({amount} * {ppm} + 500000) // 1000000)"
DOCUMENTS = {
    # purpose: id, payer, artist, amount, commission, currency and instant of each payment that is due
    "ticket": f"""
        select live_ticket_id as id, buyer_user_id as user_id, e.artist_id, price_minor as amount,
            {PART.format(amount="price_minor", ppm="commission_ppm")} as commission, currency_code, purchased_at as due,
            cast(e.scheduled_start_at as date) as served, t.transaction_id
        from live_tickets as t join live_events as e using (live_event_id)
    """,
    "order": f"""
        select order_id as id, user_id, artist_id, total_minor as amount,
            {PART.format(amount="items_minor", ppm="commission_ppm")} as commission, currency_code, paid_at as due,
            null as served, null as transaction_id
        from orders where paid_at is not null
    """,
    "fan_subscription": f"""
        select fan_subscription_id as id, s.user_id, t.artist_id, s.amount_minor as amount,
            {PART.format(amount="s.amount_minor", ppm="commission_ppm")} as commission, s.currency_code,
            s.current_period_start_at as due, null as served, s.transaction_id
        from fan_subscriptions_all as s join fan_tiers as t using (fan_tier_id)
        where s.changed_at = s.current_period_start_at
    """,
    "community": f"""
        select community_subscription_id as id, s.user_id, c.artist_id, s.fee_minor as amount,
            {PART.format(amount="s.fee_minor", ppm="commission_ppm")} as commission, s.currency_code,
            s.current_period_start_at as due, null as served, s.transaction_id
        from community_subscriptions_all as s join communities as c using (community_id)
        where s.changed_at = s.current_period_start_at
    """,
    "placement": """
        select featured_item_id as id, null as user_id, artist_id, price_minor as amount, price_minor as commission,
            currency_code, created_at as due, null as served, transaction_id
        from featured_items_all where change_no = 0
    """,
}
FIRST = "timestamptz '2026-01-01 00:00:00+00'"


@pytest.fixture(params=SEEDS)
def ask(request: pytest.FixtureRequest, clean_tables: duckdb.DuckDBPyConnection) -> Ask:
    """Both data sets in turn."""
    return asker(request.param, clean_tables)


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(sales, (1, 9, 36)) == []


@pytest.mark.parametrize("purpose", DOCUMENTS)
def test_each_document_is_paid_once_as_it_says(ask: Ask, purpose: str) -> None:
    paid = f"select * from transactions where purpose = '{purpose}' and status = 'succeeded'"
    differing = f"""
        select d.id, p.document_id, d.due, p.transacted_at
        from (select * from ({DOCUMENTS[purpose]}) where due >= {FIRST}) as d
        full join ({paid}) as p on d.id = p.document_id and d.due = p.transacted_at
        where p.document_id is null or d.id is null or d.artist_id <> p.artist_id or d.amount <> p.amount_minor
            or coalesce(d.user_id, p.user_id) <> p.user_id or d.commission <> p.commission_minor
            or d.currency_code <> p.currency_code or d.served is distinct from p.served_date
            or d.transaction_id <> p.transaction_id
    """
    assert ask(differing) == []
    assert len(ask(paid)) > 0


def test_what_was_paid_before_the_data_has_no_payment(ask: Ask) -> None:
    for purpose, documents in DOCUMENTS.items():
        named = f"select 1 from ({documents}) where due < {FIRST} and transaction_id is not null"
        assert ask(named) == [], purpose


def test_what_is_not_paid_was_tried(ask: Ask) -> None:
    """Orders that were given up, and the renewal that support ended for."""
    given_up = f"""
        select order_id as id, 'order' as purpose from orders where status = 'cancelled' and created_at >= {FIRST}
        union all
        select fan_subscription_id, 'fan_subscription' from fan_subscriptions
        where end_reason = 'involuntary' and ended_at >= {FIRST}
    """
    tried = "select document_id as id, purpose, transacted_at as at, status from transactions"
    never = f"select * from ({given_up}) as g anti join ({tried} where status = 'failed') as t using (id, purpose)"
    assert ask(never) == []
    assert len(ask(given_up)) > 0
    paid_after = f"""
        select 1 from ({given_up}) as g join ({tried}) as t using (id, purpose)
        where purpose = 'order' and status = 'succeeded'
    """
    assert ask(paid_after) == []


def test_first_attempts_fail_sometimes() -> None:
    """Some seconds before the one that succeeds."""
    again = """
        select count(*) from transactions as f join transactions as s
            on s.purpose = f.purpose and s.document_id = f.document_id and s.status = 'succeeded'
            and s.transacted_at = f.transacted_at + interval 5 second and s.amount_minor = f.amount_minor
        where f.status = 'failed' and f.document_id is not null
    """
    assert count(again) > 0


def test_tickets_given_back_are_refunded(ask: Ask) -> None:
    back = f"""
        select t.live_ticket_id, t.refunded_at, r.refunded_at, r.amount_minor, t.price_minor
        from (select * from live_tickets where refunded_at is not null and purchased_at >= {FIRST}) as t
        full join (
            select refunds.*, document_id from refunds join transactions using (transaction_id) where purpose = 'ticket'
        ) as r on r.transaction_id = t.transaction_id
        where r.refund_id is null or t.live_ticket_id is null or r.refunded_at <> t.refunded_at
            or r.amount_minor <> t.price_minor or not r.is_full
    """
    assert ask(back) == []
    assert len(ask("select 1 from live_tickets where refunded_at is not null")) > 0


def test_promotions_are_paid_as_their_ledger_says(ask: Ask) -> None:
    """What was charged less what was paid back is what the ledger holds, of those that are not paid by transfer."""
    differing = f"""
        with paid as (
            select t.document_id as id, sum(t.amount_minor - coalesce(r.amount_minor, 0)) as amount,
                any_value(t.currency_code) as currency_code, max(t.commission_minor) as commission
            from transactions as t left join refunds as r using (transaction_id)
            where t.purpose = 'promotion' and t.status = 'succeeded' group by 1
        ), booked as (
            select creator_promotion_id as id, sum(amount_minor) as amount, min(booked_at) as first_at,
                any_value(currency_code) as currency_code
            from promotion_ledger_all group by 1
        )
        select * from booked join paid using (id)
        where first_at >= {FIRST} and (booked.amount <> paid.amount or booked.currency_code <> paid.currency_code
            or commission <> 0)
    """
    assert ask(differing) == []


def test_promotions_are_paid(ask: Ask) -> None:
    unnamed = """
        select t.document_id from transactions as t left join creator_promotions as p
            on p.creator_promotion_id = t.document_id and p.artist_id = t.artist_id
        where t.purpose = 'promotion' and p.creator_promotion_id is null
    """
    assert ask(unnamed) == []


def test_each_payment_has_its_trail(ask: Ask) -> None:
    wrong = """
        select t.transaction_id from transactions as t left join (
            select transaction_id, max(occurred_at) filter (where event_type in ('captured', 'failed')) as ended,
                max(occurred_at) filter (where event_type = 'refunded') as refunded
            from transaction_events group by 1
        ) as e using (transaction_id) left join refunds as r using (transaction_id)
        where t.document_id is not null
            and (e.ended is distinct from t.transacted_at or e.refunded is distinct from r.refunded_at)
    """
    assert ask(wrong) == []
