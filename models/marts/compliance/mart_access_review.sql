with
access_grants as (
    select * from {{ ref('stg_platform__access_grants') }}
),

changes as (
    select
        access_grant_id,
        last_used_at,
        reviewed_at,
        review_outcome
    from {{ ref('stg_platform__access_grants_changes') }}
),

days as (
    select quarter_start_date
    from {{ ref('dim_date') }}
    where quarter_start_date is not null
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

quarters as (
    select
        quarter_start_date,
        {{ date_instant('quarter_start_date') }} as quarter_from,
        {{ date_instant(add_months('quarter_start_date', 3)) }} as quarter_to
    from days
    group by quarter_start_date
),

-- In force until it is taken away or ends by itself.
grants as (
    select
        access_grants.*,
        case
            when access_grants.expires_at < access_grants.revoked_at then access_grants.expires_at
            else coalesce(access_grants.revoked_at, access_grants.expires_at, {{ end_of_time() }})
        end as in_force_to
    from access_grants
),

held as (
    select
        grants.*,
        quarters.quarter_start_date,
        quarters.quarter_from,
        quarters.quarter_to
    from grants
    cross join clock
    inner join quarters
        on
            grants.granted_at < quarters.quarter_to
            and grants.in_force_to > quarters.quarter_from
            and clock.data_clock > quarters.quarter_from
),

uses as (
    select
        held.access_grant_id,
        held.quarter_start_date,
        max(changes.last_used_at) as last_used_at
    from held
    inner join changes
        on
            held.access_grant_id = changes.access_grant_id
            and held.quarter_from <= changes.last_used_at
            and held.quarter_to > changes.last_used_at
    group by held.access_grant_id, held.quarter_start_date
),

reviews as (
    select
        held.access_grant_id,
        held.quarter_start_date,
        max(changes.reviewed_at) as reviewed_at,
        -- A grant that was taken away has no other review after it.
        max(changes.review_outcome) as review_outcome
    from held
    inner join changes
        on
            held.access_grant_id = changes.access_grant_id
            and held.quarter_from <= changes.reviewed_at
            and held.quarter_to > changes.reviewed_at
    group by held.access_grant_id, held.quarter_start_date
)

select
    held.quarter_start_date,
    held.role_name,
    held.access_grant_id,
    held.staff_account,
    held.scope,
    held.reason,
    held.granted_by,
    coalesce(reviews.review_outcome, 'none') as review_outcome,
    held.granted_at >= held.quarter_from as is_granted_in_quarter,
    uses.last_used_at is not null as is_used,
    held.granted_at < held.quarter_from as is_review_due,
    reviews.reviewed_at is not null as is_reviewed,
    held.in_force_to <= held.quarter_to as is_ended_in_quarter,
    held.granted_at,
    uses.last_used_at,
    reviews.reviewed_at,
    case when held.in_force_to < {{ end_of_time() }} then held.in_force_to end as in_force_to
from held
left join uses
    on
        held.access_grant_id = uses.access_grant_id
        and held.quarter_start_date = uses.quarter_start_date
left join reviews
    on
        held.access_grant_id = reviews.access_grant_id
        and held.quarter_start_date = reviews.quarter_start_date
