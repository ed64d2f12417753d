{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='live_chat_message_id',
        indexes=server_indexes([
            {'columns': ['live_chat_message_id']},
            {'columns': ['live_event_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'live_chat_messages') }}
    {{ rows_of_touched_ids(source('raw', 'live_chat_messages'), 'live_chat_message_id') }}
),

renamed as (
    select
        -- ids
        live_chat_message_id,
        live_event_id,
        user_id,
        tip_id,

        -- attributes
        message_type,
        message,
        tip_currency_code,

        -- numbers
        tip_amount_minor,

        -- times
        sent_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        live_chat_message_id,
        live_event_id,
        user_id,
        tip_id,
        nullif(lower({{ trimmed('message_type') }}), '') as message_type,
        nullif({{ trimmed('message') }}, '') as message,
        nullif(upper({{ trimmed('tip_currency_code') }}), '') as tip_currency_code,
        tip_amount_minor,
        sent_at,
        arrived_at,
        load_id
    from renamed
    {{ worked_out_once() }}
),

judged as (
    select
        cleaned.*,
        case
            when
                live_chat_message_id is null
                or live_event_id is null
                or message_type is null
                or message is null
                or sent_at is null
                then 'missing_value'
            when message_type not in ('chat', 'tip', 'reaction', 'system') then 'unknown_code'
            when tip_amount_minor <= 0 then 'amount_not_positive'
            when
                (message_type = 'system') <> (user_id is null)
                or (message_type = 'tip') <> (tip_amount_minor is not null)
                or (tip_amount_minor is null) <> (tip_currency_code is null)
                then 'contradiction'
            when {{ after_arrival('sent_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by live_chat_message_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        live_chat_message_id,
        live_event_id,
        user_id,
        tip_id,
        message_type,
        message,
        tip_currency_code,
        tip_amount_minor,
        sent_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'live_chat_message_id', 'live_event_id', 'user_id', 'message_type', 'message',
                    'tip_amount_minor', 'tip_currency_code', 'tip_id', 'sent_at', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
