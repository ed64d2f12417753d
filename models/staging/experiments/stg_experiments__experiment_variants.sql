with source as (
    select * from {{ source('raw', 'experiment_variants') }}
),

renamed as (
    select
        -- ids
        experiment_variant_id,
        experiment_id,

        -- attributes
        variant_code,
        description,

        -- numbers
        planned_ppm,

        -- flags
        is_control,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        experiment_variant_id,
        experiment_id,
        nullif({{ trimmed('variant_code') }}, '') as variant_code,
        nullif({{ trimmed('description') }}, '') as description,
        planned_ppm,
        is_control,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
