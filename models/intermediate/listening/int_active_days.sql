with
user_days as (
    select
        user_id,
        local_date,
        is_active
    from {{ ref('int_user_days') }}
),

opening_days as (
    select
        user_id,
        local_date
    from {{ ref('stg_opening__opening_listening_days') }}
    where played_ms > 0
)

select
    user_id,
    local_date
from user_days
where is_active
union
select
    user_id,
    local_date
from opening_days
