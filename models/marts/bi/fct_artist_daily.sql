{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['artist_id', 'local_date', 'country_geography_id'],
        pre_hook=[
            "{{ drop_artist_rows_gone() }}",
            "{{ take_over_followers() }}",
            "{{ take_over_names(ref('dim_artist'), 'artist_id', {'artist_name': 'name'}, ref('int_artist_versions'), 'named.is_current') }}",
        ],
        indexes=server_indexes([
            {'columns': ['local_date']},
            {'columns': ['artist_id', 'local_date', 'country_geography_id'], 'unique': true},
            {'columns': ['artist_id', 'lost_followers']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched_days = touched_artist_days() %}

with
{% if is_incremental() -%}
touched as (
    {{ touched_days }}
),

{% endif -%}
listened as (
    select
        artist_id,
        local_date,
        country_geography_id,
        plays,
        listeners,
        active_ms,
        load_id
    from {{ ref('int_artist_listening') }}
    where
        artist_id > 0
        and plays > 0
),

done as (
    select
        artist_id,
        local_date,
        country_geography_id,
        playlist_adds,
        saves,
        load_id
    from {{ ref('int_artist_deeds') }}
    where artist_id > 0
),

followers as (
    select
        artist_id,
        country_geography_id,
        local_date,
        next_date,
        new_followers,
        lost_followers,
        followers,
        load_id
    from {{ ref('int_artist_followers') }}
),

geographies as (
    select
        geography_id,
        country_code
    from {{ ref('dim_geography') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
),

days as (
    select
        artist_id,
        local_date,
        country_geography_id,
        plays,
        listeners,
        active_ms,
        0 as playlist_adds,
        0 as saves,
        0 as new_followers,
        0 as lost_followers,
        load_id
    from listened
    {{ where_one_of('local_date', 'select touched.day_date from touched') }}
    union all
    select
        artist_id,
        local_date,
        country_geography_id,
        0 as plays,
        0 as listeners,
        0 as active_ms,
        playlist_adds,
        saves,
        0 as new_followers,
        0 as lost_followers,
        load_id
    from done
    {{ where_one_of('local_date', 'select touched.day_date from touched') }}
    union all
    select
        artist_id,
        local_date,
        country_geography_id,
        0 as plays,
        0 as listeners,
        0 as active_ms,
        0 as playlist_adds,
        0 as saves,
        new_followers,
        lost_followers,
        load_id
    from followers
    {{ where_one_of('local_date', 'select touched.day_date from touched') }}
),

totals as (
    select
        artist_id,
        local_date,
        country_geography_id,
        sum(plays) as plays,
        sum(listeners) as listeners,
        sum(active_ms) as active_ms,
        sum(playlist_adds) as playlist_adds,
        sum(saves) as saves,
        sum(new_followers) as new_followers,
        sum(lost_followers) as lost_followers,
        max(load_id) as load_id
    from days
    group by artist_id, local_date, country_geography_id
),

final as (
    select
        totals.artist_id,
        artists.name as artist_name,
        totals.local_date,
        totals.country_geography_id,
        geographies.country_code,
        cast(totals.plays as bigint) as plays,
        cast(totals.listeners as bigint) as listeners,
        cast(totals.active_ms as bigint) as active_ms,
        cast(totals.playlist_adds as bigint) as playlist_adds,
        cast(totals.saves as bigint) as saves,
        cast(totals.new_followers as bigint) as new_followers,
        cast(totals.lost_followers as bigint) as lost_followers,
        coalesce(followers.followers, 0) as followers,
        totals.load_id
    from totals
    left join followers
        on
            totals.artist_id = followers.artist_id
            and totals.country_geography_id = followers.country_geography_id
            and totals.local_date >= followers.local_date
            and totals.local_date < followers.next_date
    left join artists on totals.artist_id = artists.artist_id
    left join geographies on totals.country_geography_id = geographies.geography_id
)

select * from final
{% if is_incremental() -%}
-- Of a day most rows stand as they are, and are not written again.
except
select * from {{ this }}
{{ where_one_of('local_date', 'select touched.day_date from touched') }}
{%- endif %}
