with source as (
    select * from {{ source('raw', 'languages') }}
),

renamed as (
    select
        -- ids
        language_id,

        -- attributes
        language_code,
        name,
        native_name,
        script,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        language_id,
        nullif({{ trimmed('language_code') }}, '') as language_code,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('native_name') }}, '') as native_name,
        nullif({{ trimmed('script') }}, '') as script,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
