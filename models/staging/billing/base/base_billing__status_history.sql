with source as (
    select * from {{ source('raw', 'status_history') }}
),

renamed as (
    select
        -- ids
        status_history_id,
        entity_id,
        changed_by_user_id,

        -- attributes
        entity_type,
        old_status,
        new_status,

        -- times
        changed_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        status_history_id,
        entity_id,
        changed_by_user_id,
        nullif(lower({{ trimmed('entity_type') }}), '') as entity_type,
        nullif({{ trimmed('old_status') }}, '') as old_status,
        nullif({{ trimmed('new_status') }}, '') as new_status,
        changed_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                status_history_id is null
                or entity_type is null
                or entity_id is null
                or new_status is null
                or changed_at is null
                then 'missing_value'
            when entity_type not in ('user', 'order', 'fan_subscription', 'dispute')
                then 'unknown_code'
            when not (old_status <> new_status) then 'contradiction'
            when {{ after_arrival('changed_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by status_history_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        status_history_id,
        entity_id,
        changed_by_user_id,
        entity_type,
        old_status,
        new_status,
        changed_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'status_history_id', 'entity_type', 'entity_id', 'old_status', 'new_status',
                    'changed_by_user_id', 'changed_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
