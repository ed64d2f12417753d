with source as (
    select * from {{ source('raw', 'playlist_events') }}
),

renamed as (
    select
        -- ids
        playlist_event_id,
        playlist_id,
        actor_user_id,
        playlist_item_id,
        content_id,
        collaborator_user_id,

        -- attributes
        event_type,

        -- numbers
        position_before,
        position_after,
        revision_before,
        revision_after,

        -- flags
        is_accepted,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        playlist_event_id,
        playlist_id,
        actor_user_id,
        playlist_item_id,
        content_id,
        collaborator_user_id,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        position_before,
        position_after,
        revision_before,
        revision_after,
        is_accepted,
        occurred_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                playlist_event_id is null
                or playlist_id is null
                or occurred_at is null
                or event_type is null
                or revision_before is null
                or is_accepted is null
                then 'missing_value'
            when
                event_type not in (
                    'created', 'renamed', 'item_added', 'item_moved', 'item_removed',
                    'collaborator_added', 'published', 'deleted'
                )
                then 'unknown_code'
            when revision_before < 0 or position_before <= 0 or position_after <= 0
                then 'out_of_range'
            when
                is_accepted <> (revision_after is not null)
                or not (revision_after = revision_before + 1)
                then 'contradiction'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by playlist_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        playlist_event_id,
        playlist_id,
        actor_user_id,
        playlist_item_id,
        content_id,
        collaborator_user_id,
        event_type,
        position_before,
        position_after,
        revision_before,
        revision_after,
        is_accepted,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'playlist_event_id', 'playlist_id', 'actor_user_id', 'occurred_at',
                    'event_type', 'playlist_item_id', 'content_id', 'position_before',
                    'position_after', 'collaborator_user_id', 'revision_before', 'revision_after',
                    'is_accepted', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
