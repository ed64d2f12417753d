with source as (
    select * from {{ source('raw', 'revenue_splits') }}
),

renamed as (
    select
        -- ids
        revenue_split_id,
        song_id,
        work_id,
        payee_id,

        -- attributes
        right_type,
        role,

        -- numbers
        share_ppm,

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
        revenue_split_id,
        song_id,
        work_id,
        payee_id,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(lower({{ trimmed('role') }}), '') as role,
        share_ppm,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
