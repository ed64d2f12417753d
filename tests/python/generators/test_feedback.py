"""What listeners say, find, keep and edit fits who they are, what is out and what they play; on two seeds."""

import pytest

from generators.domains import discovery, feedback, playback, playlist_log
from tests.python.generators.conftest import Ask
from tests.python.generators.tables_in_duckdb import same_alone, violations


def test_every_declared_constraint_holds() -> None:
    assert violations("engagement") == []


@pytest.mark.parametrize("domain", [feedback, discovery, playlist_log, playback])
def test_days_are_the_same_alone_and_in_sequence(domain: object) -> None:
    assert same_alone(domain, (1, 30)) == []


@pytest.mark.parametrize(
    ("table", "instant"),
    [
        ("reviews", "created_at"),
        ("comments", "created_at"),
        ("ratings", "rated_at"),
        ("saves", "saved_at"),
        ("shares", "shared_at"),
        ("search_queries", "searched_at"),
    ],
)
def test_who_does_it_has_an_account_then(ask: Ask, table: str, instant: str) -> None:
    wrong = f"""
        select count(*) from {table} as t join users as u using (user_id)
        where t.{instant} < u.created_at or t.{instant} >= coalesce(u.deleted_at, timestamptz '9999-12-31')
    """
    assert ask(f"select count(*) from {table}") > 0
    assert ask(wrong) == 0


@pytest.mark.parametrize(
    ("table", "content", "instant"),
    [
        ("comments", "content_id", "created_at"),
        ("saves", "content_id", "saved_at"),
        ("shares", "content_id", "shared_at"),
        ("ratings", "song_id", "rated_at"),
        ("reviews", "song_id", "created_at"),
        ("search_queries", "clicked_content_id", "clicked_at"),
        ("recommendations", "content_id", "generated_at"),
    ],
)
def test_what_it_is_about_is_out(ask: Ask, table: str, content: str, instant: str) -> None:
    wrong = f"""
        select count(*) from {table} as t join content as c on c.content_id = t.{content}
        where t.{instant} < c.published_at
    """
    assert ask(wrong) == 0


def test_no_two_links_share_a_token(ask: Ask) -> None:
    assert ask("select count(share_token) from shares") > 0
    assert ask("select count(share_token) - count(distinct share_token) from shares") == 0


def test_a_reply_stays_in_its_thread_and_answers_what_stands(ask: Ask) -> None:
    wrong = """
        select count(*) from comments as reply join comments as asked on asked.comment_id = reply.parent_comment_id
        where reply.created_at <= asked.created_at or reply.created_at >= coalesce(asked.deleted_at, reply.arrived_at)
        or reply.content_id is distinct from asked.content_id or reply.review_id is distinct from asked.review_id
        or reply.user_id = asked.user_id
    """
    assert ask("select count(*) from comments where parent_comment_id is not null") > 0
    assert ask(wrong) == 0
    on_reviews = """
        select count(*) from comments as c join reviews as r using (review_id)
        where c.parent_comment_id is null
        and (c.created_at <= r.created_at or c.created_at >= coalesce(r.deleted_at, timestamptz '9999-12-31'))
    """
    assert ask(on_reviews) == 0
    assert ask("select count(*) from comments where review_id is not null") > 0


def test_a_comment_marks_a_position_within_its_recording(ask: Ask) -> None:
    outside = "select count(*) from comments join content using (content_id) where position_ms > duration_ms"
    assert ask("select count(*) from comments where position_ms is not null") > 0
    assert ask(outside) == 0


def test_publishers_say_what_may_be_commented_on_and_downloaded(ask: Ask) -> None:
    closed = "select count(*) from comments join content using (content_id) where not allows_comments"
    kept = """
        select count(*) from saves join content using (content_id)
        where save_type = 'download' and not allows_downloads
    """
    offline = "select count(*) from streams join content using (content_id) where is_offline and not allows_downloads"
    assert ask("select count(*) from content where not allows_comments") > 0
    assert ask("select count(*) from content where not allows_downloads") > 0
    assert ask(closed) == ask(kept) == ask(offline) == 0


def test_texts_are_in_scripts_of_their_languages(ask: Ask) -> None:
    scripts = {"hi": r"\p{Devanagari}", "ta": r"\p{Tamil}"}
    for code, script in scripts.items():
        other = f"""
            select count(*) from comments join languages using (language_id)
            where language_code = '{code}' and not regexp_matches(body, '{script}')
        """
        assert ask(other) == 0
    assert ask("select count(*) from comments where regexp_matches(body, '[\\x{1F300}-\\x{1FAFF}]')") > 0


def test_reviews_name_their_target_as_the_catalogue_does(ask: Ask) -> None:
    wrong = """
        select count(*) from reviews as r
        left join albums as a using (album_id) left join artists as p on p.artist_id = r.artist_id
        where (a.album_id is not null and (a.title <> r.content_name or a.artist_id <> r.artist_id))
        or p.name <> r.artist_name
    """
    assert ask(wrong) == 0


