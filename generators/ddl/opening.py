"""Opening rows: what lies before the first day of service data, and the ids issued so far."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="opening")

TABLES = (
    _event(
        name="opening_listening_days",
        about="One account's listening on one local day of the 29 days before the data begins.",
        key="user_id local_date",
        columns="""
        user_id    bigint -> users | Listener.
        local_date date            | Day by the listener's zone.
        played_ms  bigint          | Time played, artificial plays left out.
        """,
        checks={"played_positive": "played_ms > 0"},
    ),
    _event(
        name="opening_song_streams",
        about="Qualified streams of one recording in one month of the year before the data begins.",
        key="song_id month_start",
        columns="""
        song_id           bigint -> songs | Recording.
        month_start       date            | First day of the month.
        qualified_streams bigint          | Qualified streams of the month.
        """,
        checks={"streams_positive": "qualified_streams > 0", "month_starts": "extract(day from month_start) = 1"},
    ),
    _event(
        name="opening_chart_runs",
        about="What one song or artist has behind it on one chart when the data begins.",
        key="chart_id run_no",
        columns="""
        chart_id        bigint -> charts   | Chart.
        run_no          bigint             | Number of the row within the chart.
        song_id         bigint? -> songs   | Song, on charts of songs.
        artist_id       bigint? -> artists | Artist, on charts of artists.
        weeks_on_chart  bigint             | Weeks on the chart so far, of the thirteen before the data begins.
        peak_rank       bigint             | Best rank so far.
        last_rank       bigint             | Rank in the last week on the chart.
        last_week_start date               | Friday with which that week began.
        """,
        checks={
            "one_subject": "(song_id is null) <> (artist_id is null)",
            "ranks_fit": "peak_rank between 1 and last_rank and weeks_on_chart > 0",
            "week_starts": "extract(isodow from last_week_start) = 5",
        },
    ),
    _event(
        name="issued_keys",
        about="Highest id issued per entity as of one arrival day; a key above it was never issued.",
        key="entity issued_date",
        columns="""
        entity      text   | Table whose key it is.
        issued_date date   | Arrival day at whose end the figure holds.
        last_id     bigint | Highest id issued.
        """,
        checks={"last_id_not_negative": "last_id >= 0"},
        indexes=("issued_date",),
    ),
)
