with
transactions as (
    select * from {{ ref('stg_billing__transactions') }}
),

invoices as (
    select
        invoice_id,
        currency_code
    from {{ ref('stg_billing__invoices') }}
),

tips as (
    select
        tip_id,
        currency_code
    from {{ ref('stg_billing__tips') }}
),

issued as (
    select
        max(case when entity = 'artists' then last_id end) as artists,
        max(case when entity = 'invoices' then last_id end) as invoices,
        max(case when entity = 'payment_methods' then last_id end) as payment_methods,
        max(case when entity = 'tips' then last_id end) as tips,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        transactions.*,
        case
            when {{ never_issued_user('transactions.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('transactions.invoice_id', 'issued.invoices') }} then 'orphan_invoice'
            when {{ never_issued('transactions.tip_id', 'issued.tips') }} then 'orphan_tip'
            when {{ never_issued('transactions.artist_id', 'issued.artists') }} then 'orphan_artist'
            when {{ never_issued('transactions.payment_method_id', 'issued.payment_methods') }}
                then 'orphan_payment_method'
            when transactions.currency_code <> coalesce(invoices.currency_code, tips.currency_code)
                then 'currency_mismatch'
        end as reject_rule
    from transactions
    cross join issued
    left join invoices on transactions.invoice_id = invoices.invoice_id
    left join tips on transactions.tip_id = tips.tip_id
),

final as (
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
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'transaction_id', 'user_id', 'purpose', 'invoice_id', 'tip_id', 'document_id',
                    'artist_id', 'payment_method_id', 'provider', 'amount_minor', 'currency_code',
                    'commission_minor', 'processing_fee_minor', 'status', 'failure_code',
                    'served_date', 'transacted_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
