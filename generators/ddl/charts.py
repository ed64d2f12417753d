"""Charts and weekly challenges."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="charts")

TABLES = (
    _entity(
        name="charts",
        about="One chart: what it ranks, where, and by which version of the method. Positions are computed from plays.",
        key="chart_id",
        unique=("chart_code",),
        columns="""
        chart_id             bigint                | Durable id of the chart.
        chart_code           text                  | Code, e.g. IN-SONGS.
        name                 text                  | Name shown, in the language of its country.
        subject              text                  | song or artist.
        scope                text                  | global, country or genre.
        country_id           bigint? -> countries  | Country of listening; null unless the scope is country.
        genre_id             bigint? -> genres     | Genre; null unless the scope is genre.
        cadence              text                  | weekly: Friday to Thursday.
        positions            integer               | Ranks published.
        max_songs_per_artist integer?              | Songs of one artist at most; null without limit, and for artists.
        method_version       text                  | Version of weights and rules in force.
        created_at           timestamptz           | First published (UTC).
        """,
        checks={
            "subject_known": "subject in ('song', 'artist')",
            "scope_known": "scope in ('global', 'country', 'genre')",
            "country_has_country": "(scope = 'country') = (country_id is not null)",
            "genre_has_genre": "(scope = 'genre') = (genre_id is not null)",
            "cadence_known": "cadence in ('weekly')",
            "positions_positive": "positions > 0 and max_songs_per_artist > 0",
            "limit_is_of_songs": "subject = 'song' or max_songs_per_artist is null",
        },
    ),
    _entity(
        name="challenges",
        about="One weekly challenge.",
        key="challenge_id",
        unique=("challenge_code",),
        columns="""
        challenge_id   bigint               | Durable id of the challenge.
        challenge_code text                 | Code, e.g. 2026-01-02-GLOBAL.
        title          text                 | Title, in the language of its country.
        challenge_type text                 | most_sessions or listening_days: what a participant's score counts.
        country_id     bigint? -> countries | Country whose accounts take part; null for all.
        goal_score     integer              | Score from which the badge is earned.
        badge          text                 | Badge for those who reach the goal.
        status         text                 | announced, running or published.
        starts_at      timestamptz          | Friday 00:00 (UTC).
        ends_at        timestamptz          | Friday after (UTC, exclusive).
        published_at   timestamptz?         | Results published (UTC).
        created_at     timestamptz          | Announced (UTC).
        """,
        checks={
            "challenge_type_known": "challenge_type in ('most_sessions', 'listening_days')",
            "goal_positive": "goal_score > 0",
            "status_known": "status in ('announced', 'running', 'published')",
            "published_has_instant": "(status = 'published') = (published_at is not null)",
            "period_not_reversed": "ends_at > starts_at and published_at > ends_at",
        },
        indexes=("starts_at, ends_at",),
    ),
    _entity(
        name="challenge_participants",
        about="One account in one challenge.",
        key="challenge_participant_id",
        unique=("challenge_id user_id",),
        columns="""
        challenge_participant_id bigint               | Durable id of the participation, rising with time.
        challenge_id             bigint -> challenges cascade | Challenge.
        user_id                  bigint -> users cascade | Participant.
        status                   text                 | joined or ranked.
        score                    integer              | Sessions, or days with one, from joining to the end as the app counted them; 0 until ranked.
        final_rank               integer?             | Rank: by score, then by who joined first; null until ranked.
        has_reached_goal         boolean              | Score is at least the challenge's goal.
        joined_at                timestamptz          | Joined (UTC).
        ranked_at                timestamptz?         | Results published (UTC).
        """,
        checks={
            "status_known": "status in ('joined', 'ranked')",
            "score_not_negative": "score >= 0",
            "rank_positive": "final_rank > 0",
            "ranked_has_rank": (
                "(status = 'ranked') = (final_rank is not null) and (status = 'ranked') = (ranked_at is not null)"
            ),
        },
        indexes=("user_id", "challenge_id, final_rank"),
    ),
)
