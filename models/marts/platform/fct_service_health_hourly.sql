{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='hour_at',
        indexes=server_indexes([
            {'columns': ['hour_at', 'service_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched -%}
    select loaded.hour_at
    from {{ ref('int_server_health_checks_loaded') }} as loaded
    where loaded.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
health_checks as (
    select *
    from {{ ref('int_server_health_checks_hourly') }}
    {{ where_one_of('hour_at', touched) }}
)

select
    service_id,
    hour_at,
    {{ to_date('hour_at') }} as hour_date,
    checks,
    checks_up,
    {{ ratio('checks_up', 'checks') }} as up_share,
    {{ ratio('cpu_ppm_sum', 'checks_up * 1000000') }} as cpu_mean_share,
    {{ ratio('cpu_ppm_max', '1000000') }} as cpu_max_share,
    {{ ratio('memory_ppm_sum', 'checks_up * 1000000') }} as memory_mean_share,
    {{ ratio('memory_ppm_max', '1000000') }} as memory_max_share,
    {{ ratio('latency_ms_sum', 'checks_up') }} as latency_mean_ms,
    latency_ms_max as latency_max_ms,
    load_id
from health_checks
