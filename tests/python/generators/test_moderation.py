"""Moderation: what is reported is there and seen by the reporter, and each closed report has its decision."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

from generators.core.columns import concatenate
from generators.core.world import World
from generators.domains import moderation
from generators.domains.moderation.reports import REASONS, SPAM, UPHELD, USER, reports_of
from tests.python.generators.tables_in_duckdb import same_alone, violations
from tests.python.generators.test_community import none
from tests.python.generators.two_seeds import SEEDS, Ask, asker


@pytest.fixture(params=SEEDS)
def ask(request: pytest.FixtureRequest, clean_tables: duckdb.DuckDBPyConnection) -> Ask:
    """Both data sets in turn."""
    return asker(request.param, clean_tables)


def test_every_declared_constraint_holds() -> None:
    assert violations("moderation") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(moderation, (1, 9, 36)) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_smallest_worlds_can_be_made(seed: int) -> None:
    world = World(seed, 0.001)
    moderation.opening(world)
    for number in range(3):
        moderation.day(world, world.first_day + timedelta(days=number))


def test_reports_are_reviewed_and_then_closed(ask: Ask) -> None:
    steps = ask("""
        select distinct lag(status) over (partition by content_report_id order by change_no) as before, status
        from content_reports_all
    """)
    assert set(steps) == {
        (None, "pending"), ("pending", "reviewed"), ("reviewed", "resolved"), ("reviewed", "dismissed"),
    }  # fmt: skip


def test_each_closed_report_has_its_decision(ask: Ask) -> None:
    wrong = """
        select 1 from content_reports r full join (
            select * from moderation_actions where content_report_id is not null
        ) a using (content_report_id)
        where (r.closed_at is null) <> (a.moderation_action_id is null)
            or (a.moderation_action_id is not null and (a.acted_at <> r.closed_at or a.action <> r.action_taken
            or a.reason <> r.reason or a.target_type <> r.target_type or a.target_id <> r.target_id
            or a.content_id is distinct from r.reported_content_id or a.user_id is distinct from r.reported_user_id
            or a.moderator_user_id is distinct from r.reviewed_by_user_id or a.is_automated
            or (r.status = 'dismissed') <> (a.action = 'approved')))
    """
    none(ask, wrong, "select 1 from content_reports where closed_at is not null", 5)


def test_what_is_reported_is_there(ask: Ask) -> None:
    wrong = """
        select 1 from content_reports r join users u on u.user_id = r.reporter_user_id
        left join content c on c.content_id = r.reported_content_id left join users t on t.user_id = r.reported_user_id
        where r.created_at < u.created_at or r.created_at >= coalesce(u.deleted_at, timestamptz '9999-01-01')
            or r.created_at < c.created_at or r.created_at < t.created_at or r.reporter_user_id = r.reported_user_id
            or (r.target_type = 'content' and r.target_id <> c.content_id)
            or (r.target_type = 'user' and (r.target_id <> t.user_id
            or r.created_at >= coalesce(t.deleted_at, timestamptz '9999-01-01')))
    """
    none(ask, wrong, "select 1 from content_reports", 5)


def test_who_reports_a_post_or_message_can_read_it(ask: Ask) -> None:
    posts = """
        select 1 from content_reports r left join forum_posts p on p.forum_post_id = r.target_id
        left join forums f using (forum_id)
        where r.target_type = 'forum_post' and (p.user_id is distinct from r.reported_user_id
            or p.created_at > r.created_at or not exists (
                select 1 from community_subscriptions s where s.user_id = r.reporter_user_id
                and s.community_id = f.community_id and s.started_at < r.created_at
                and coalesce(s.ended_at, timestamptz '9999-01-01') > r.created_at))
    """
    assert ask(posts) == []
    messages = """
        select 1 from content_reports r left join messages m on m.message_id = r.target_id
        where r.target_type = 'message' and (m.sender_user_id is distinct from r.reported_user_id
            or m.sent_at > r.created_at or not exists (
                select 1 from conversation_members w where w.user_id = r.reporter_user_id
                and w.conversation_id = m.conversation_id and w.joined_at < r.created_at
                and coalesce(w.left_at, timestamptz '9999-01-01') > r.created_at))
    """
    assert ask(messages) == []


def test_each_new_recording_is_screened_once(ask: Ask) -> None:
    wrong = """
        select s.song_id from songs s left join moderation_actions a on a.content_id = s.content_id and a.is_automated
        where s.created_at >= timestamptz '2026-01-01'
        group by s.song_id, s.created_at having count(a.moderation_action_id) <> 1
            or min(a.acted_at) < s.created_at or max(a.acted_at) > s.created_at + interval '2 minutes'
    """
    none(ask, wrong, "select 1 from songs where created_at >= timestamptz '2026-01-01'")
    unsure = """
        select 1 from moderation_actions f
        where f.is_automated and f.action = 'flagged'
            and f.acted_at < (select max(acted_at) from moderation_actions) - interval '2 days'
            and not exists (select 1 from moderation_actions a where a.content_id = f.content_id
                and not a.is_automated and a.content_report_id is null and a.acted_at > f.acted_at)
    """
    none(ask, unsure, "select 1 from moderation_actions where is_automated and action = 'flagged'")


def test_only_explicit_content_is_age_restricted(ask: Ask) -> None:
    wrong = """
        select 1 from moderation_actions a join content c using (content_id)
        where (a.action = 'age_restricted' and not c.is_explicit)
            or (a.action = 'approved' and a.is_automated and c.is_explicit)
    """
    none(ask, wrong, "select 1 from moderation_actions where action = 'age_restricted'")


def test_each_suspension_is_a_decision(ask: Ask) -> None:
    wrong = """
        select 1 from (
            select user_id, changed_at from users_all
            where status = 'suspended' and changed_at >= timestamptz '2026-01-01' and user_id not in (
                select user_id from users_all where status = 'suspended'
                and changed_at < timestamptz '2026-01-01')
        ) s full join (
            select * from moderation_actions where action = 'suspended' and acted_at >= timestamptz '2026-01-01'
        ) a using (user_id)
        where a.moderation_action_id is null or (s.user_id is not null and a.acted_at > s.changed_at)
    """
    assert ask(wrong) == []


@pytest.mark.parametrize("seed", [3, 11])
def test_planted_shares_are_found(seed: int) -> None:
    """Bots among the accounts reported for spam, and reports upheld by reason: within four standard deviations."""
    world = World(seed, 1.0)
    made = concatenate([reports_of(world, date(2026, 1, 5) + timedelta(days=n)) for n in range(30)])

    def near(found: int, of: int, share: float) -> bool:
        return abs(found - of * share) < 4 * np.sqrt(of * share * (1 - share))

    users = world.users(world.horizon)
    spam = made.take((made.reason == SPAM) & (made.target_type == USER))
    assert len(spam) > 30
    assert near(int((users.bot[spam.user] > 0).sum()), len(spam), world.effect("bots.reports"))
    for reason, share in enumerate(UPHELD):
        of = made.take(made.reason == reason)
        assert len(of) > 5, REASONS[reason]
        assert near(int(of.upheld.sum()), len(of), share)
