{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='deployment_id',
        indexes=server_indexes([
            {'columns': ['deployment_id'], 'unique': true},
            {'columns': ['started_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
deployments as (
    select * from {{ ref('stg_platform__deployments') }}
    {{ where_one_of('deployment_id', touched_events(
        ref('stg_platform__deployments'), 'deployment_id', open='is_running',
    )) }}
),

clock as (
    select
        data_clock,
        last_load_id
    from {{ ref('int_clock') }}
),

measured as (
    select
        deployments.*,
        {{ datediff_ms(
            'deployments.started_at', 'coalesce(deployments.ended_at, clock.data_clock)'
        ) }} as deployment_ms,
        {{ datediff_ms('deployments.shifted_at', 'deployments.rolled_back_at') }} as roll_back_ms,
        case
            when deployments.ended_at is null then clock.last_load_id
            else deployments.load_id
        end as inputs_load_id
    from deployments
    cross join clock
)

select
    deployment_id,
    service_id,
    version,
    strategy,
    status,
    deployed_by,
    deployment_ms,
    roll_back_ms,
    {{ ratio('roll_back_ms', '60000') }} as roll_back_minutes,
    {{ ratio('errors_before_ppm', '1000000') }} as error_rate_before,
    {{ ratio('errors_after_ppm', '1000000') }} as error_rate_after,
    {{ ratio('errors_after_ppm - errors_before_ppm', '1000000') }} as error_rate_rise,
    ended_at is null as is_running,
    rolled_back_at is not null as is_rolled_back,
    {{ to_date('started_at') }} as started_date,
    started_at,
    shifted_at,
    ended_at,
    rolled_back_at,
    inputs_load_id as load_id
from measured
where {{ is_newer_load('inputs_load_id') }}
