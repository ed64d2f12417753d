with checked as (
    select * from {{ ref('int_transactions_checked') }}
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
from checked
where {{ is_accepted() }}
