"""Live events: tickets at the price in force, viewers who are let in, chat by those who watch."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from generators.core.world import World
from generators.domains import live, notices
from tests.python.generators.tables_in_duckdb import count, same_alone, violations
from tests.python.generators.test_community import none
from tests.python.generators.two_seeds import SEEDS, Ask, asker


@pytest.fixture(params=SEEDS)
def ask(request: pytest.FixtureRequest, clean_tables: duckdb.DuckDBPyConnection) -> Ask:
    """Both data sets in turn."""
    return asker(request.param, clean_tables)


def test_every_declared_constraint_holds() -> None:
    assert violations("live") == []


@pytest.mark.parametrize("domain", [live, notices])
def test_days_are_the_same_alone_and_in_sequence(domain: object) -> None:
    assert same_alone(domain, (1, 9, 36)) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_smallest_worlds_can_be_made(seed: int) -> None:
    world = World(seed, 0.001)
    live.opening(world)
    for number in range(3):
        live.day(world, world.first_day + timedelta(days=number))


def test_steps_of_events_follow_each_other(ask: Ask) -> None:
    steps = ask("""
        select distinct lag(status) over (partition by live_event_id order by change_no) as before, status
        from live_events_all
    """)
    assert {(before, after) for before, after in steps} <= {
        (None, "scheduled"), ("scheduled", "live"), ("live", "completed"), ("scheduled", "cancelled"),
    }  # fmt: skip
    assert len(steps) == 4
    wrong = """
        select 1 from live_events e left join communities c using (community_id)
        where (c.community_id is not null and (c.artist_id <> e.artist_id or c.created_at >= e.created_at))
            or e.actual_start_at < e.scheduled_start_at or e.cancelled_at >= e.scheduled_start_at
            or (e.stream_key_hash is null) <> (
                select v.venue_type = 'physical' from venues v where v.venue_id = e.venue_id)
    """
    none(ask, wrong, "select 1 from live_events where community_id is not null")


def test_tickets_are_sold_while_on_sale_at_the_price_in_force(ask: Ask) -> None:
    wrong = """
        select t.live_ticket_id from live_tickets t
        join live_ticket_types_all k on k.live_ticket_type_id = t.live_ticket_type_id
            and k.changed_at <= t.purchased_at
        group by t.live_ticket_id, t.price_minor, t.currency_code, t.access_type, t.purchased_at, t.live_event_id
        having max_by(k.price_minor, k.change_no) <> t.price_minor
            or max_by(k.currency_code, k.change_no) <> t.currency_code
            or max_by(k.access_type, k.change_no) <> t.access_type
            or max_by(k.live_event_id, k.change_no) <> t.live_event_id
            or t.purchased_at < max(k.sales_start_at) or t.purchased_at >= max(k.sales_end_at)
    """
    none(ask, wrong, "select 1 from live_tickets", 40)
    assert ask("select 1 from live_ticket_types where change_no = 1")
    dearer = """
        select 1 from live_ticket_types_all a join live_ticket_types_all b using (live_ticket_type_id)
        where a.change_no = 0 and b.change_no = 1 and a.price_minor >= b.price_minor
    """
    assert ask(dearer) == []


def test_no_more_tickets_are_sold_than_there_are(ask: Ask) -> None:
    wrong = """
        select k.live_ticket_type_id from live_ticket_types k join live_tickets t using (live_ticket_type_id)
        group by k.live_ticket_type_id, k.capacity having count(*) > k.capacity
    """
    none(ask, wrong, "select 1 from live_tickets")
    hall = """
        select e.live_event_id from live_events e join venues v using (venue_id)
        join live_ticket_types k using (live_event_id) where k.access_type = 'physical'
        group by e.live_event_id, v.capacity having sum(k.capacity) > v.capacity
    """
    assert ask(hall) == []


def test_some_events_sell_out() -> None:
    full = """
        select k.live_ticket_type_id from live_ticket_types k join live_tickets t using (live_ticket_type_id)
        group by k.live_ticket_type_id, k.capacity having count(*) = k.capacity
    """
    assert 0 < count(f"select count(*) from ({full})") < 0.5 * count("select count(*) from live_ticket_types")


def test_buyers_are_there_and_come_near(ask: Ask) -> None:
    wrong = """
        select 1 from live_tickets t join users u on u.user_id = t.buyer_user_id
        join live_events e using (live_event_id)
        where t.purchased_at < u.created_at or t.purchased_at >= coalesce(u.deleted_at, timestamptz '9999-01-01')
            or t.purchased_at >= coalesce(e.cancelled_at, timestamptz '9999-01-01') or u.user_id = e.host_user_id
    """
    none(ask, wrong, "select 1 from live_tickets")
    twice = "select 1 from live_tickets group by live_event_id, buyer_user_id having count(*) > 1"
    assert ask(twice) == []


def test_what_is_cancelled_is_paid_back(ask: Ask) -> None:
    wrong = """
        select 1 from live_tickets t join live_events e using (live_event_id)
        where (e.status = 'cancelled' and t.status <> 'refunded'
            and e.cancelled_at < (select max(arrived_at) from live_tickets_all) - interval '1 day')
            or (t.status = 'scanned' and (e.actual_start_at is null
            or t.scanned_at < e.actual_start_at - interval '40 minutes' or t.scanned_at > e.actual_end_at))
            or (t.refunded_at > e.scheduled_start_at and e.cancelled_at is null)
    """
    none(ask, wrong, "select 1 from live_tickets where status = 'refunded'")
    none(ask, wrong, "select 1 from live_tickets where status = 'scanned'", 5)


def test_viewers_are_let_in_and_watch_what_is_on(ask: Ask) -> None:
    wrong = """
        select 1 from live_attendance a join live_events e using (live_event_id) join users u using (user_id)
        join devices d using (device_id) join venues v using (venue_id) left join live_tickets t using (live_ticket_id)
        where v.venue_type = 'physical' or a.joined_at < e.actual_start_at
            or a.left_at > coalesce(e.actual_end_at, timestamptz '9999-01-01')
            or a.watch_seconds > date_diff('second', a.joined_at, a.left_at) + 1
            or d.user_id <> a.user_id or d.first_seen_at > a.joined_at or a.joined_at < u.created_at
            or a.left_at > coalesce(u.deleted_at, timestamptz '9999-01-01')
            or (t.live_ticket_id is null) <> (e.event_type in ('listening_party', 'qa'))
            or (t.live_ticket_id is not null and (t.buyer_user_id <> a.user_id or t.live_event_id <> a.live_event_id
            or t.access_type <> 'virtual' or t.status <> 'scanned' or t.scanned_at > a.joined_at))
            or (not e.is_public and not exists (
                select 1 from community_subscriptions s where s.user_id = a.user_id
                and s.community_id = e.community_id and s.started_at < a.joined_at
                and coalesce(s.ended_at, timestamptz '9999-01-01') > a.left_at))
    """
    none(ask, wrong, "select 1 from live_attendance", 30)
    overlapping = """
        select 1 from live_attendance a join live_attendance b using (live_event_id, user_id)
        where a.live_attendance_id < b.live_attendance_id and b.joined_at < a.left_at
    """
    assert ask(overlapping) == []
    assert ask("select 1 from live_attendance group by live_event_id, user_id having count(*) > 1")


def test_the_most_viewers_are_those_at_once(ask: Ask) -> None:
    wrong = """
        with at_once as (
            select a.live_event_id, a.live_attendance_id, count(*) as viewers
            from live_attendance a join live_attendance b on b.live_event_id = a.live_event_id
                and b.joined_at <= a.joined_at and a.joined_at < b.left_at
            group by all
        )
        select e.live_event_id from live_events e join venues v using (venue_id)
        left join at_once using (live_event_id)
        where e.status = 'completed' and v.venue_type <> 'physical'
        group by e.live_event_id, e.max_viewers having coalesce(max(viewers), 0) <> e.max_viewers
    """
    none(ask, wrong, "select 1 from live_events where max_viewers > 1")


def test_those_who_watch_chat(ask: Ask) -> None:
    wrong = """
        select 1 from live_chat_messages c join live_events e using (live_event_id)
        where (c.message_type = 'system' and c.sent_at not in (e.actual_start_at, e.actual_end_at))
            or (c.message_type <> 'system' and c.sent_at < (select max(left_at) from live_attendance) and not exists (
                select 1 from live_attendance a where a.live_event_id = c.live_event_id and a.user_id = c.user_id
                and a.joined_at <= c.sent_at and c.sent_at <= a.left_at))
    """
    none(ask, wrong, "select 1 from live_chat_messages where message_type <> 'system'", 30)
    tips = """
        select 1 from live_chat_messages c join users u using (user_id) join countries p
            on p.country_id = u.payment_country_id
        where c.tip_currency_code <> p.currency_code
    """
    none(ask, tips, "select 1 from live_chat_messages where tip_amount_minor is not null")


def test_broadcasts_are_recorded(ask: Ask) -> None:
    wrong = """
        select 1 from live_recordings r join live_events e using (live_event_id) join venues v using (venue_id)
        where v.venue_type = 'physical' or e.status <> 'completed' or r.created_at < e.actual_end_at
            or abs(r.duration_ms - date_diff('millisecond', e.actual_start_at, e.actual_end_at)) > 1
    """
    none(ask, wrong, "select 1 from live_recordings", 3)


def test_notifications_of_events_have_their_cause(ask: Ask) -> None:
    wrong = """
        select 1 from notifications n left join live_events e on e.live_event_id = n.related_resource_id
        where n.related_resource_type = 'live_event' and (e.live_event_id is null
            or (n.notification_type = 'event_reminder' and (n.created_at <> e.scheduled_start_at - interval '1 day'
                or not exists (select 1 from live_tickets t where t.live_event_id = e.live_event_id
                and t.buyer_user_id = n.recipient_user_id)))
            or (n.notification_type = 'live_stream' and (not e.is_public
                or n.created_at <> e.actual_start_at + interval '5 seconds')))
    """
    none(ask, wrong, "select 1 from notifications where notification_type = 'event_reminder'")
    none(ask, wrong, "select 1 from notifications where notification_type = 'live_stream'")
