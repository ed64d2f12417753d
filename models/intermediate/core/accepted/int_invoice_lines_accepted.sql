with checked as (
    select * from {{ ref('int_invoice_lines_checked') }}
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
from checked
where {{ is_accepted() }}
