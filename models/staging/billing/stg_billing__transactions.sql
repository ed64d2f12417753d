with base as (
    select * from {{ ref('base_billing__transactions') }}
)

select
    transaction_id,
    user_id,
    invoice_id,
    tip_id,
    document_id,
    artist_id,
    payment_method_id,
    purpose,
    provider,
    currency_code,
    status,
    failure_code,
    amount_minor,
    commission_minor,
    processing_fee_minor,
    served_date,
    transacted_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
