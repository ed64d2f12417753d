with
user_consents as (
    select * from {{ ref('stg_compliance__user_consents') }}
),

issued as (
    select max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        user_consents.*,
        case
            when {{ never_issued_user('user_consents.user_id', 'issued.users') }} then 'orphan_user'
        end as reject_rule
    from user_consents
    cross join issued
),

final as (
    select
        user_consent_id,
        user_id,
        consent_document_id,
        action,
        channel,
        occurred_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'user_consent_id', 'user_id', 'consent_document_id', 'action', 'channel',
                    'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
