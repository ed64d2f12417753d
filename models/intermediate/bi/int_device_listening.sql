{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='month_start_date',
        pre_hook="{{ drop_months_without_streams('not heard.is_artificial') }}",
        indexes=server_indexes([
            {'columns': ['month_start_date', 'user_id', 'device_id', 'country_geography_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched = touched_booking_months() %}

with
streams as (
    select
        user_id,
        device_id,
        geography_id,
        local_booking_month,
        active_ms,
        is_artificial,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', started_in_months_of(touched)) }}
),

booked as (
    select * from streams
    {{ where_one_of('local_booking_month', touched) }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
)

select
    booked.local_booking_month as month_start_date,
    booked.user_id,
    booked.device_id,
    geographies.country_geography_id,
    count(*) as plays,
    cast(sum(booked.active_ms) as bigint) as active_ms,
    max(booked.load_id) as load_id
from booked
inner join geographies on booked.geography_id = geographies.geography_id
where not booked.is_artificial
group by
    booked.local_booking_month,
    booked.user_id,
    booked.device_id,
    geographies.country_geography_id
