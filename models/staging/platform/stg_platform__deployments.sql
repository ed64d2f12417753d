with source as (
    select * from {{ source('raw', 'deployments') }}
),

renamed as (
    select
        -- ids
        deployment_id,
        service_id,

        -- attributes
        version,
        strategy,
        status,
        deployed_by,

        -- numbers
        errors_before_ppm,
        errors_after_ppm,

        -- times
        started_at,
        shifted_at,
        ended_at,
        rolled_back_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        deployment_id,
        service_id,
        nullif({{ trimmed('version') }}, '') as version,
        nullif(lower({{ trimmed('strategy') }}), '') as strategy,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif({{ trimmed('deployed_by') }}, '') as deployed_by,
        errors_before_ppm,
        errors_after_ppm,
        started_at,
        shifted_at,
        ended_at,
        rolled_back_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
