with
changes as (
    select * from {{ ref('stg_royalties__royalty_rates_changes') }}
),

closes as (
    select * from {{ ref('int_royalty_closes') }}
),

known as (
    select
        closes.booking_month,
        changes.*,
        row_number() over (
            partition by closes.booking_month, changes.royalty_rate_id
            order by changes.change_no desc
        ) as recency
    from closes
    inner join changes on closes.closes_at > changes.arrived_at
)

select
    booking_month,
    royalty_rate_id,
    artist_id,
    country_id,
    right_type,
    rate_type,
    weight_ppm,
    rate_micro,
    currency_code,
    valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from known
where recency = 1
