"""Billing: documents that add up, lives that follow their rules, and figures near the real ones."""

from datetime import date
from functools import cache

import numpy as np
import pytest

from generators.core.calendar import midnight
from generators.core.world import World
from generators.domains import billing
from generators.domains.billing import ledger as log
from generators.domains.billing.lifecycle import add_months
from generators.domains.billing.prices import net_of, prices, read
from generators.domains.billing.timeline import Timeline, tier_at, timeline
from tests.python.generators.tables_in_duckdb import FIRST, clean_database, count, same_alone, violations, world

TRIAL_TO_PAID, TRIAL_TOLERANCE = 0.74, 0.04
LOWEST_CHURN, HIGHEST_CHURN = 0.015, 0.08
"""Of the realism table: share of trials that become paid; monthly churn of paying customers."""


def test_every_declared_constraint_holds() -> None:
    assert violations("billing") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(billing, (1, 17, 36)) == []


def test_a_wider_horizon_changes_nothing() -> None:
    near, far = World(7, 0.1, FIRST), World(7, 0.1, FIRST)
    far.reach(date(2027, 6, 1))
    for sheet in ("changes", "events", "invoices", "closings", "attempts"):
        short = getattr(timeline(near, FIRST), sheet)
        long = getattr(timeline(far, FIRST), sheet)
        inside = long["at"] < timeline(near, FIRST).horizon
        for name, values in short.items():
            np.testing.assert_array_equal(values, long[name][inside], err_msg=f"{sheet}.{name}")


def test_invoices_are_the_sum_of_their_lines() -> None:
    wrong = """
        select count(*) from invoices as i join (
            select invoice_id,
                sum(amount_minor) filter (where line_type not in ('tax', 'discount')) as subtotal,
                coalesce(-sum(amount_minor) filter (where line_type = 'discount'), 0) as discount,
                coalesce(sum(amount_minor) filter (where line_type = 'tax'), 0) as tax,
                sum(amount_minor) as total, min(currency_code) as low, max(currency_code) as high
            from invoice_lines group by invoice_id
        ) as l using (invoice_id)
        where i.subtotal_minor <> l.subtotal or i.discount_minor <> l.discount or i.tax_minor <> l.tax
            or i.total_minor <> l.total or l.low <> i.currency_code or l.high <> i.currency_code
    """
    assert count("select count(*) from invoices") > 100
    assert count(wrong) == 0
    assert count("select count(*) from invoices where invoice_id not in (select invoice_id from invoice_lines)") == 0


def test_tax_is_what_the_price_contains() -> None:
    wrong = """
        select count(*) from invoices as i join subscriptions_all as s using (subscription_id)
        join plan_prices as p using (plan_price_id)
        where i.total_minor - i.tax_minor
            <> (2 * i.total_minor * 1000000 + 1000000 + p.tax_rate_ppm) // (2 * (1000000 + p.tax_rate_ppm))
    """
    assert count(wrong) == 0
    gross, tax = np.array([13900, 2390, 5490000, 1, 3]), np.array([180000, 86500, 110000, 180000, 500000])
    exact = [round(g * 1_000_000 / (1_000_000 + t)) for g, t in zip(gross.tolist(), tax.tolist(), strict=True)]
    assert net_of(gross, tax).tolist() == exact


def test_transactions_pay_their_document() -> None:
    wrong = """
        select count(*) from transactions as t left join invoices as i using (invoice_id) left join tips using (tip_id)
        where t.amount_minor <> coalesce(i.total_minor, tips.amount_minor)
            or t.currency_code <> coalesce(i.currency_code, tips.currency_code)
            or t.user_id <> coalesce(i.user_id, tips.user_id)
            or (t.purpose = 'subscription') <> (t.invoice_id is not null)
    """
    assert count(wrong) == 0
    paid_once = """
        select count(*) from invoices as i left join (
            select invoice_id, count(*) filter (where status = 'succeeded') as captured from transactions group by 1
        ) as t using (invoice_id)
        where i.issued_at >= timestamptz '2026-01-01' and (i.status = 'paid') <> (coalesce(t.captured, 0) = 1)
    """
    assert count(paid_once) == 0


def test_refunds_give_back_what_was_paid_before() -> None:
    wrong = """
        select count(*) from refunds as r join transactions as t using (transaction_id)
        where t.status <> 'succeeded' or r.refunded_at <= t.transacted_at or r.currency_code <> t.currency_code
            or r.amount_minor > t.amount_minor or r.is_full <> (r.amount_minor = t.amount_minor)
    """
    assert count("select count(*) from refunds") > 0
    assert count(wrong) == 0
    trail = "select count(*) from transaction_events where event_type = 'refunded'"
    assert count(trail) == count("select count(*) from refunds")


