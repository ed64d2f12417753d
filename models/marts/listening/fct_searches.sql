{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='search_query_id',
        indexes=server_indexes([
            {'columns': ['search_query_id'], 'unique': true},
            {'columns': ['user_id', 'searched_at']},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{%- set touched = touched_events(
    'search_queries', 'search_query_id', 'searched_at',
    versions=[(ref('int_user_homes'), 'user_id', 'user_id')],
) -%}

with
searches as (
    select *
    from {{ ref('stg_engagement__search_queries') }}
    {{ where_one_of('search_query_id', touched) }}
),

user_homes as (
    select * from {{ ref('int_user_homes') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

at_home as (
    select
        searches.*,
        user_homes.user_key,
        user_homes.time_zone,
        greatest(searches.load_id, user_homes.load_id) as inputs_load_id
    from searches
    {{ join_version('searches', 'user_homes', 'user_id', 'searched_at') }}
),

localized as (
    select
        at_home.*,
        {{ local_datetime('at_home.searched_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }}
            as searched_local
    from at_home
    {{ join_time_zone_offset('at_home', 'searched_at', 'time_zone') }}
)

select
    search_query_id,
    user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    device_id,
    cast(coalesce(session_id, {{ not_applicable_key() }}) as bigint) as session_id,
    language_id,
    cast(coalesce(clicked_content_id, {{ not_applicable_key() }}) as bigint) as content_id,
    query_class,
    surface,
    query_length,
    result_count,
    latency_ms,
    clicked_rank,
    cast({{ datediff_ms('searched_at', 'clicked_at') }} as bigint) as click_delay_ms,
    has_typo,
    result_count > 0 as has_results,
    clicked_at is not null as is_clicked,
    {{ to_date('searched_at') }} as searched_date,
    cast(searched_local as date) as local_date,
    {{ minute_of_datetime('searched_local') }} as minute_of_day,
    searched_at,
    clicked_at,
    arrived_at,
    inputs_load_id as load_id
from localized
where {{ is_newer_load('inputs_load_id') }}
