with base as (
    select * from {{ ref('base_billing__invoice_lines') }}
)

select
    invoice_line_id,
    invoice_id,
    plan_id,
    line_type,
    currency_code,
    amount_minor,
    service_start_date,
    service_end_date,
    issued_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
