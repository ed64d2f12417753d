"""Communities, conversations and notifications: who says something is there, a member, and pays the fee in force."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

from generators.core.follows import audience
from generators.core.texts import LANGUAGES
from generators.core.world import World
from generators.domains import community
from generators.domains.community.creators import creators
from generators.domains.community.posts import posts_of
from generators.domains.notices import SAMPLE, of_posts
from tests.python.generators.tables_in_duckdb import same_alone, violations
from tests.python.generators.two_seeds import SEEDS, Ask, asker


@pytest.fixture(params=SEEDS)
def ask(request: pytest.FixtureRequest, clean_tables: duckdb.DuckDBPyConnection) -> Ask:
    """Both data sets in turn."""
    return asker(request.param, clean_tables)


def none(ask: Ask, wrong: str, of: str, least: int = 1) -> None:
    """No row is wrong, and there were rows that could be."""
    assert ask(f"select count(*) from ({of})")[0][0] >= least
    assert ask(wrong) == []


def test_every_declared_constraint_holds() -> None:
    assert violations("community") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(community, (1, 9, 36)) == []


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_smallest_worlds_can_be_made(seed: int) -> None:
    world = World(seed, 0.001)
    community.opening(world)
    for number in range(3):
        community.day(world, world.first_day + timedelta(days=number))


def test_members_pay_the_fee_in_force_at_the_start_of_the_period(ask: Ask) -> None:
    wrong = """
        select s.community_subscription_id from community_subscriptions_all s
        join communities_all c on c.community_id = s.community_id and c.changed_at <= s.current_period_start_at
        group by s.community_subscription_id, s.change_no, s.fee_minor, s.currency_code
        having max_by(c.subscription_fee_minor, c.change_no) <> s.fee_minor
            or max_by(c.currency_code, c.change_no) <> s.currency_code
    """
    none(ask, wrong, "select 1 from community_subscriptions_all where change_no > 0", 20)
    repriced = "select community_id from communities_all group by 1 having count(distinct subscription_fee_minor) > 1"
    assert ask(repriced)


def test_periods_follow_each_other_until_the_end(ask: Ask) -> None:
    wrong = """
        select * from (
            select *, lag(current_period_start_at) over one as started, lag(current_period_end_at) over one as due,
                lag(is_active) over one as active
            from community_subscriptions_all
            window one as (partition by community_subscription_id order by change_no)
        ) where change_no > 0 and (not active
            or (current_period_start_at <> started and (current_period_start_at <> due or changed_at <> due))
            or ended_at > current_period_end_at)
    """
    none(ask, wrong, "select 1 from community_subscriptions_all where ended_at is not null", 5)
    months = """
        select 1 from community_subscriptions_all s join communities using (community_id)
        where date_diff('day', current_period_start_at, current_period_end_at)
            not between case subscription_interval when 'month' then 28 else 365 end
            and case subscription_interval when 'month' then 31 else 366 end
    """
    assert ask(months) == []


def test_members_are_there(ask: Ask) -> None:
    wrong = """
        select 1 from community_subscriptions s join users u using (user_id)
        join communities c using (community_id)
        where s.started_at < u.created_at or s.started_at < c.created_at or s.user_id = c.manager_user_id
            or (u.deleted_at is not null and coalesce(s.ended_at, timestamptz '9999-01-01') > u.deleted_at)
    """
    none(ask, wrong, "select 1 from community_subscriptions", 10)


def test_forums_are_written_in_by_members_and_news_by_who_runs_them(ask: Ask) -> None:
    wrong = """
        select p.forum_post_id from forum_posts p join forums f using (forum_id) join communities c using (community_id)
        left join community_subscriptions s on s.user_id = p.user_id and s.community_id = f.community_id
            and s.started_at <= p.created_at and p.created_at < coalesce(s.ended_at, timestamptz '9999-01-01')
        where p.created_at < f.created_at
            or case when f.forum_type = 'artist_forum' then p.user_id is distinct from c.manager_user_id
            else s.user_id is null end
            or (p.is_answered and f.forum_type not in ('suggestions', 'all_chat'))
    """
    none(ask, wrong, "select 1 from forum_posts", 20)
    none(
        ask, "select 1 from forum_posts where is_pinned and change_no = 0", "select 1 from forum_posts where is_pinned"
    )


def test_posts_are_written_by_accounts_that_are_there(ask: Ask) -> None:
    wrong = """
        select 1 from posts p join users u on u.user_id = p.author_user_id join artists a using (artist_id)
        where p.created_at < u.created_at or p.created_at >= coalesce(u.deleted_at, timestamptz '9999-01-01')
            or p.created_at < a.created_at
    """
    none(ask, wrong, "select 1 from posts", 20)


def test_messages_are_from_members_while_they_are_members(ask: Ask) -> None:
    wrong = """
        select m.message_id from messages m join conversations c using (conversation_id)
        join users u on u.user_id = m.sender_user_id
        left join conversation_members w on w.conversation_id = m.conversation_id and w.user_id = m.sender_user_id
            and w.joined_at <= m.sent_at and m.sent_at < coalesce(w.left_at, timestamptz '9999-01-01')
        where w.user_id is null or m.sent_at >= coalesce(c.archived_at, timestamptz '9999-01-01')
            or m.sent_at >= coalesce(u.deleted_at, timestamptz '9999-01-01')
            or (m.is_system_message and w.joined_at <> m.sent_at)
    """
    none(ask, wrong, "select 1 from messages", 100)
    alone = """
        select m.message_id from messages m join conversation_members w using (conversation_id)
        where w.joined_at <= m.sent_at and m.sent_at < coalesce(w.left_at, timestamptz '9999-01-01')
        group by 1 having count(*) < 2
    """
    assert ask(alone) == []


def test_messages_answer_and_share_what_is_there(ask: Ask) -> None:
    reply = """
        select 1 from messages m join messages r on r.message_id = m.reply_to_message_id
        where r.conversation_id <> m.conversation_id or r.sent_at >= m.sent_at or r.is_system_message
    """
    none(ask, reply, "select 1 from messages where reply_to_message_id is not null", 5)
    lists = """
        select 1 from messages m left join playlists p on p.playlist_id = m.shared_playlist_id
        where (m.message_type = 'playlist_share') <> (m.shared_playlist_id is not null)
            or (m.message_type = 'track_share') <> (m.shared_content_id is not null)
            or (p.playlist_id is not null and (p.owner_user_id <> m.sender_user_id or p.created_at > m.sent_at
            or p.deleted_at < m.sent_at))
    """
    none(ask, lists, "select 1 from messages where message_type = 'track_share'", 3)


def test_conversations_count_their_members(ask: Ask) -> None:
    wrong = """
        select c.conversation_id from conversations_all c join conversation_members w using (conversation_id)
        group by c.conversation_id, c.change_no, c.changed_at, c.participant_count
        having c.participant_count <> count(*) filter (
            where w.joined_at <= c.changed_at and c.changed_at < coalesce(w.left_at, timestamptz '9999-01-01'))
    """
    none(ask, wrong, "select 1 from conversations", 20)
    kinds = """
        select c.conversation_type, min(c.participant_count), max(c.participant_count)
        from conversations_all c where change_no = 0 group by 1
    """
    found = {kind: (low, high) for kind, low, high in ask(kinds)}
    assert found["direct"] == found["fan_mail"] == (2, 2)
    assert found["group"][0] >= 2


def test_fans_write_to_the_account_of_the_artist(ask: Ask) -> None:
    wrong = """
        select 1 from conversations c
        where (c.conversation_type = 'fan_mail') <> (c.artist_id is not null)
            or (c.artist_id is not null and not exists (
                select 1 from posts p join conversation_members w on w.user_id = p.author_user_id
                where p.artist_id = c.artist_id and w.conversation_id = c.conversation_id)
            and exists (select 1 from posts p where p.artist_id = c.artist_id))
    """
    none(ask, wrong, "select 1 from conversations where artist_id is not null", 3)


def test_notifications_have_their_cause(ask: Ask) -> None:
    follow = """
        select 1 from notifications n left join follows f on f.follow_id = n.related_resource_id
            and f.follower_user_id = n.sender_user_id and f.followed_at = n.created_at
            and (f.target_type = 'artist' or f.target_id = n.recipient_user_id)
        where n.notification_type = 'follow' and f.follow_id is null
    """
    none(ask, follow, "select 1 from notifications where notification_type = 'follow'")
    tip = """
        select 1 from notifications n left join tips t on t.tip_id = n.related_resource_id
            and t.user_id = n.sender_user_id and t.tipped_at < n.created_at
            and n.data = '{"amount_minor": ' || t.amount_minor || ', "currency_code": "' || t.currency_code || '"}'
        where (n.notification_type = 'tip') <> (n.data is not null)
            or (n.notification_type = 'tip' and (t.tip_id is null or not exists (
                select 1 from transactions x where x.tip_id = t.tip_id and x.status = 'succeeded')))
    """
    assert ask(tip) == []
    fans = """
        select 1 from notifications n
        left join posts p on n.related_resource_type = 'post' and p.post_id = n.related_resource_id
        left join albums a on n.related_resource_type = 'album' and a.album_id = n.related_resource_id
        left join follows f on f.follower_user_id = n.recipient_user_id and f.target_type = 'artist'
            and f.target_id = coalesce(p.artist_id, a.artist_id) and f.followed_at < n.created_at
            and coalesce(f.unfollowed_at, timestamptz '9999-01-01') > n.created_at - interval '10 minutes'
        where n.notification_type in ('post', 'new_upload') and (f.follow_id is null
            or (n.related_content_id is not null) <> (n.notification_type = 'new_upload'))
    """
    none(ask, fans, "select 1 from notifications where notification_type in ('post', 'new_upload')", 20)
    cancelled = """
        select 1 from notifications n left join subscription_events e on e.subscription_id = n.related_resource_id
            and e.event_type = 'cancelled' and e.occurred_at = n.created_at - interval '20 seconds'
        left join subscriptions s on s.subscription_id = e.subscription_id and s.user_id = n.recipient_user_id
        where n.related_resource_type = 'subscription' and s.subscription_id is null
    """
    none(ask, cancelled, "select 1 from notifications where related_resource_type = 'subscription'")
    member = """
        select 1 from notifications n join communities c on c.community_id = n.related_resource_id
        where n.related_resource_type = 'community' and not exists (
            select 1 from community_subscriptions_all s where s.community_id = c.community_id
            and s.changed_at = n.created_at and s.user_id in (n.sender_user_id, n.recipient_user_id))
    """
    none(ask, member, "select 1 from notifications where notification_type = 'subscription'")


def test_notifications_are_pushed_to_those_who_consent(ask: Ask) -> None:
    wrong = "select 1 from notifications n join user_settings s on s.user_id = n.recipient_user_id"
    none(ask, f"{wrong} where n.is_pushed and not s.allows_push", f"{wrong} where n.is_pushed", 5)


def test_a_position_is_sold_once_at_a_time(ask: Ask) -> None:
    overlapping = """
        select 1 from featured_items a join featured_items b using (position)
        where a.featured_item_id < b.featured_item_id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
    """
    none(ask, overlapping, "select 1 from featured_items", 5)
    others = """
        select 1 from featured_items f
        left join albums a on f.item_type = 'album' and a.album_id = f.item_id
        left join songs s on f.item_type = 'song' and s.song_id = f.item_id
        left join content c on c.content_id = s.content_id
        where coalesce(a.artist_id, c.artist_id, f.item_id) <> f.artist_id or c.created_at > f.created_at
    """
    assert ask(others) == []


def test_people_write_in_their_language_and_script(ask: Ask) -> None:
    scripts = {"hi": "[\\x{0900}-\\x{097F}]", "ta": "[\\x{0B80}-\\x{0BFF}]"}
    for code, letters in scripts.items():
        query = f"""
            select count(*), count(*) filter (regexp_matches(coalesce(p.content, p.title), '{letters}'))
            from forum_posts p join languages l using (language_id)
            where l.language_code = '{code}' and coalesce(p.content, p.title) is not null
        """
        written, in_script = ask(query)[0]
        assert written == in_script, code
    assert {code for (code,) in ask("select distinct language_code from posts join languages using (language_id)")} <= {
        *LANGUAGES
    }
    assert ask("select count(*) from messages where regexp_matches(content, '[\\x{1F300}-\\x{1FAFF}]')")[0][0] > 0


@pytest.mark.parametrize("seed", [3, 11])
def test_one_in_three_followers_is_sampled(seed: int) -> None:
    """The share of the table's comment, within four standard deviations."""
    world = World(seed, 0.3)
    asked = kept = 0
    for number in range(14):
        day = date(2026, 1, 2) + timedelta(days=number)
        posts = posts_of(world, day)
        artist = creators(world).artist[posts.creator]
        asked += len(audience(world).of(artist, posts.created_at)[0])
        kept += len(of_posts(world, day))
    assert asked > 300
    assert abs(kept - asked / SAMPLE) < 4 * np.sqrt(asked * (1 / SAMPLE) * (1 - 1 / SAMPLE))
