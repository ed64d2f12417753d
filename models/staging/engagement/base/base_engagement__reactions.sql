with source as (
    select * from {{ source('raw', 'reactions') }}
),

renamed as (
    select
        -- ids
        reaction_id,
        user_id,
        target_id,

        -- attributes
        target_type,
        reaction_type,

        -- times
        reacted_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        reaction_id,
        user_id,
        target_id,
        nullif(lower({{ trimmed('target_type') }}), '') as target_type,
        nullif(lower({{ trimmed('reaction_type') }}), '') as reaction_type,
        reacted_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                reaction_id is null
                or user_id is null
                or target_type is null
                or target_id is null
                or reaction_type is null
                or reacted_at is null
                then 'missing_value'
            when
                target_type not in ('content', 'comment', 'post', 'review')
                or reaction_type not in ('like', 'love', 'fire', 'laugh', 'sad', 'wow')
                then 'unknown_code'
            when {{ after_arrival('reacted_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by reaction_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        reaction_id,
        user_id,
        target_id,
        target_type,
        reaction_type,
        reacted_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'reaction_id', 'user_id', 'target_type', 'target_id', 'reaction_type',
                    'reacted_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
