"""Content of every kind hangs together: what it is, where it came from, how it changed; and artists' papers."""

import pytest

from generators.core.media import EPISODE_BASE, REEL_BASE, VIDEO_BASE
from generators.domains import artist_papers, assets, media
from tests.python.generators.conftest import Ask
from tests.python.generators.tables_in_duckdb import same_alone, violations

KINDS = {
    "podcast_episodes": ("podcast_episode", EPISODE_BASE),
    "videos": ("video", VIDEO_BASE),
    "reels": ("reel", REEL_BASE),
}


def test_every_declared_constraint_holds() -> None:
    assert violations("catalog") == []


@pytest.mark.parametrize("domain", [media, assets, artist_papers])
def test_days_are_the_same_alone_and_in_sequence(domain: object) -> None:
    assert same_alone(domain, (1, 30)) == []


@pytest.mark.parametrize("table", KINDS)
def test_each_piece_of_content_is_what_its_type_says(ask: Ask, table: str) -> None:
    kind, base = KINDS[table]
    kinds = f"('{kind}', 'story')" if table == "reels" else f"('{kind}')"
    wrong = f"""
        select count(*) from {table} as t
        full join (select * from content where content_type in {kinds}) as c using (content_id)
        where t.content_id is null or c.content_id is null or content_id not between {base + 1} and {base + 999999999}
    """
    assert ask(f"select count(*) from {table}") > 20
    assert ask(wrong) == 0


def test_songs_keep_their_ids(ask: Ask) -> None:
    wrong = """
        select count(*) from (select * from content where content_type = 'song') as c
        full join songs as s using (content_id)
        where s.song_id is null or c.content_id is null or s.song_id <> content_id
    """
    assert ask(wrong) == 0


def test_only_songs_are_played_so_far(ask: Ask) -> None:
    assert ask("select count(*) from streams join content using (content_id) where content_type <> 'song'") == 0


def test_episodes_of_a_show_follow_one_another_without_a_gap(ask: Ask) -> None:
    wrong = """
        select count(*) from (
            select (season_number - 1) * 12 + episode_number as number, c.published_at, p.created_at, p.ended_at,
                row_number() over (partition by podcast_id order by c.published_at) as place, c.artist_id, p.artist_id
            from podcast_episodes join content as c using (content_id) join podcasts as p using (podcast_id))
        where number <> place or published_at < created_at or published_at > coalesce(ended_at, published_at)
    """
    assert ask(wrong) == 0


def test_videos_and_reels_are_of_recordings_that_were_out(ask: Ask) -> None:
    for table, song in (("videos", "song_id"), ("reels", "background_song_id")):
        wrong = f"""
            select count(*) from {table} as t join content as c using (content_id)
            join songs as s on s.song_id = t.{song} join content as sung on sung.content_id = s.content_id
            where s.created_at > c.published_at or sung.artist_id <> c.artist_id
        """
        assert ask(wrong) == 0, table
    late = "select count(*) from reels join songs on song_id = background_song_id where song_start_ms >= duration_ms"
    assert ask(late) == 0


def test_a_story_lasts_a_day(ask: Ask) -> None:
    wrong = """
        select count(*) from content where content_type = 'story' and (upload_status = 'withdrawn') <>
            (published_at < (select max(changed_at) from content) - interval 24 hour)
    """
    assert ask("select count(*) from content where upload_status = 'withdrawn'") > 5
    assert ask(wrong) <= 1


def test_uploads_are_published_as_their_content_is(ask: Ask) -> None:
    wrong = """
        select count(*) from content_uploads as u join content as c using (content_id)
        where u.published_at <> c.published_at or u.artist_id <> c.artist_id
    """
    assert ask("select count(content_id) from content_uploads") > 100
    assert ask(wrong) == 0
    lacking = """
        select count(*) from content as c where published_at >= timestamptz '2025-12-01 00:00:00+00'
        and not exists (select 1 from content_uploads as u where u.content_id = c.content_id
            and u.asset_kind = case when c.content_type in ('song', 'podcast_episode') then 'audio' else 'video' end)
    """
    assert ask(lacking) == 0


def test_a_twentieth_of_uploads_is_refused_and_few_wait_long(ask: Ask) -> None:
    every = ask("select count(*) from content_uploads")
    assert 0.02 < ask("select count(refused_at) from content_uploads") / every < 0.08
    slow = ask("select count(*) from content_uploads where validated_at - queued_at > interval 15 minute")
    assert slow < 0.03 * every


def test_versions_are_the_changes_of_content(ask: Ask) -> None:
    wrong = """
        select count(*) from content_versions as v join content as c using (content_id)
        where v.version_no <> c.change_no or v.changed_at <> c.changed_at
        or v.value_after <> case v.attribute_name when 'title' then c.title else c.upload_status end
    """
    assert ask("select count(distinct attribute_name) from content_versions") == 2
    assert ask(wrong) == 0


def test_audits_find_the_metadata_nearly_always_right(ask: Ask) -> None:
    wrong = """
        select count(*) from metadata_audits as a join songs as s using (song_id)
        where (attribute_name = 'duration_ms' and value_held <> cast(s.duration_ms as text))
        or (attribute_name = 'track_number' and value_held <> cast(s.track_number as text))
        or a.checked_at < s.created_at
    """
    assert ask(wrong) == 0
    checks = ask("select count(*) from metadata_audits")
    assert checks > 300
    assert ask("select count(*) from metadata_audits where not is_correct") <= 0.005 * checks


def test_claims_are_decided_as_the_profiles_say(ask: Ask) -> None:
    wrong = """
        select count(*) from artists as a left join artist_verifications as v using (artist_id)
        where (a.verification_status = 'verified') <> coalesce(v.status = 'approved', false)
        or (a.verification_status = 'unverified') <> (v.artist_id is null)
    """
    assert ask("select count(distinct status) from artist_verifications") >= 2
    assert ask(wrong) == 0


def test_a_verified_artist_has_at_most_one_default_to_be_paid_by(ask: Ask) -> None:
    several = "select artist_id from artist_payout_methods where is_default group by artist_id having count(*) > 1"
    assert ask(f"select count(*) from ({several})") == 0
    early = """
        select count(*) from artist_payout_methods join artist_verifications using (artist_id)
        where status <> 'approved' or created_at <= decided_at
    """
    assert ask(early) == 0
    assert ask("select count(*) from artist_payout_methods where not is_default") > 0
