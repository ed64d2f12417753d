with source as (
    select * from {{ source('raw', 'follows') }}
),

renamed as (
    select
        -- ids
        follow_id,
        follower_user_id,
        target_id,

        -- attributes
        target_type,

        -- times
        followed_at,
        unfollowed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        follow_id,
        follower_user_id,
        target_id,
        nullif(lower({{ trimmed('target_type') }}), '') as target_type,
        followed_at,
        unfollowed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
