with source as (
    select * from {{ source('raw', 'batch_job_runs') }}
),

renamed as (
    select
        -- ids
        batch_job_run_id,

        -- attributes
        job_name,
        status,
        error,
        summary,

        -- numbers
        attempt_no,
        rows_read,
        rows_written,

        -- times
        scheduled_at,
        started_at,
        ended_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        batch_job_run_id,
        nullif(lower({{ trimmed('job_name') }}), '') as job_name,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif({{ trimmed('error') }}, '') as error,
        nullif({{ trimmed('summary') }}, '') as summary,
        attempt_no,
        rows_read,
        rows_written,
        scheduled_at,
        started_at,
        ended_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
