"""Support: tickets have their cause, agents who are there and speak the language, and steps in order."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

from generators.core.calendar import HOUR, NEVER, midnight
from generators.core.columns import concatenate
from generators.core.sessions import heads_of
from generators.core.world import World
from generators.domains import support
from generators.domains.billing.documents import book
from generators.domains.support.tickets import FAILED, incident_of, tickets_of
from tests.python.generators.tables_in_duckdb import same_alone, violations
from tests.python.generators.test_community import none
from tests.python.generators.two_seeds import SEEDS, Ask, asker


@pytest.fixture(params=SEEDS)
def ask(request: pytest.FixtureRequest, clean_tables: duckdb.DuckDBPyConnection) -> Ask:
    """Both data sets in turn."""
    return asker(request.param, clean_tables)


def test_every_declared_constraint_holds() -> None:
    assert violations("support") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(support, (1, 9, 36)) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_smallest_worlds_can_be_made(seed: int) -> None:
    world = World(seed, 0.001)
    support.opening(world)
    for number in range(3):
        support.day(world, world.first_day + timedelta(days=number))


def test_steps_are_taken_in_order_and_change_the_ticket(ask: Ask) -> None:
    wrong = """
        select 1 from support_tickets_all t full join support_ticket_events e
            on e.support_ticket_id = t.support_ticket_id and e.occurred_at = t.changed_at
        where t.support_ticket_id is null or e.support_ticket_id is null
            or (e.event_type = 'opened') <> (t.change_no = 0)
            or (e.event_type = 'resolved' and (t.status <> 'resolved' or t.resolved_at <> e.occurred_at))
            or (e.event_type = 'reopened' and (t.status <> 'assigned' or t.reopened_count <> 1))
            or (e.event_type = 'escalated' and not t.is_escalated)
            or (e.event_type = 'replied' and t.first_reply_at <> e.occurred_at)
            or (e.event_type = 'waiting') <> (t.status = 'waiting')
            or (e.event_type = 'rated' and t.satisfaction is null)
            or (e.actor = 'agent' and e.support_agent_id <> t.support_agent_id)
    """
    none(ask, wrong, "select 1 from support_ticket_events", 60)
    steps = ask("""
        select distinct lag(event_type) over (partition by support_ticket_id order by occurred_at), event_type
        from support_ticket_events
    """)
    assert set(steps) <= {
        (None, "opened"), ("opened", "assigned"), ("assigned", "replied"), ("replied", "waiting"),
        ("replied", "escalated"), ("replied", "resolved"), ("waiting", "customer_replied"),
        ("customer_replied", "escalated"), ("customer_replied", "resolved"), ("escalated", "resolved"),
        ("resolved", "reopened"), ("resolved", "rated"), ("reopened", "resolved"),
    }  # fmt: skip


def test_tickets_on_payments_follow_from_them(ask: Ask) -> None:
    wrong = """
        select 1 from support_tickets t left join transactions p using (transaction_id)
        left join invoices i using (invoice_id)
        where (t.category in ('payment_failed', 'incorrect_billing')) <> (t.transaction_id is not null)
            or (t.transaction_id is not null and (p.user_id <> t.user_id or p.transacted_at >= t.opened_at
            or i.subscription_id is distinct from t.subscription_id
            or p.status <> case t.category when 'payment_failed' then 'failed' else 'succeeded' end))
    """
    none(ask, wrong, "select 1 from support_tickets")


def test_the_subscription_is_that_in_force(ask: Ask) -> None:
    wrong = """
        with states as (
            select subscription_id, user_id, state, changed_at as since, coalesce(lead(changed_at) over (
                partition by subscription_id order by change_no), timestamptz '9999-01-01') as until
            from subscriptions_all
        )
        select 1 from support_tickets t left join states s
            on s.user_id = t.user_id and s.since <= t.opened_at and t.opened_at < s.until
            and s.state in ('trial', 'active', 'grace', 'cancelled')
        where t.transaction_id is null and t.subscription_id is distinct from s.subscription_id
    """
    none(ask, wrong, "select 1 from support_tickets where subscription_id is not null and transaction_id is null")


def test_customers_and_devices_are_there(ask: Ask) -> None:
    wrong = """
        select 1 from support_tickets t join users u using (user_id) left join devices d using (device_id)
        where t.opened_at < u.created_at or t.opened_at >= coalesce(u.deleted_at, timestamptz '9999-01-01')
            or (t.category = 'buffering') <> (t.device_id is not null)
            or (t.category = 'content_removal') <> (t.content_id is not null)
            or d.user_id <> t.user_id or d.first_seen_at > t.opened_at
    """
    none(ask, wrong, "select 1 from support_tickets where category = 'buffering'")


def test_what_stutters_was_played(ask: Ask) -> None:
    """Some sessions are moved or dropped when their plays are drawn: most tickets follow a session of the device."""
    asked, played = ask("""
        select count(*), count(*) filter (exists (
            select 1 from listening_sessions s where s.device_id = t.device_id
            and s.started_at between t.opened_at - interval '90 minutes' and t.opened_at))
        from support_tickets t where t.category = 'buffering' and t.opened_at >= timestamptz '2026-01-02'
            and t.opened_at < (select max(started_at) from listening_sessions) - interval '1 day'
    """)[0]
    assert asked > 0
    assert played >= 0.6 * asked


def test_agents_are_there_and_speak_the_language(ask: Ask) -> None:
    wrong = """
        select 1 from support_tickets t join support_agents a using (support_agent_id)
        join support_ticket_events e on e.support_ticket_id = t.support_ticket_id and e.event_type = 'assigned'
        where a.language_id <> t.language_id or e.occurred_at < a.hired_at
            or e.occurred_at >= coalesce(a.left_at, timestamptz '9999-01-01')
    """
    none(ask, wrong, "select 1 from support_tickets where support_agent_id is not null", 15)


def test_incidents_are_felt_where_and_when_they_are(ask: Ask) -> None:
    wrong = """
        select 1 from support_tickets t join incidents i using (incident_id)
        where t.category <> 'buffering' or i.severity > 3 or i.detected_at >= t.opened_at
            or t.opened_at > coalesce(i.mitigated_at, timestamptz '9999-01-01') + interval '1 hour'
    """
    none(ask, wrong, "select 1 from support_tickets")


@pytest.mark.parametrize("seed", [3, 11])
def test_incidents_bring_tickets(seed: int) -> None:
    """The planted share of the sessions that begin in an incident, within four standard deviations."""
    world = World(seed, 2.0)
    days = [date(2026, 1, 2) + timedelta(days=n) for n in range(90)]
    hit = asked = 0
    for day in days:
        heads = heads_of(world, day)
        hit += int(((incident_of(world, day, heads) >= 0) & (heads.bot == 0) & (heads.lateness == 0)).sum())
        asked += int((tickets_of(world, day).incident >= 0).sum())
    assert hit > 12
    share = world.effect("incidents.tickets")
    spread = 4 * np.sqrt(hit * share * (1 - share))
    assert 0.8 * hit * share - spread < asked < hit * share + spread


@pytest.mark.parametrize("seed", [3, 11])
def test_planted_effects_are_found(seed: int) -> None:
    """Who waits is less content by at least 0.4 stars; of failed payments the planted share is asked about."""
    world = World(seed, 1.0)
    days = [date(2026, 1, 2) + timedelta(days=n) for n in range(45)]
    made = concatenate([tickets_of(world, day) for day in days])
    rated = made.take(made.rated_at < NEVER)
    hours = (np.where(rated.reopened_at < NEVER, rated.again_at, rated.resolved_at) - rated.opened_at) / HOUR
    quick, slow = rated.rating[hours < 8], rated.rating[hours > 24]
    assert min(len(quick), len(slow)) > 15
    assert quick.mean() - slow.mean() > 0.4
    tries = book(world, days[-1]).line.attempts
    inside = (tries["at"] >= midnight(days[0])) & (tries["at"] < midnight(days[-1] + timedelta(days=1)))
    failed, asked = int((inside & (tries["ok"] == 0)).sum()), int((made.category == FAILED).sum())
    # Those that would be opened on another day, or by an account that is gone, are not.
    assert asked > 10
    share = world.effect("failed_payments.tickets")
    assert 0.6 * share * failed - 4 * np.sqrt(failed * share) < asked < share * failed + 4 * np.sqrt(failed * share)
