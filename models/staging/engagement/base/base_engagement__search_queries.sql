with source as (
    select * from {{ source('raw', 'search_queries') }}
),

renamed as (
    select
        -- ids
        search_query_id,
        user_id,
        device_id,
        session_id,
        language_id,
        clicked_content_id,

        -- attributes
        query_class,
        surface,

        -- numbers
        query_length,
        result_count,
        latency_ms,
        clicked_rank,

        -- flags
        has_typo,

        -- times
        searched_at,
        clicked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        search_query_id,
        user_id,
        device_id,
        session_id,
        language_id,
        clicked_content_id,
        nullif(lower({{ trimmed('query_class') }}), '') as query_class,
        nullif(lower({{ trimmed('surface') }}), '') as surface,
        query_length,
        result_count,
        latency_ms,
        clicked_rank,
        has_typo,
        searched_at,
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
                search_query_id is null
                or user_id is null
                or device_id is null
                or searched_at is null
                or query_class is null
                or query_length is null
                or language_id is null
                or surface is null
                or has_typo is null
                or result_count is null
                or latency_ms is null
                then 'missing_value'
            when
                query_class not in (
                    'title', 'artist', 'album', 'lyrics', 'genre', 'mood', 'podcast'
                )
                or surface not in ('autocomplete', 'results')
                then 'unknown_code'
            when query_length <= 0 or latency_ms <= 0 then 'out_of_range'
            when clicked_at <= searched_at then 'wrong_order'
            when
                (clicked_content_id is null) <> (clicked_rank is null)
                or (clicked_content_id is null) <> (clicked_at is null)
                or not (coalesce(clicked_rank between 1 and result_count, result_count >= 0))
                then 'contradiction'
            when {{ after_arrival('searched_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by search_query_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        search_query_id,
        user_id,
        device_id,
        session_id,
        language_id,
        clicked_content_id,
        query_class,
        surface,
        query_length,
        result_count,
        latency_ms,
        clicked_rank,
        has_typo,
        searched_at,
        clicked_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'search_query_id', 'user_id', 'device_id', 'session_id', 'searched_at',
                    'query_class', 'query_length', 'language_id', 'surface', 'has_typo',
                    'result_count', 'latency_ms', 'clicked_content_id', 'clicked_rank',
                    'clicked_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
