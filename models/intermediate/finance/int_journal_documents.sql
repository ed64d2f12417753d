with
advances as (
    select * from {{ ref('stg_royalties__advances') }}
),

ad_invoices as (
    select * from {{ ref('stg_ads__ad_invoices') }}
),

documents as (
    select
        'advance' as document_type,
        advance_id as document_id,
        advance_type as document_source,
        currency_code,
        amount_minor,
        {{ to_date('paid_at') }} as document_date,
        arrived_at
    from advances
    union all
    select
        'ad_invoice' as document_type,
        ad_invoice_id as document_id,
        pricing_model as document_source,
        currency_code,
        amount_minor,
        {{ to_date('issued_at') }} as document_date,
        arrived_at
    from ad_invoices
),

booked as (
    select
        documents.*,
        {{ booking_month(month_start('documents.document_date'), 'documents.arrived_at') }} as booking_month
    from documents
)

select
    cast(document_type as text) as document_type,
    document_id,
    document_source,
    currency_code,
    amount_minor,
    {{ posting_date('document_date', 'booking_month', 'arrived_at') }} as posted_date
from booked
