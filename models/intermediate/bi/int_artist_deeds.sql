{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='local_date',
        pre_hook="{{ drop_deed_days_gone() }}",
        indexes=server_indexes([
            {'columns': ['local_date', 'artist_id', 'country_geography_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched_days = touched_deed_days() %}

with
{% if is_incremental() -%}
touched as (
    {{ touched_days }}
),

{% endif -%}
playlist_events as (
    select
        content_id,
        user_key,
        local_date,
        load_id
    from {{ ref('fct_playlist_events') }}
    where
        is_accepted
        and event_type = 'item_added'
),

feedback as (
    select
        content_id,
        user_key,
        local_date,
        load_id
    from {{ ref('fct_feedback') }}
    where feedback_kind = 'save'
),

deeds as (
    select
        playlist_events.*,
        1 as playlist_adds,
        0 as saves
    from playlist_events
    {{ where_one_of('local_date', 'select touched.day_date from touched') }}
    union all
    select
        feedback.*,
        0 as playlist_adds,
        1 as saves
    from feedback
    {{ where_one_of('local_date', 'select touched.day_date from touched') }}
),

contents as (
    select
        content_id,
        artist_id,
        load_id
    from {{ ref('stg_catalog__content') }}
),

songs as (
    select
        content_id,
        main_artist_id,
        load_id
    from {{ ref('int_song_versions') }}
    where is_current
),

users as (
    select
        user_key,
        residence_geography_id
    from {{ ref('dim_user') }}
),

-- Whose content it is, as in the plays: the main artist of a recording, else the publisher.
owned as (
    select
        deeds.local_date,
        deeds.user_key,
        deeds.playlist_adds,
        deeds.saves,
        coalesce(songs.main_artist_id, contents.artist_id, {{ unknown_key() }}) as artist_id,
        greatest(deeds.load_id, songs.load_id, contents.load_id) as load_id
    from deeds
    left join songs on deeds.content_id = songs.content_id
    left join contents on deeds.content_id = contents.content_id
),

placed as (
    select
        owned.*,
        coalesce(users.residence_geography_id, {{ unknown_key() }}) as country_geography_id
    from owned
    left join users on owned.user_key = users.user_key
)

select
    artist_id,
    local_date,
    country_geography_id,
    cast(sum(playlist_adds) as bigint) as playlist_adds,
    cast(sum(saves) as bigint) as saves,
    max(load_id) as load_id
from placed
group by artist_id, local_date, country_geography_id
