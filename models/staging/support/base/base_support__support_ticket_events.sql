{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='support_ticket_event_id',
        indexes=server_indexes([
            {'columns': ['support_ticket_event_id']},
            {'columns': ['support_ticket_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'support_ticket_events') }}
    {{ rows_of_touched_ids(source('raw', 'support_ticket_events'), 'support_ticket_event_id') }}
),

renamed as (
    select
        -- ids
        support_ticket_event_id,
        support_ticket_id,
        support_agent_id,

        -- attributes
        event_type,
        actor,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        support_ticket_event_id,
        support_ticket_id,
        support_agent_id,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        nullif(lower({{ trimmed('actor') }}), '') as actor,
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
                support_ticket_event_id is null
                or occurred_at is null
                or support_ticket_id is null
                or event_type is null
                or actor is null
                then 'missing_value'
            when
                event_type not in (
                    'opened', 'assigned', 'replied', 'waiting', 'customer_replied', 'escalated',
                    'resolved', 'reopened', 'rated'
                )
                or actor not in ('customer', 'agent', 'system')
                then 'unknown_code'
            when not (actor <> 'agent' or support_agent_id is not null) then 'contradiction'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by support_ticket_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        support_ticket_event_id,
        support_ticket_id,
        support_agent_id,
        event_type,
        actor,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'support_ticket_event_id', 'occurred_at', 'support_ticket_id', 'event_type',
                    'actor', 'support_agent_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
