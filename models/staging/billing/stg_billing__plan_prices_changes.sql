with base as (
    select * from {{ ref('base_billing__plan_prices_changes') }}
)

select
    plan_price_id,
    plan_id,
    country_id,
    currency_code,
    billing_cycle,
    price_minor,
    tax_rate_ppm,
    valid_from,
    valid_to,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
