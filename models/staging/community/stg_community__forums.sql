with source as (
    select * from {{ source('raw', 'forums') }}
),

renamed as (
    select
        -- ids
        forum_id,
        community_id,

        -- attributes
        name,
        description,
        forum_type,

        -- times
        created_at,
        updated_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        forum_id,
        community_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('description') }}, '') as description,
        nullif(lower({{ trimmed('forum_type') }}), '') as forum_type,
        created_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
