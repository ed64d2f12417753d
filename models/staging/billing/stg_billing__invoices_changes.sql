with base as (
    select * from {{ ref('base_billing__invoices_changes') }}
)

select
    invoice_id,
    user_id,
    subscription_id,
    currency_code,
    status,
    subtotal_minor,
    discount_minor,
    tax_minor,
    total_minor,
    issued_at,
    due_at,
    paid_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
