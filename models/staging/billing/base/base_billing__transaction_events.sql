{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='transaction_event_id',
        indexes=server_indexes([
            {'columns': ['transaction_event_id']},
            {'columns': ['transaction_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'transaction_events') }}
    {{ rows_of_touched_ids(source('raw', 'transaction_events'), 'transaction_event_id') }}
),

renamed as (
    select
        -- ids
        transaction_event_id,
        transaction_id,

        -- attributes
        event_type,
        detail,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        transaction_event_id,
        transaction_id,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        nullif({{ trimmed('detail') }}, '') as detail,
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
                transaction_event_id is null
                or transaction_id is null
                or event_type is null
                or occurred_at is null
                then 'missing_value'
            when
                event_type not in ('created', 'authorised', 'captured', 'failed', 'refunded')
                then 'unknown_code'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by transaction_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        transaction_event_id,
        transaction_id,
        event_type,
        detail,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'transaction_event_id', 'transaction_id', 'event_type', 'occurred_at',
                    'detail', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
