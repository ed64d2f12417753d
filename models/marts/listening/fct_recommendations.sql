{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='recommendation_id',
        indexes=server_indexes([
            {'columns': ['recommendation_id'], 'unique': true},
            {'columns': ['user_id', 'served_at']},
            {'columns': ['stream_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{%- set played_again -%}
    select playing.stream_id
    from {{ ref('fct_streams') }} as playing
    where playing.load_id > (select since.load_id from since)
{%- endset -%}
{%- set played -%}
    select suggesting.recommendation_id
    from {{ this }} as suggesting
    {{ where_one_of('suggesting.stream_id', played_again) }}
{%- endset %}

with
recommendations as (
    select *
    from {{ ref('stg_engagement__recommendations') }}
    {{ where_one_of('recommendation_id', touched_events(
        'recommendations', 'recommendation_id', 'served_at',
        versions=[(ref('int_user_homes'), 'user_id', 'user_id')], others=[played],
    )) }}
),

streams as (
    select
        stream_id,
        active_ms,
        skip_class,
        is_qualified,
        is_completed,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('stream_id', 'select stream_id from recommendations') }}
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

resolved as (
    select
        recommendations.*,
        user_homes.user_key,
        user_homes.time_zone,
        streams.stream_id is not null as is_played,
        streams.active_ms,
        streams.skip_class,
        streams.is_qualified,
        streams.is_completed,
        greatest(recommendations.load_id, user_homes.load_id, streams.load_id) as inputs_load_id
    from recommendations
    left join streams on recommendations.stream_id = streams.stream_id
    {{ join_version('recommendations', 'user_homes', 'user_id', 'served_at') }}
)

select
    resolved.recommendation_id,
    resolved.user_id,
    {{ fact_version_key('resolved.user_key', 'resolved.user_id') }} as user_key,
    resolved.session_id,
    resolved.content_id,
    cast(coalesce(resolved.stream_id, {{ not_applicable_key() }}) as bigint) as stream_id,
    resolved.list_kind,
    resolved.list_rank,
    resolved.reason,
    resolved.model_version,
    resolved.score,
    cast({{ datediff_ms('resolved.generated_at', 'resolved.served_at') }} as bigint) as list_age_ms,
    cast({{ datediff_ms('resolved.served_at', 'resolved.clicked_at') }} as bigint) as click_delay_ms,
    cast(coalesce(resolved.active_ms, 0) as bigint) as active_ms,
    resolved.clicked_at is not null as is_clicked,
    resolved.is_played,
    coalesce(resolved.is_qualified, false) as is_qualified,
    coalesce(resolved.is_completed, false) as is_completed,
    coalesce(resolved.skip_class <> 'not_skipped', false) as is_skipped,
    {{ to_date('resolved.served_at') }} as served_date,
    {{ local_date('resolved.served_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as local_date,
    resolved.generated_at,
    resolved.served_at,
    resolved.clicked_at,
    resolved.arrived_at,
    resolved.inputs_load_id as load_id
from resolved
{{ join_time_zone_offset('resolved', 'served_at', 'time_zone') }}
where {{ is_newer_load('resolved.inputs_load_id') }}
