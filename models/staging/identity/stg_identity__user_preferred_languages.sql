with source as (
    select * from {{ source('raw', 'user_preferred_languages') }}
),

renamed as (
    select
        -- ids
        user_id,
        language_id,

        -- numbers
        preference_rank,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
