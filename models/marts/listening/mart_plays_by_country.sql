{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='local_date',
        indexes=server_indexes([
            {
                'columns': [
                    'local_date', 'country_geography_id', 'payment_geography_id', 'tier', 'local_booking_month'
                ],
                'unique': true,
            },
            {'columns': ['local_booking_month']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    Whole local days are written anew, as a play may change its cell: its plan comes to be known later. Plays of a local
    day lie on the UTC days around it.
-#}
{%- set touched_days = touched_local_days() %}

with
streams as (
    select
        geography_id,
        payment_geography_id,
        tier,
        local_date,
        local_booking_month,
        active_ms,
        skip_class,
        is_qualified,
        is_completed,
        is_artificial,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', days_around(touched_days, -1, 1)) }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
),

placed as (
    select
        streams.*,
        geographies.country_geography_id
    from streams
    inner join geographies on streams.geography_id = geographies.geography_id
    {{ where_one_of('streams.local_date', touched_days) }}
)

select
    country_geography_id,
    payment_geography_id,
    tier,
    local_date,
    local_booking_month,
    count(*) as plays,
    count(case when is_qualified then 1 end) as qualified_streams,
    count(case when is_artificial then 1 end) as artificial_plays,
    count(case when is_completed then 1 end) as completed_plays,
    count(case when skip_class <> 'not_skipped' then 1 end) as skips,
    count(case when skip_class = 'skip_under_5s' then 1 end) as skips_under_5s,
    count(case when skip_class = 'skip_under_30s' then 1 end) as skips_under_30s,
    cast(sum(active_ms) as bigint) as active_ms,
    max(load_id) as load_id
from placed
group by
    country_geography_id,
    payment_geography_id,
    tier,
    local_date,
    local_booking_month