def test_downloads_are_on_devices_of_their_account(ask: Ask) -> None:
    wrong = """
        select count(*) from saves as s join devices as d using (device_id)
        where d.user_id <> s.user_id or d.first_seen_at > s.saved_at
    """
    assert ask("select count(*) from saves where save_type = 'download'") > 0
    assert ask("select count(*) from saves where save_type = 'download' and device_id is null") == 0
    assert ask(wrong) == 0


def test_a_choice_after_a_search_is_the_play_that_follows(ask: Ask) -> None:
    wrong = """
        select count(*) from search_queries as q left join streams as s on s.stream_id = q.search_query_id
        where q.clicked_content_id is not null and (
            s.stream_id is null or s.content_id <> q.clicked_content_id or s.user_id <> q.user_id
            or s.device_id <> q.device_id or s.session_id <> q.session_id or s.context_type <> 'search')
    """
    assert ask("select count(*) from search_queries where clicked_content_id is not null") > 50
    assert ask(wrong) == 0
    late = """
        select count(*) from search_queries join streams on stream_id = search_query_id where searched_at > started_at
    """
    assert ask(late) == 0


def test_nineteen_of_twenty_searches_are_answered_in_150_ms(ask: Ask) -> None:
    assert 110 <= ask("select quantile_disc(latency_ms, 0.95) from search_queries") <= 170


def test_a_list_has_ten_places_and_at_most_one_choice(ask: Ask) -> None:
    lists = """
        select session_id, count(*) as n, sum(list_rank) as ranks, count(stream_id) as chosen
        from recommendations group by 1
    """
    assert ask(f"select count(*) from ({lists}) where n <> 10 or ranks <> 55 or chosen > 1") == 0
    wrong = """
        select count(*) from recommendations as r left join streams as s using (stream_id)
        join listening_sessions as l on l.session_id = r.session_id
        where l.user_id <> r.user_id or (r.stream_id is not null and (
            s.content_id <> r.content_id or s.session_id <> r.session_id or s.context_type <> 'recommendation'
            or r.clicked_at > s.started_at))
    """
    assert ask("select count(stream_id) from recommendations") > 5
    assert ask(wrong) == 0


def test_ticks_follow_a_play_every_five_seconds(ask: Ask) -> None:
    wrong = """
        select count(*) from play_ticks as t join streams as s using (stream_id) join content as c using (content_id)
        where t.session_id <> s.session_id or t.device_id <> s.device_id or t.play_started_at <> s.started_at
        or t.position_ms <> t.tick_no * 5000 or t.position_ms > c.duration_ms or t.ticked_at <= s.started_at
        or (s.is_offline and (t.rebuffer_count > 0 or t.network_type <> 'offline'))
    """
    gaps = "select count(*) from (select max(tick_no) m, count(*) n from play_ticks group by stream_id) where m <> n"
    backwards = """
        select count(*) from (select ticked_at - lag(ticked_at) over (partition by stream_id order by tick_no) as gap
            from play_ticks) where gap < interval 0 second
    """
    assert ask("select count(*) from play_ticks") > 50
    assert ask(wrong) == ask(gaps) == ask(backwards) == 0


def test_revisions_of_a_list_follow_one_another(ask: Ask) -> None:
    gaps = """
        select count(*) from (
            select revision_before, lag(revision_after) over (
                partition by playlist_id order by revision_before, playlist_event_id) as last
            from playlist_events where is_accepted)
        where last is not null and last <> revision_before
    """
    began = """
        select count(*) from playlist_events where (event_type = 'created') <> (revision_before = 0 and is_accepted)
    """
    stale = """
        select count(*) from playlist_events as lost where not is_accepted and not exists (
            select 1 from playlist_events as won where won.playlist_id = lost.playlist_id and won.is_accepted
            and won.revision_before = lost.revision_before and won.occurred_at < lost.occurred_at)
    """
    assert ask(gaps) == ask(began) == ask(stale) == 0


def test_the_log_tells_every_entry_added_or_removed(ask: Ask) -> None:
    for instant, kind in (("added_at", "item_added"), ("removed_at", "item_removed")):
        missing = f"""
            select count(*) from playlist_items as i full join (
                select * from playlist_events where event_type = '{kind}' and is_accepted) as e using (playlist_item_id)
            where i.{instant} >= timestamptz '2026-01-01 00:00:00+00' and (e.playlist_event_id is null
                or e.occurred_at <> i.{instant} or e.playlist_id <> i.playlist_id or e.content_id <> i.content_id)
            or i.playlist_item_id is null
        """
        assert ask(f"select count(*) from playlist_events where event_type = '{kind}'") > 0
        assert ask(missing) == 0, kind


def test_collaborators_edit_lists_that_are_shared(ask: Ask) -> None:
    wrong = """
        select count(*) from playlist_events as e join playlists as p using (playlist_id)
        where (e.event_type = 'collaborator_added' or not e.is_accepted)
        and (not p.is_collaborative or e.collaborator_user_id = p.owner_user_id)
    """
    assert ask(wrong) == 0
