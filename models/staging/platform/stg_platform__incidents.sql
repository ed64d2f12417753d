with source as (
    select * from {{ source('raw', 'incidents') }}
),

renamed as (
    select
        -- ids
        incident_id,
        service_id,
        deployment_id,

        -- attributes
        status,
        cause,
        title,

        -- numbers
        severity,

        -- times
        started_at,
        detected_at,
        mitigated_at,
        resolved_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        incident_id,
        service_id,
        deployment_id,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif(lower({{ trimmed('cause') }}), '') as cause,
        nullif({{ trimmed('title') }}, '') as title,
        severity,
        started_at,
        detected_at,
        mitigated_at,
        resolved_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
