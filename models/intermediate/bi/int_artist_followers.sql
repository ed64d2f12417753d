{{ config(materialized='table') }}

with
follows as (
    select
        artist_id,
        user_key,
        followed_date,
        unfollowed_date,
        is_current,
        load_id
    from {{ ref('fct_follows') }}
    where artist_id > 0
),

users as (
    select
        user_key,
        residence_geography_id
    from {{ ref('dim_user') }}
),

placed as (
    select
        follows.*,
        coalesce(users.residence_geography_id, {{ unknown_key() }}) as country_geography_id
    from follows
    left join users on follows.user_key = users.user_key
),

changes as (
    select
        artist_id,
        country_geography_id,
        followed_date as local_date,
        1 as new_followers,
        0 as lost_followers,
        load_id
    from placed
    union all
    select
        artist_id,
        country_geography_id,
        unfollowed_date as local_date,
        0 as new_followers,
        1 as lost_followers,
        load_id
    from placed
    where not is_current
),

daily as (
    select
        artist_id,
        country_geography_id,
        local_date,
        sum(new_followers) as new_followers,
        sum(lost_followers) as lost_followers,
        max(load_id) as load_id
    from changes
    group by artist_id, country_geography_id, local_date
)

select
    artist_id,
    country_geography_id,
    local_date,
    coalesce(
        lead(local_date) over (partition by artist_id, country_geography_id order by local_date),
        {{ not_applicable_date() }}
    ) as next_date,
    cast(new_followers as bigint) as new_followers,
    cast(lost_followers as bigint) as lost_followers,
    cast(
        sum(new_followers - lost_followers) over (
            partition by artist_id, country_geography_id order by local_date
            rows between unbounded preceding and current row
        ) as bigint
    ) as followers,
    load_id
from daily
