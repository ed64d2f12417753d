with
invoice_lines as (
    select * from {{ ref('stg_billing__invoice_lines') }}
),

issued as (
    select
        max(case when entity = 'invoices' then last_id end) as invoices,
        max(case when entity = 'plans' then last_id end) as plans
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        invoice_lines.*,
        case
            when {{ never_issued('invoice_lines.invoice_id', 'issued.invoices') }} then 'orphan_invoice'
            when {{ never_issued('invoice_lines.plan_id', 'issued.plans') }} then 'orphan_plan'
        end as reject_rule
    from invoice_lines
    cross join issued
),

final as (
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
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'invoice_line_id', 'invoice_id', 'line_type', 'plan_id', 'amount_minor',
                    'currency_code', 'service_start_date', 'service_end_date', 'issued_at',
                    'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
