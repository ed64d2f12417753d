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
        nullif(trim(language_code), '') as language_code,
        nullif(trim(name), '') as name,
        nullif(trim(native_name), '') as native_name,
        nullif(trim(script), '') as script,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
