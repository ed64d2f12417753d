with source as (
    select * from {{ source('raw', 'challenges') }}
),

renamed as (
    select
        -- ids
        challenge_id,
        country_id,

        -- attributes
        challenge_code,
        title,
        challenge_type,
        badge,
        status,

        -- numbers
        goal_score,

        -- times
        starts_at,
        ends_at,
        published_at,
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
        challenge_id,
        country_id,
        nullif({{ trimmed('challenge_code') }}, '') as challenge_code,
        nullif({{ trimmed('title') }}, '') as title,
        nullif(lower({{ trimmed('challenge_type') }}), '') as challenge_type,
        nullif({{ trimmed('badge') }}, '') as badge,
        nullif(lower({{ trimmed('status') }}), '') as status,
        goal_score,
        starts_at,
        ends_at,
        published_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
