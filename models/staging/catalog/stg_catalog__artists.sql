with source as (
    select * from {{ source('raw', 'artists') }}
),

renamed as (
    select
        -- ids
        artist_id,
        cast(artist_uuid as text) as artist_uuid,
        user_id,
        label_id,
        country_id,

        -- attributes
        name,
        verification_status,

        -- times
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
        artist_id,
        lower(artist_uuid) as artist_uuid,
        user_id,
        label_id,
        country_id,
        nullif(trim(name), '') as name,
        nullif(lower(trim(verification_status)), '') as verification_status,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
