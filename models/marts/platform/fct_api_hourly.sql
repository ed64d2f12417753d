{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='hour_at',
        indexes=server_indexes([
            {'columns': ['hour_at', 'service_id', 'route'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched -%}
    select loaded.hour_at
    from {{ ref('int_api_requests_loaded') }} as loaded
    where loaded.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
requests as (
    select
        service_id,
        route,
        hour_at,
        status_code,
        latency_ms,
        requests,
        load_id
    from {{ ref('int_api_requests_hourly') }}
    {{ where_one_of('hour_at', touched) }}
),

rules as (
    select
        date_day,
        api_target_ms
    from {{ ref('int_rules_by_date') }}
),

aimed as (
    select
        requests.*,
        rules.api_target_ms
    from requests
    inner join rules on {{ to_date('requests.hour_at') }} = rules.date_day
),

-- Up to a latency: all requests that were answered within it.
ranked as (
    select
        aimed.*,
        sum(requests) over (partition by service_id, route, hour_at order by latency_ms) as requests_up_to,
        sum(requests) over (partition by service_id, route, hour_at) as requests_in_all
    from aimed
),

totals as (
    select
        service_id,
        route,
        hour_at,
        sum(requests) as requests,
        sum(case when status_code >= 500 then requests else 0 end) as errors,
        sum(case when status_code between 400 and 499 and status_code <> 429 then requests else 0 end) as client_errors,
        sum(case when status_code = 429 then requests else 0 end) as rate_limited,
        sum(case when latency_ms < api_target_ms then requests else 0 end) as requests_in_time,
        {{ nearest_rank(50, 'latency_ms', 'requests_up_to', 'requests_in_all') }} as latency_p50_ms,
        {{ nearest_rank(95, 'latency_ms', 'requests_up_to', 'requests_in_all') }} as latency_p95_ms,
        {{ nearest_rank(99, 'latency_ms', 'requests_up_to', 'requests_in_all') }} as latency_p99_ms,
        max(load_id) as load_id
    from ranked
    group by
        service_id,
        route,
        hour_at
)

select
    service_id,
    route,
    hour_at,
    {{ to_date('hour_at') }} as hour_date,
    cast(requests as bigint) as requests,
    cast(errors as bigint) as errors,
    cast(client_errors as bigint) as client_errors,
    cast(rate_limited as bigint) as rate_limited,
    cast(requests_in_time as bigint) as requests_in_time,
    {{ ratio('errors', 'requests') }} as error_rate,
    latency_p50_ms,
    latency_p95_ms,
    latency_p99_ms,
    load_id
from totals
