with source as (
    select * from {{ source('raw', 'recommendations') }}
),

renamed as (
    select
        -- ids
        recommendation_id,
        user_id,
        session_id,
        content_id,
        stream_id,

        -- attributes
        list_kind,
        reason,
        model_version,

        -- numbers
        list_rank,
        cast(score as numeric(18, 6)) as score,

        -- times
        served_at,
        generated_at,
        clicked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        recommendation_id,
        user_id,
        session_id,
        content_id,
        stream_id,
        nullif(lower({{ trimmed('list_kind') }}), '') as list_kind,
        nullif(lower({{ trimmed('reason') }}), '') as reason,
        nullif({{ trimmed('model_version') }}, '') as model_version,
        list_rank,
        score,
        served_at,
        generated_at,
        clicked_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                recommendation_id is null
                or user_id is null
                or session_id is null
                or served_at is null
                or list_kind is null
                or list_rank is null
                or content_id is null
                or reason is null
                or model_version is null
                or score is null
                or generated_at is null
                then 'missing_value'
            when
                list_kind not in ('daily_mix', 'discover_weekly', 'radio', 'home')
                or reason not in (
                    'repeat', 'similar_listeners', 'same_artist', 'trending', 'new_release',
                    'editorial'
                )
                then 'unknown_code'
            when list_rank <= 0 or score < 0 or score > 1 then 'out_of_range'
            when served_at <= generated_at or clicked_at <= served_at then 'wrong_order'
            when (stream_id is null) <> (clicked_at is null) then 'contradiction'
            when {{ after_arrival('served_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by recommendation_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        recommendation_id,
        user_id,
        session_id,
        content_id,
        stream_id,
        list_kind,
        reason,
        model_version,
        list_rank,
        score,
        served_at,
        generated_at,
        clicked_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'recommendation_id', 'user_id', 'session_id', 'served_at', 'list_kind',
                    'list_rank', 'content_id', 'reason', 'model_version', 'score', 'generated_at',
                    'clicked_at', 'stream_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
