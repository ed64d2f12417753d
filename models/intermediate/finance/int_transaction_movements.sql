{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='transaction_movement_id',
    indexes=server_indexes([
        {'columns': ['transaction_movement_id'], 'unique': true},
        {'columns': ['transaction_id']},
        {'columns': ['invoice_id']},
        {'columns': ['tip_id']},
        {'columns': ['served_date']},
        {'columns': ['arrived_at']},
        {'columns': ['load_id']}
    ])
) }}

with
transactions as (
    select * from {{ ref('int_transactions_accepted') }}
),

refunds as (
    select * from {{ ref('int_refunds_accepted') }}
),

disputes as (
    select * from {{ ref('stg_billing__disputes') }}
),

invoices as (
    select
        invoice_id,
        subscription_id,
        tax_minor,
        total_minor,
        load_id
    from {{ ref('stg_billing__invoices') }}
),

tips as (
    select
        tip_id,
        artist_id,
        commission_ppm,
        load_id
    from {{ ref('int_tips_accepted') }}
),

payment_methods as (
    select
        payment_method_id,
        method_type,
        load_id
    from {{ ref('stg_billing__payment_methods') }}
),

subscription_versions as (
    select
        subscription_id,
        plan_price_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_subscription_versions') }}
),

plan_versions as (
    select
        plan_price_id,
        plan_id,
        plan_key,
        tier,
        country_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_plan_versions') }}
),

user_plan_periods as (
    select
        user_id,
        plan_id,
        plan_key,
        tier,
        payment_country_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_plan_periods') }}
),

user_versions as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
),

