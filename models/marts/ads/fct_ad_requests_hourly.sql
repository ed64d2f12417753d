{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='hour_at',
        indexes=server_indexes([
            {'columns': ['hour_at', 'geography_id', 'placement'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched -%}
    select loaded.hour_at
    from {{ ref('int_ad_requests_loaded') }} as loaded
    where loaded.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
requests as (
    select
        country_id,
        placement,
        hour_at,
        {{ to_date('hour_at') }} as hour_date,
        is_filled,
        decision_ms,
        requests,
        load_id
    from {{ ref('int_ad_requests_hourly') }}
    {{ where_one_of('hour_at', touched) }}
),

rules as (
    select
        date_day,
        ad_decision_target_ms
    from {{ ref('int_rules_by_date') }}
),

-- Up to a latency: all breaks that were decided within it, filled or not.
ranked as (
    select
        requests.*,
        rules.ad_decision_target_ms as target_ms,
        sum(requests.requests) over (
            partition by requests.country_id, requests.placement, requests.hour_at order by requests.decision_ms
        ) as requests_up_to,
        sum(requests.requests) over (
            partition by requests.country_id, requests.placement, requests.hour_at
        ) as requests_in_all
    from requests
    inner join rules on requests.hour_date = rules.date_day
),

totals as (
    select
        country_id,
        placement,
        hour_at,
        hour_date,
        target_ms,
        sum(requests) as requests,
        sum(case when is_filled then requests else 0 end) as filled,
        {{ nearest_rank(50, 'decision_ms', 'requests_up_to', 'requests_in_all') }} as decision_p50_ms,
        {{ nearest_rank(95, 'decision_ms', 'requests_up_to', 'requests_in_all') }} as decision_p95_ms,
        {{ nearest_rank(99, 'decision_ms', 'requests_up_to', 'requests_in_all') }} as decision_p99_ms,
        sum(case when decision_ms < target_ms then requests else 0 end) as within_target,
        max(load_id) as load_id
    from ranked
    group by
        country_id,
        placement,
        hour_at,
        hour_date,
        target_ms
)

select
    {{ geography_id('null', 'null', 'country_id') }} as geography_id,
    placement,
    hour_at,
    hour_date,
    cast(requests as bigint) as requests,
    cast(filled as bigint) as filled,
    {{ ratio('filled', 'requests') }} as fill_rate,
    decision_p50_ms,
    decision_p95_ms,
    decision_p99_ms,
    target_ms,
    cast(within_target as bigint) as within_target,
    {{ ratio('within_target', 'requests') }} as within_target_share,
    load_id
from totals