def test_each_transaction_has_its_trail() -> None:
    wrong = """
        select count(*) from transactions as t left join (
            select transaction_id, string_agg(event_type, ',' order by occurred_at) as steps, max(occurred_at) as last
            from transaction_events where event_type <> 'refunded' group by 1
        ) as e using (transaction_id)
        where e.last <> t.transacted_at or e.steps is distinct from
            case t.status when 'succeeded' then 'created,authorised,captured' else 'created,failed' end
    """
    assert count(wrong) == 0


LEGAL = {
    ("pending", "trial"), ("pending", "active"), ("pending", "expired"), ("pending", "cancelled"),
    ("trial", "active"), ("trial", "grace"), ("trial", "cancelled"),
    ("active", "active"), ("active", "grace"), ("active", "paused"), ("active", "cancelled"), ("active", "expired"),
    ("grace", "active"), ("grace", "on_hold"), ("grace", "expired"), ("grace", "cancelled"),
    ("on_hold", "active"), ("on_hold", "expired"), ("on_hold", "cancelled"),
    ("paused", "active"), ("paused", "expired"), ("paused", "cancelled"),
    ("cancelled", "active"), ("cancelled", "expired"),
}  # fmt: skip


def test_lives_take_legal_steps_only() -> None:
    steps = """
        select lag(state) over (partition by subscription_id order by change_no) as before, state from subscriptions_all
    """
    found = clean_database().execute(f"select distinct before, state from ({steps})").fetchall()
    taken = {(before, after) for before, after in found if before is not None}
    assert taken <= LEGAL, taken - LEGAL
    assert {after for before, after in found if before is None} == {"pending"}
    assert {"trial", "active", "grace", "on_hold", "cancelled", "expired"} <= {after for _, after in taken}


def test_events_tell_the_steps_of_the_change_rows() -> None:
    rows = """
        select subscription_id, state, changed_at from subscriptions_all
        where not (state = 'active' and change_no = 0)
        except select subscription_id, to_state, occurred_at from subscription_events
    """
    assert count(f"select count(*) from ({rows})") == 0


def test_no_account_pays_twice_at_a_time() -> None:
    overlap = """
        select count(*) from subscriptions as a join subscriptions as b
        on a.user_id = b.user_id and a.subscription_id < b.subscription_id
        where a.ended_at is null or a.ended_at > b.started_at
    """
    assert count(overlap) == 0
    shared = "select count(*) from subscriptions_all s join plans p using (plan_id)"
    assert count(f"{shared} where (p.variant in ('duo', 'family')) <> (s.household_id is not null)") == 0


@cache
def large() -> Timeline:
    """Timeline of a larger population, for shares."""
    return timeline(World(11, 2.0, FIRST), date(2026, 3, 31))


def test_trials_convert_as_they_do() -> None:
    c = large().changes
    ended = (c["trial_end"] < midnight(date(2026, 3, 1))) & (c["state"] == log.TRIAL)
    paid = (c["state"] == log.ACTIVE) & (c["at"] >= c["trial_end"])
    share = np.isin(c["subscription"][ended], c["subscription"][paid]).mean()
    assert share == pytest.approx(TRIAL_TO_PAID, abs=TRIAL_TOLERANCE)


@pytest.mark.parametrize("month", [1, 2])
def test_paid_churn_is_within_what_platforms_report(month: int) -> None:
    c = large().changes
    last = np.r_[np.diff(c["subscription"]) != 0, True]
    until = np.where(last, np.iinfo(np.int64).max, np.r_[c["at"][1:], 0])
    paying = np.isin(c["state"], (log.ACTIVE, log.GRACE, log.CANCELLED)) & (c["prepaid"] == 0)
    paying &= ~((c["state"] == log.CANCELLED) & (c["period_end"] == c["trial_end"]))

    def customers(day: date) -> set[int]:
        inside = paying & (c["at"] <= midnight(day)) & (until > midnight(day))
        return set(c["user"][inside].tolist())

    before, after = customers(date(2026, month, 1)), customers(date(2026, month + 1, 1))
    assert LOWEST_CHURN < len(before - after) / len(before) < HIGHEST_CHURN


def test_returning_customers_get_a_new_subscription() -> None:
    c = large().changes
    first = c["change_no"] == 0
    assert (np.bincount(c["user"][first]) > 1).sum() > 100
    assert (np.diff(c["at"][first]) >= 0).all(), "ids rise with creation"


