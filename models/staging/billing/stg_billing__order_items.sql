with base as (
    select * from {{ ref('base_billing__order_items') }}
)

select
    order_item_id,
    order_id,
    product_id,
    currency_code,
    download_url,
    quantity,
    unit_price_minor,
    subtotal_minor,
    download_expires_at,
    ordered_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
