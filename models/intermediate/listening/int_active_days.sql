with
user_days as (
    select
        user_id,
        local_date,
        is_active,
        load_id
    from {{ ref('int_user_days') }}
),

opening_days as (
    select
        user_id,
        local_date,
        load_id
    from {{ ref('stg_opening__opening_listening_days') }}
    where played_ms > 0
),

active as (
    select
        user_id,
        local_date,
        load_id
    from user_days
    where is_active
    union all
    select
        user_id,
        local_date,
        load_id
    from opening_days
)

select
    user_id,
    local_date,
    cast(max(load_id) as bigint) as load_id
from active
group by user_id, local_date