def test_prices_of_the_launch_markets() -> None:
    rows = {
        (r["country"], r["plan"], r["cycle"]): int(r["price_minor"])
        for r in read("plan_prices.csv")
        if r["valid_from"] <= "2026-01-01" and (not r["valid_to"] or r["valid_to"] > "2026-01-01")
    }
    assert rows["IN", "prime_individual", "month"] == 13_900
    assert rows["IN", "pro_individual", "month"] == 19_900
    assert rows["IN", "pro_family", "month"] == 29_900
    assert rows["BR", "prime_individual", "month"] == 2_390
    assert rows["BR", "prime_family", "month"] == 4_090
    assert rows["ID", "prime_individual", "month"] == pytest.approx(5_490_000, rel=0.02)
    assert {("IN", "prime_individual", c) for c in ("week", "day")} <= set(rows)
    assert {("ID", "prime_individual", c) for c in ("week", "day")} <= set(rows)
    changed = {r["country"] for r in read("plan_prices.csv") if "2026-01-01" < r["valid_from"] < "2026-04-01"}
    assert changed == {"ID"}


def test_pix_and_passes_do_not_renew() -> None:
    pix = "select count(*) from subscriptions s join payment_methods m using (payment_method_id)"
    assert count(f"{pix} where m.method_type = 'pix'") > 0
    assert count(f"{pix} where m.method_type = 'pix' and not s.is_prepaid") == 0
    renewed = """
        select count(*) from subscription_events e join subscriptions s using (subscription_id)
        where s.is_prepaid and e.event_type = 'renewed' and e.from_state <> 'pending'
    """
    assert count(renewed) == 0


def test_tiers_follow_the_change_rows_and_households() -> None:
    expected = """
        with periods as (
            select s.user_id, s.household_id, p.tier, s.state, s.changed_at as since,
                coalesce(lead(s.changed_at) over (partition by s.subscription_id order by s.change_no),
                    timestamptz '9999-12-31') as until
            from subscriptions_all s join plans p using (plan_id)
        ), granted as (select * from periods where state in ('trial', 'active', 'grace', 'cancelled')),
        asked as (select user_id, timestamptz '2026-01-20 12:00:00' as at from users where created_at < '2026-01-20'),
        own as (select a.user_id, g.tier from asked a join granted g
            on g.user_id = a.user_id and g.since <= a.at and a.at < g.until),
        inherited as (select a.user_id, g.tier from asked a join household_members m
            on m.user_id = a.user_id and m.joined_at <= a.at and (m.left_at is null or m.left_at > a.at)
            join granted g on g.household_id = m.household_id and g.since <= a.at and a.at < g.until)
        select a.user_id, coalesce(max(case t.tier when 'pro' then 2 when 'prime' then 1 else 0 end), 0)
        from asked a left join (select * from own union all select * from inherited) t using (user_id)
        group by a.user_id order by a.user_id
    """
    rows = np.array(clean_database().execute(expected).fetchall())
    found = tier_at(world(), rows[:, 0], np.full(len(rows), np.datetime64("2026-01-20T12:00:00", "us")))
    np.testing.assert_array_equal(found, rows[:, 1])
    assert set(found.tolist()) == {0, 1, 2}


def test_months_end_on_their_last_day() -> None:
    at = np.array([midnight(date(2026, 1, 31)) + 5, midnight(date(2024, 2, 29)), midnight(date(2026, 12, 15))])
    after = add_months(at, np.array([1, 12, 1]))
    wanted = [midnight(date(2026, 2, 28)) + 5, midnight(date(2025, 2, 28)), midnight(date(2027, 1, 15))]
    assert after.tolist() == wanted


def test_money_is_in_the_currency_of_the_market() -> None:
    wrong = """
        select count(*) from tips t asof join users_all u on u.user_id = t.user_id and u.changed_at <= t.tipped_at
        join countries c on c.country_id = u.payment_country_id where c.currency_code <> t.currency_code
    """
    assert count(wrong) == 0
    wrong = """
        select count(*)
        from invoices i join subscriptions s using (subscription_id) join plan_prices p using (plan_price_id)
        where p.currency_code <> i.currency_code
    """
    assert count(wrong) == 0


def test_no_card_number_is_kept() -> None:
    assert count("select count(*) from payment_methods where length(last_four) > 4") == 0
    assert count("select count(*) from payment_methods where regexp_matches(token, '^[0-9]{12,19}$')") == 0
    assert prices().amount.min() == 0
