{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='stream_id',
        indexes=server_indexes([
            {'columns': ['stream_id'], 'unique': true},
            {'columns': ['user_id', 'local_date']},
            {'columns': ['song_id', 'local_date']},
            {'columns': ['artist_id', 'local_date']},
            {'columns': ['content_id']},
            {'columns': ['playlist_id']},
            {'columns': ['session_id']},
            {'columns': ['started_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    What a play looks up, by the column of the play that finds it: a play names its content, never its recording. The
    versions of an account are not here, as every one begins a plan period, which brings its load.
-#}
{%- set looked_up = [
    (ref('int_user_plan_periods'), 'user_id'),
    (ref('int_content_versions'), 'content_id'),
    (ref('int_song_versions'), 'content_id'),
    (ref('int_artist_versions'), 'artist_id'),
    (ref('int_playlist_versions'), 'playlist_id'),
] -%}
{#- Plays that came, or whose day or look-up changed, since the last build; the last filter below is still the rule. -#}
{%- set touched = touched_plays(ref('int_streams_accepted'), ref('int_user_days'), looked_up) %}

with
streams as (
    select *
    from {{ ref('int_streams') }}
    {{ where_one_of('stream_id', touched) }}
),

user_days as (
    select
        user_id,
        local_date,
        verdict_month,
        is_artificial,
        load_id
    from {{ ref('int_user_days') }}
    {{ where_account_days_of('select streams.user_id, streams.local_date from streams') }}
),

judged as (
    select
        streams.*,
        user_days.is_artificial,
        greatest(streams.load_id, user_days.load_id) as fact_load_id
    from streams
    inner join user_days
        on
            streams.user_id = user_days.user_id
            and streams.local_date = user_days.local_date
            and streams.verdict_month = user_days.verdict_month
)

select
    stream_id,
    user_id,
    user_key,
    content_id,
    song_id,
    song_key,
    artist_id,
    artist_key,
    album_id,
    device_id,
    session_id,
    geography_id,
    payment_geography_id,
    listening_context_id,
    voice_intent_id,
    playlist_id,
    playlist_key,
    plan_id,
    plan_key,
    subscription_id,
    payer_user_id,
    household_id,
    tier,
    skip_class,
    played_ms_basis,
    played_ms,
    active_ms,
    startup_ms,
    is_eligible and not is_artificial as is_qualified,
    is_artificial,
    is_completed,
    is_after_close,
    is_after_local_close,
    started_date,
    local_date,
    minute_of_day,
    booking_month,
    local_booking_month,
    started_at,
    arrived_at,
    fact_load_id as load_id
from judged
where {{ is_newer_load('fact_load_id') }}
