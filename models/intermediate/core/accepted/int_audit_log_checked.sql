with
audit_log as (
    select * from {{ ref('stg_compliance__audit_log') }}
),

issued as (
    select max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        audit_log.*,
        case
            when {{ never_issued_user('audit_log.actor_user_id', 'issued.users') }} then 'orphan_user'
        end as reject_rule
    from audit_log
    cross join issued
),

final as (
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
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'audit_id', 'actor_user_id', 'entity_id', 'actor_kind', 'actor_name', 'action',
                    'entity_type', 'details', 'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
