with base as (
    select * from {{ ref('base_ads__ad_invoices') }}
)

select
    ad_invoice_id,
    campaign_id,
    advertiser_id,
    invoice_number,
    pricing_model,
    currency_code,
    price_minor,
    impressions,
    amount_minor,
    month_start,
    issued_at,
    due_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
