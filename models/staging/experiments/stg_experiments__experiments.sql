with source as (
    select * from {{ source('raw', 'experiments') }}
),

renamed as (
    select
        -- ids
        experiment_id,

        -- attributes
        experiment_code,
        name,
        hypothesis,
        surface,
        unit,
        status,

        -- numbers
        population_ppm,

        -- times
        starts_at,
        ends_at,
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        experiment_id,
        nullif({{ trimmed('experiment_code') }}, '') as experiment_code,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('hypothesis') }}, '') as hypothesis,
        nullif(lower({{ trimmed('surface') }}), '') as surface,
        nullif(lower({{ trimmed('unit') }}), '') as unit,
        nullif(lower({{ trimmed('status') }}), '') as status,
        population_ppm,
        starts_at,
        ends_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
