with source as (
    select * from {{ source('raw', 'allocation_methods') }}
),

renamed as (
    select
        -- ids
        allocation_method_id,
        country_id,

        -- attributes
        tier,
        source,
        right_type,
        method,

        -- times
        valid_from,
        valid_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        allocation_method_id,
        country_id,
        nullif(lower({{ trimmed('tier') }}), '') as tier,
        nullif(lower({{ trimmed('source') }}), '') as source,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(lower({{ trimmed('method') }}), '') as method,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