artist_versions as (
    select
        artist_id,
        artist_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_artist_versions') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

rules as (
    select
        date_day,
        commission_tip_ppm
    from {{ ref('int_rules_by_date') }}
),

-- The last digit of the key says what moved: 1 a charge or its failure, 2 a refund, 3 what the bank takes back.
attempts as (
    select
        transaction_id * 10 + 1 as transaction_movement_id,
        case status when 'succeeded' then 'charge' else 'failure' end as movement_type,
        transaction_id,
        cast(null as bigint) as refund_id,
        user_id,
        purpose,
        invoice_id,
        tip_id,
        document_id,
        artist_id as selling_artist_id,
        payment_method_id,
        provider,
        failure_code,
        cast(null as text) as refund_reason,
        currency_code,
        amount_minor as charged_minor,
        commission_minor as charged_commission_minor,
        amount_minor as attempted_minor,
        case status when 'succeeded' then amount_minor else 0 end as amount_minor,
        case status when 'succeeded' then processing_fee_minor else 0 end as fee_minor,
        served_date,
        transacted_at as charged_at,
        transacted_at as moved_at,
        arrived_at,
        load_id
    from transactions
),

-- A dispute that is lost gives the amount disputed back on the day on which the bank decides.
paid_back as (
    select
        refund_id * 10 + 2 as transaction_movement_id,
        'refund' as movement_type,
        transaction_id,
        refund_id,
        reason,
        currency_code,
        amount_minor,
        refunded_at as moved_at,
        arrived_at,
        load_id
    from refunds
    union all
    select
        dispute_id * 10 + 3 as transaction_movement_id,
        'chargeback' as movement_type,
        transaction_id,
        cast(null as bigint) as refund_id,
        reason,
        currency_code,
        amount_minor,
        closed_at as moved_at,
        arrived_at,
        load_id
    from disputes
    where status = 'lost'
),

repayments as (
    select
        paid_back.transaction_movement_id,
        paid_back.movement_type,
        paid_back.transaction_id,
        paid_back.refund_id,
        coalesce(transactions.user_id, {{ unknown_key() }}) as user_id,
        coalesce(transactions.purpose, 'unknown') as purpose,
        transactions.invoice_id,
        transactions.tip_id,
        transactions.document_id,
        transactions.artist_id as selling_artist_id,
        transactions.payment_method_id,
        coalesce(transactions.provider, 'unknown') as provider,
        cast(null as text) as failure_code,
        paid_back.reason as refund_reason,
        paid_back.currency_code,
        transactions.amount_minor as charged_minor,
        transactions.commission_minor as charged_commission_minor,
        0 as attempted_minor,
        -paid_back.amount_minor as amount_minor,
        0 as fee_minor,
        transactions.served_date,
        transactions.transacted_at as charged_at,
        paid_back.moved_at,
        paid_back.arrived_at,
        greatest(paid_back.load_id, transactions.load_id) as load_id
    from paid_back
    left join transactions on paid_back.transaction_id = transactions.transaction_id
),

movements as (
    select * from attempts
    union all
    select * from repayments
),

documented as (
    select
        movements.*,
        {{ to_date('movements.moved_at') }} as moved_date,
        invoices.subscription_id,
        invoices.tax_minor as invoice_tax_minor,
        invoices.total_minor as invoice_total_minor,
        coalesce(movements.selling_artist_id, tips.artist_id) as artist_id,
        tips.commission_ppm,
        payment_methods.method_type,
        greatest(
            movements.load_id, invoices.load_id, tips.load_id, payment_methods.load_id
        ) as documented_load_id
    from movements
    left join invoices on movements.invoice_id = invoices.invoice_id
    left join tips on movements.tip_id = tips.tip_id
    left join payment_methods on movements.payment_method_id = payment_methods.payment_method_id
),

-- The plan billed; for what bills no plan, the one in force.
keyed as (
    select
        documented.*,
        user_versions.user_key,
        artist_versions.artist_key,
        case
            when documented.purpose = 'subscription' then plan_versions.plan_id
            else user_plan_periods.plan_id
        end as plan_id,
        case
            when documented.purpose = 'subscription' then plan_versions.plan_key
            else user_plan_periods.plan_key
        end as plan_key,
        case
            when documented.purpose = 'subscription' then plan_versions.tier
            else user_plan_periods.tier
        end as tier,
        case
            when documented.purpose = 'subscription'
                then coalesce(plan_versions.country_id, user_plan_periods.payment_country_id)
            else user_plan_periods.payment_country_id
        end as payment_country_id,
        exchange_rates.rate_micro,
        currencies.minor_units,
        rules.commission_tip_ppm,
        greatest(
            documented.documented_load_id, user_versions.load_id, artist_versions.load_id,
            subscription_versions.load_id, plan_versions.load_id, user_plan_periods.load_id
        ) as keyed_load_id
    from documented
    {{ join_version('documented', 'user_versions', 'user_id', 'moved_at') }}
    {{ join_version('documented', 'artist_versions', 'artist_id', 'moved_at') }}
    {{ join_version('documented', 'user_plan_periods', 'user_id', 'moved_at') }}
    {{ join_version('documented', 'subscription_versions', 'subscription_id', 'charged_at') }}
    {{ join_version('documented', 'plan_versions', 'subscription_versions.plan_price_id', 'charged_at') }}
    left join exchange_rates
        on
            documented.moved_date = exchange_rates.date_day
            and documented.currency_code = exchange_rates.currency_code
    left join currencies on documented.currency_code = currencies.currency_code
    left join rules on documented.moved_date = rules.date_day
),

valued as (
    select
        keyed.*,
        coalesce({{ multiply_divide('amount_minor', 'invoice_tax_minor', 'invoice_total_minor') }}, 0) as tax_minor,
        case purpose when 'tip' then coalesce(commission_ppm, commission_tip_ppm) else 0 end as agreed_ppm,
        {{ multiply_divide('amount_minor', 'charged_commission_minor', 'charged_minor') }} as sale_commission_minor,
        {{ micro_from_minor('amount_minor', 'minor_units') }} as amount_micro,
        {{ micro_from_minor('fee_minor', 'minor_units') }} as fee_micro
    from keyed
),

-- Of a sale the commission is agreed as an amount, of a tip as a rate, which is taken in micro-units.
commissioned as (
    select
        valued.*,
        case
            when document_id is null then {{ multiply_divide('amount_minor', 'agreed_ppm', 1000000) }}
            else sale_commission_minor
        end as commission_minor,
        case
            when document_id is null then {{ multiply_divide('amount_micro', 'agreed_ppm', 1000000) }}
            else {{ micro_from_minor('sale_commission_minor', 'minor_units') }}
        end as commission_micro
    from valued
),

final as (
    select
        cast(transaction_movement_id as bigint) as transaction_movement_id,
        cast(movement_type as text) as movement_type,
        cast(transaction_id as bigint) as transaction_id,
        cast(coalesce(refund_id, {{ not_applicable_key() }}) as bigint) as refund_id,
        cast(coalesce(invoice_id, {{ not_applicable_key() }}) as bigint) as invoice_id,
        cast(coalesce(tip_id, {{ not_applicable_key() }}) as bigint) as tip_id,
        cast(coalesce(document_id, {{ not_applicable_key() }}) as bigint) as document_id,
        cast({{ member_key('subscription_id', 'invoice_id') }} as bigint) as subscription_id,
        cast(user_id as bigint) as user_id,
        cast({{ fact_version_key('user_key', 'user_id') }} as bigint) as user_key,
        cast(coalesce(plan_id, {{ unknown_key() }}) as bigint) as plan_id,
        cast(coalesce(plan_key, {{ unknown_key() }}) as bigint) as plan_key,
        cast(coalesce(tier, 'unknown') as text) as tier,
        cast(coalesce(payment_country_id, {{ unknown_key() }}) as bigint) as payment_country_id,
        cast({{ member_key('artist_id', 'coalesce(tip_id, document_id)') }} as bigint) as artist_id,
        cast(
            {{ fact_version_key('artist_key', member_key('artist_id', 'coalesce(tip_id, document_id)')) }} as bigint
        ) as artist_key,
        cast(currency_code as text) as currency_code,
        cast(moved_date as date) as transacted_date,
        cast({{ minute_of_day('moved_at') }} as integer) as minute_of_day,
        cast(moved_at as timestamptz) as transacted_at,
        cast(greatest(moved_date, served_date) as date) as served_date,
        cast({{ booking_month(month_start('moved_date'), 'arrived_at') }} as date) as booking_month,
        cast(purpose as text) as purpose,
        cast(provider as text) as provider,
        cast(coalesce(method_type, 'unknown') as text) as payment_method_type,
        cast(coalesce(failure_code, refund_reason, 'none') as text) as reason,
        cast(attempted_minor as bigint) as attempted_minor,
        cast(amount_minor as bigint) as amount_minor,
        cast(tax_minor as bigint) as tax_minor,
        cast(commission_minor as bigint) as commission_minor,
        cast(fee_minor as bigint) as processing_fee_minor,
        cast(amount_micro as bigint) as amount_micro,
        cast(commission_micro as bigint) as commission_micro,
        cast(fee_micro as bigint) as processing_fee_micro,
        cast({{ reporting_micro('amount_micro', 'rate_micro') }} as bigint) as amount_eur_micro,
        cast({{ reporting_micro('fee_micro', 'rate_micro') }} as bigint) as processing_fee_eur_micro,
        cast(arrived_at as timestamptz) as arrived_at,
        cast(keyed_load_id as bigint) as load_id
    from commissioned
    where {{ is_newer_load('keyed_load_id') }}
)

select * from final
