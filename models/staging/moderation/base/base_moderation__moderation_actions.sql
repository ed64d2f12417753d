{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='moderation_action_id',
        indexes=server_indexes([
            {'columns': ['moderation_action_id']},
            {'columns': ['content_report_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'moderation_actions') }}
    {{ rows_of_touched_ids(source('raw', 'moderation_actions'), 'moderation_action_id') }}
),

renamed as (
    select
        -- ids
        moderation_action_id,
        target_id,
        content_id,
        user_id,
        content_report_id,
        moderator_user_id,

        -- attributes
        target_type,
        action,
        reason,
        model_version,

        -- numbers
        cast(confidence as numeric(18, 6)) as confidence,

        -- flags
        is_automated,

        -- times
        acted_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        moderation_action_id,
        target_id,
        content_id,
        user_id,
        content_report_id,
        moderator_user_id,
        nullif(lower({{ trimmed('target_type') }}), '') as target_type,
        nullif(lower({{ trimmed('action') }}), '') as action,
        nullif({{ trimmed('reason') }}, '') as reason,
        nullif({{ trimmed('model_version') }}, '') as model_version,
        confidence,
        is_automated,
        acted_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                moderation_action_id is null
                or acted_at is null
                or target_type is null
                or target_id is null
                or action is null
                or is_automated is null
                then 'missing_value'
            when
                target_type not in (
                    'content', 'user', 'comment', 'post', 'review', 'forum_post', 'message',
                    'live_chat'
                )
                or action not in (
                    'approved', 'rejected', 'flagged', 'age_restricted', 'warned', 'suspended'
                )
                then 'unknown_code'
            when confidence < 0 or confidence > 1 then 'out_of_range'
            when
                (target_type = 'content') <> (content_id is not null)
                or is_automated <> (confidence is not null)
                or is_automated <> (model_version is not null)
                or not (not is_automated or moderator_user_id is null)
                then 'contradiction'
            when {{ after_arrival('acted_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by moderation_action_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        moderation_action_id,
        target_id,
        content_id,
        user_id,
        content_report_id,
        moderator_user_id,
        target_type,
        action,
        reason,
        model_version,
        confidence,
        is_automated,
        acted_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'moderation_action_id', 'acted_at', 'target_type', 'target_id', 'content_id',
                    'user_id', 'content_report_id', 'moderator_user_id', 'action', 'reason',
                    'is_automated', 'confidence', 'model_version', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
