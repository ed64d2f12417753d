{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='batch_job_run_id',
        indexes=server_indexes([
            {'columns': ['batch_job_run_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

with
batch_job_runs as (
    select * from {{ ref('stg_platform__batch_job_runs') }}
    {{ where_one_of('batch_job_run_id', touched_events(
        ref('stg_platform__batch_job_runs'), 'batch_job_run_id', open='is_running',
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
        batch_job_runs.*,
        {{ datediff_ms('batch_job_runs.scheduled_at', 'batch_job_runs.started_at') }} as start_delay_ms,
        {{ datediff_ms(
            'batch_job_runs.started_at', 'coalesce(batch_job_runs.ended_at, clock.data_clock)'
        ) }} as run_ms,
        case
            when batch_job_runs.ended_at is null then clock.last_load_id
            else batch_job_runs.load_id
        end as inputs_load_id
    from batch_job_runs
    cross join clock
)

select
    batch_job_run_id,
    job_name,
    attempt_no,
    status,
    start_delay_ms,
    run_ms,
    rows_read,
    rows_written,
    error,
    summary,
    ended_at is null as is_running,
    attempt_no > 1 as is_retry,
    {{ to_date('scheduled_at') }} as scheduled_date,
    scheduled_at,
    started_at,
    ended_at,
    inputs_load_id as load_id
from measured
where {{ is_newer_load('inputs_load_id') }}
