with source as (
    select * from {{ source('raw', 'audit_log') }}
),

renamed as (
    select
        -- ids
        audit_id,
        actor_user_id,
        entity_id,

        -- attributes
        actor_kind,
        actor_name,
        action,
        entity_type,
        details,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        audit_id,
        actor_user_id,
        entity_id,
        nullif(lower({{ trimmed('actor_kind') }}), '') as actor_kind,
        nullif({{ trimmed('actor_name') }}, '') as actor_name,
        nullif({{ trimmed('action') }}, '') as action,
        nullif({{ trimmed('entity_type') }}, '') as entity_type,
        nullif({{ trimmed('details') }}, '') as details,
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
                audit_id is null
                or occurred_at is null
                or actor_kind is null
                or actor_name is null
                or action is null
                or entity_type is null
                or entity_id is null
                or details is null
                then 'missing_value'
            when actor_kind not in ('staff', 'account', 'job') then 'unknown_code'
            when not {{ regexp_like('action', '^[a-z_]+[.][a-z_]+$') }} then 'malformed_value'
            when not (actor_kind = 'account' or actor_user_id is null) then 'contradiction'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by audit_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        audit_id,
        actor_user_id,
        entity_id,
        actor_kind,
        actor_name,
        action,
        entity_type,
        details,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'audit_id', 'occurred_at', 'actor_kind', 'actor_name', 'actor_user_id',
                    'action', 'entity_type', 'entity_id', 'details', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
