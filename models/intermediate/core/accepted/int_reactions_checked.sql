with
reactions as (
    select * from {{ ref('stg_engagement__reactions') }}
),

issued as (
    select
        max(case when entity = 'content' then last_id end) as content,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        reactions.*,
        case
            when {{ never_issued_user('reactions.user_id', 'issued.users') }} then 'orphan_user'
            when reactions.target_type = 'content' and {{ never_issued('reactions.target_id', 'issued.content') }}
                then 'orphan_content'
        end as reject_rule
    from reactions
    cross join issued
),

final as (
    select
        reaction_id,
        user_id,
        target_id,
        target_type,
        reaction_type,
        reacted_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'reaction_id', 'user_id', 'target_type', 'target_id', 'reaction_type',
                    'reacted_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
