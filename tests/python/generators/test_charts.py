"""Charts are defined for every market; challenges rank those who take part by what they did."""

import pytest

from generators.domains import charts
from tests.python.generators.tables_in_duckdb import clean_database, count, same_alone, violations

SAME_SCORE = 0.85
"""Share of participants whose score is the sessions or days in raw; the app counts sessions that leave no play too."""


def test_every_declared_constraint_holds() -> None:
    assert violations("charts") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(charts, (1, 10, 36)) == []


def test_charts_change_their_weights_with_the_year() -> None:
    changed = "select count(*) from charts_all where change_no = 1 and changed_at = timestamptz '2026-01-02'"
    assert count(changed) == count("select count(*) from charts") == 13


def test_challenges_run_from_friday_to_thursday() -> None:
    assert (
        count("select count(*) from challenges where isodow(starts_at) <> 5 or ends_at <> starts_at + to_days(7)") == 0
    )
    assert count("select count(*) from challenges where status = 'published'") >= 6


def test_participants_join_while_they_can() -> None:
    wrong = """
        select count(*) from challenge_participants as p join challenges as c using (challenge_id)
        join users as u using (user_id)
        where p.joined_at < c.starts_at or p.joined_at >= c.starts_at + to_days(4)
            or u.created_at >= p.joined_at or u.deleted_at <= p.joined_at
            or (c.status = 'published') <> (p.status = 'ranked')
            or p.has_reached_goal <> (p.score >= c.goal_score)
            or c.country_id <> u.payment_country_id
    """
    assert count("select count(*) from challenge_participants") > 30
    assert count(wrong) == 0


def test_ranks_follow_scores() -> None:
    wrong = """
        select count(*) from (
            select final_rank, row_number() over (partition by challenge_id order by score desc, joined_at) as place
            from challenge_participants where status = 'ranked'
        ) where final_rank <> place
    """
    assert count(wrong) == 0


def test_scores_are_what_was_listened() -> None:
    shares = """
        select avg((p.score = case c.challenge_type when 'most_sessions' then s.sessions else s.days end)::integer)
        from challenge_participants as p join challenges as c using (challenge_id)
        join lateral (
            select count(*) as sessions, count(distinct cast(started_at as date)) as days from listening_sessions as l
            where l.user_id = p.user_id and l.started_at >= p.joined_at and l.started_at < c.ends_at
        ) as s on true
        where p.status = 'ranked' and c.ends_at < timestamptz '2026-01-25'
    """
    row = clean_database().execute(shares).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(1.0, abs=1 - SAME_SCORE)
    assert count("select max(score) from challenge_participants") > 2


def test_charts_have_a_history_without_gaps_in_its_last_week() -> None:
    """The last week before the data holds every rank once; no artist has more than three songs on it."""
    last = "select * from opening_chart_runs where last_week_start = date '2025-12-26'"
    gaps = f"""
        select count(*) from (
            select chart_id, count(*) as n, count(distinct last_rank) as ranks, max(last_rank) as lowest
            from ({last}) group by 1
        ) join charts using (chart_id) where n <> ranks or n <> lowest or n > positions
    """
    assert count(f"select count(distinct chart_id) from ({last})") == count("select count(*) from charts")
    assert count(f"select count(*) from ({last})") > 500
    assert count(gaps) == 0
    crowded = f"""
        select count(*) from (
            select r.chart_id from ({last}) as r join content as s on s.content_id = r.song_id
            group by r.chart_id, s.artist_id having count(*) > 3)
    """
    assert count(crowded) == 0
    wrong = """
        select count(*) from opening_chart_runs as r join charts as c using (chart_id)
        where (c.subject = 'song') <> (r.song_id is not null) or r.weeks_on_chart > 13
            or date_diff('day', r.last_week_start, date '2025-12-26') > 12 * 7
            or (r.weeks_on_chart = 1 and r.peak_rank <> r.last_rank)
    """
    assert count(wrong) == 0
    assert count("select count(*) from opening_chart_runs where last_week_start < date '2025-12-26'") > 20
    assert count("select max(weeks_on_chart) from opening_chart_runs") == 13
