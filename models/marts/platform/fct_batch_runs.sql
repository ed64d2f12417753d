with
batch_job_runs as (
    select * from {{ ref('stg_platform__batch_job_runs') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
)

select
    batch_job_runs.batch_job_run_id,
    batch_job_runs.job_name,
    batch_job_runs.attempt_no,
    batch_job_runs.status,
    {{ datediff_ms('batch_job_runs.scheduled_at', 'batch_job_runs.started_at') }} as start_delay_ms,
    {{ datediff_ms(
        'batch_job_runs.started_at', 'coalesce(batch_job_runs.ended_at, clock.data_clock)'
    ) }} as run_ms,
    batch_job_runs.rows_read,
    batch_job_runs.rows_written,
    batch_job_runs.error,
    batch_job_runs.summary,
    batch_job_runs.ended_at is null as is_running,
    batch_job_runs.attempt_no > 1 as is_retry,
    {{ to_date('batch_job_runs.scheduled_at') }} as scheduled_date,
    batch_job_runs.scheduled_at,
    batch_job_runs.started_at,
    batch_job_runs.ended_at
from batch_job_runs
cross join clock
