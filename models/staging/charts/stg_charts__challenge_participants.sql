with source as (
    select * from {{ source('raw', 'challenge_participants') }}
),

renamed as (
    select
        -- ids
        challenge_participant_id,
        challenge_id,
        user_id,

        -- attributes
        status,

        -- numbers
        score,
        final_rank,

        -- flags
        has_reached_goal,

        -- times
        joined_at,
        ranked_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        challenge_participant_id,
        challenge_id,
        user_id,
        nullif(lower({{ trimmed('status') }}), '') as status,
        score,
        final_rank,
        has_reached_goal,
        joined_at,
        ranked_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
