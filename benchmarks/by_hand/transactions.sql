-- Charges, failures and refunds: a copy once, where every rule is kept, every id was ever issued and currencies agree.
create temporary table tips as
select distinct on (tip_id)
    tip_id,
    user_id,
    artist_id,
    commission_ppm,
    upper(trim(currency_code)) as currency_code,
    load_id
from raw.tips
where
    num_nulls(tip_id, user_id, artist_id, tipped_at) = 0
    and amount_minor > 0
    and trim(currency_code) <> ''
    and commission_ppm between 0 and 1000000
    and tipped_at <= arrived_at + interval '24 hours'
order by tip_id, arrived_at, load_id;

create temporary table transactions as
with cleaned as (
    select
        transaction_id,
        user_id,
        invoice_id,
        tip_id,
        document_id,
        artist_id as selling_artist_id,
        payment_method_id,
        nullif(lower(trim(purpose)), '') as purpose,
        nullif(lower(trim(provider)), '') as provider,
        nullif(upper(trim(currency_code)), '') as currency_code,
        nullif(lower(trim(status)), '') as status,
        nullif(lower(trim(failure_code)), '') as failure_code,
        amount_minor,
        commission_minor,
        processing_fee_minor,
        served_date,
        transacted_at,
        arrived_at,
        load_id
    from raw.transactions
)

select distinct on (transaction_id) *
from cleaned
where
    num_nulls(transaction_id, user_id, provider, currency_code, transacted_at) = 0
    and status in ('succeeded', 'failed')
    and purpose in (
        'subscription', 'tip', 'ticket', 'order', 'fan_subscription', 'community', 'promotion', 'placement'
    )
    and amount_minor > 0
    and processing_fee_minor >= 0
    and (status = 'failed') = (failure_code is not null)
    and (purpose = 'subscription') = (invoice_id is not null)
    and (purpose = 'tip') = (tip_id is not null)
    and (purpose in ('subscription', 'tip')) = (document_id is null)
    and num_nulls(document_id, selling_artist_id, commission_minor) in (0, 3)
    and (purpose = 'ticket') = (served_date is not null)
    and coalesce(commission_minor between 0 and amount_minor, true)
    and transacted_at <= arrived_at + interval '24 hours'
order by transaction_id, arrived_at, load_id;

analyze tips;
analyze transactions;

create temporary table movements as
with charges as (
    select
        transactions.*,
        invoices.subscription_id,
        invoices.tax_minor as invoice_tax_minor,
        invoices.total_minor as invoice_total_minor,
        coalesce(transactions.selling_artist_id, tips.artist_id) as artist_id,
        tips.commission_ppm,
        methods.method_type,
        greatest(invoices.load_id, tips.load_id, methods.load_id) as documents_load_id
    from transactions
    cross join issued
    left join raw.invoices on transactions.invoice_id = invoices.invoice_id
    left join tips as known_tips on transactions.tip_id = known_tips.tip_id
    left join tips
        on
            transactions.tip_id = tips.tip_id
            and (tips.user_id < -2 or tips.user_id between 1 and issued.users)
            and tips.artist_id between 1 and issued.artists
    left join raw.payment_methods as methods on transactions.payment_method_id = methods.payment_method_id
    where
        (transactions.user_id < -2 or transactions.user_id between 1 and issued.users)
        and coalesce(transactions.invoice_id, 1) between 1 and issued.invoices
        and coalesce(transactions.tip_id, 1) between 1 and issued.tips
        and coalesce(transactions.selling_artist_id, 1) between 1 and issued.artists
        and coalesce(transactions.payment_method_id, 1) between 1 and issued.payment_methods
        and coalesce(
            transactions.currency_code
            = coalesce(nullif(upper(trim(invoices.currency_code)), ''), known_tips.currency_code),
            true
        )
),

refunds as (
    select distinct on (refund_id)
        refund_id,
        transaction_id,
        upper(trim(currency_code)) as currency_code,
        lower(trim(reason)) as reason,
        amount_minor,
        refunded_at,
        arrived_at,
        load_id
    from raw.refunds
    where
        num_nulls(refund_id, transaction_id, is_full, refunded_at) = 0
        and amount_minor > 0
        and trim(currency_code) <> ''
        and trim(reason) <> ''
        and refunded_at <= arrived_at + interval '24 hours'
    order by refund_id, arrived_at, load_id
),

-- What was refunded, and what banks took back as a dispute was lost.
repaid as (
    select
        refund_id * 10 + 2 as transaction_movement_id,
        'refund' as movement_type,
        refund_id,
        transaction_id,
        currency_code,
        reason,
        amount_minor,
        refunded_at as moved_at,
        arrived_at,
        load_id
    from refunds
    union all
    select
        dispute_id * 10 + 3 as transaction_movement_id,
        'chargeback' as movement_type,
        -2 as refund_id,
        transaction_id,
        upper(trim(currency_code)) as currency_code,
        lower(trim(reason)) as reason,
        amount_minor,
        closed_at as moved_at,
        arrived_at,
        load_id
    from raw.disputes
    where lower(trim(status)) = 'lost'
),

moves as (
    select
        transaction_id * 10 + 1 as transaction_movement_id,
        case status when 'succeeded' then 'charge' else 'failure' end as movement_type,
        transaction_id,
        -2 as refund_id,
        user_id,
        purpose,
        invoice_id,
        tip_id,
        document_id,
        provider,
        coalesce(failure_code, 'none') as reason,
        currency_code,
        amount_minor as charged_minor,
        commission_minor as charged_commission_minor,
        amount_minor as attempted_minor,
        case status when 'succeeded' then amount_minor else 0 end as amount_minor,
        case status when 'succeeded' then processing_fee_minor else 0 end as fee_minor,
        subscription_id,
        invoice_tax_minor,
        invoice_total_minor,
        artist_id,
        commission_ppm,
        method_type,
        transacted_at as charged_at,
        transacted_at as moved_at,
        arrived_at,
        greatest(load_id, documents_load_id) as load_id
    from charges
    union all
    select
        repaid.transaction_movement_id,
        repaid.movement_type,
        repaid.transaction_id,
        repaid.refund_id,
        coalesce(charges.user_id, -1) as user_id,
        coalesce(charges.purpose, 'unknown') as purpose,
        charges.invoice_id,
        charges.tip_id,
        charges.document_id,
        coalesce(charges.provider, 'unknown') as provider,
        repaid.reason,
        repaid.currency_code,
        charges.amount_minor as charged_minor,
        charges.commission_minor as charged_commission_minor,
        0 as attempted_minor,
        -repaid.amount_minor as amount_minor,
        0 as fee_minor,
        charges.subscription_id,
        charges.invoice_tax_minor,
        charges.invoice_total_minor,
        charges.artist_id,
        charges.commission_ppm,
        charges.method_type,
        coalesce(charges.transacted_at, repaid.moved_at) as charged_at,
        repaid.moved_at,
        repaid.arrived_at,
        greatest(repaid.load_id, charges.load_id, charges.documents_load_id) as load_id
    from repaid
    cross join issued
    left join transactions on repaid.transaction_id = transactions.transaction_id
    left join charges on repaid.transaction_id = charges.transaction_id
    where
        repaid.transaction_id between 1 and issued.transactions
        and coalesce(repaid.currency_code = transactions.currency_code, true)
),

-- The plan billed; for what bills no plan, the one in force.
resolved as (
    select
        moves.*,
        moves.moved_at at time zone 'UTC' as moved_utc,
        users.key as user_key,
        artists.key as artist_key,
        case moves.purpose when 'subscription' then plans.plan_id else plan_periods.plan_id end as plan_id,
        case moves.purpose when 'subscription' then plans.plan_key else plan_periods.plan_key end as plan_key,
        case moves.purpose when 'subscription' then plans.tier else plan_periods.tier end as tier,
        nullif(
            coalesce(
                case moves.purpose when 'subscription' then plans.country_id end, plan_periods.payment_country_id
            ),
            -1
        ) as payment_country_id,
        case moves.purpose when 'tip' then coalesce(moves.commission_ppm, rules.commission_tip_ppm) else 0 end
            as agreed_ppm,
        cast((10 ^ (6 - currencies.minor_units)) as bigint) as unit_micro,
        rates.rate_micro,
        greatest(
            moves.load_id, users.load_id, artists.load_id, subscriptions.load_id, plans.load_id,
            plan_periods.load_id
        ) as fact_load_id
    from moves
    left join users
        on
            moves.user_id = users.user_id
            and moves.moved_at >= users.valid_from
            and moves.moved_at < users.valid_to
    left join artists
        on
            moves.artist_id = artists.artist_id
            and moves.moved_at >= artists.valid_from
            and moves.moved_at < artists.valid_to
    left join plan_periods
        on
            moves.user_id = plan_periods.user_id
            and moves.moved_at >= plan_periods.valid_from
            and moves.moved_at < plan_periods.valid_to
    left join subscriptions
        on
            moves.subscription_id = subscriptions.subscription_id
            and moves.charged_at >= subscriptions.valid_from
            and moves.charged_at < subscriptions.valid_to
    left join plans
        on
            subscriptions.plan_price_id = plans.plan_price_id
            and moves.charged_at >= plans.valid_from
            and moves.charged_at < plans.valid_to
    left join staging.currencies on moves.currency_code = currencies.currency_code
    left join rates
        on
            pg_temp.day_of(moves.moved_at) = rates.date_day
            and moves.currency_code = rates.currency_code
    left join rules on pg_temp.day_of(moves.moved_at) = rules.date_day
)

select
    transaction_movement_id,
    movement_type,
    transaction_id,
    refund_id,
    coalesce(invoice_id, -2) as invoice_id,
    coalesce(tip_id, -2) as tip_id,
    coalesce(document_id, -2) as document_id,
    coalesce(subscription_id, case when invoice_id is null then -2 else -1 end) as subscription_id,
    user_id,
    case when user_id = -1 then -1 else coalesce(user_key, user_id * 10000) end as user_key,
    coalesce(plan_id, -1) as plan_id,
    coalesce(plan_key, -1) as plan_key,
    coalesce(tier, 'unknown') as tier,
    payment_country_id,
    coalesce(artist_id, case when tip_id is null then -2 else -1 end) as artist_id,
    coalesce(artist_key, artist_id * 10000, case when tip_id is null then -2 else -1 end) as artist_key,
    currency_code,
    cast(moved_utc as date) as transacted_date,
    cast((extract(hour from moved_utc) * 60 + extract(minute from moved_utc)) as integer) as minute_of_day,
    moved_at as transacted_at,
    greatest(pg_temp.month_of(cast(moved_utc as date)), pg_temp.open_month(arrived_at)) as booking_month,
    purpose,
    provider,
    coalesce(lower(trim(method_type)), 'unknown') as payment_method_type,
    reason,
    attempted_minor,
    amount_minor,
    coalesce(pg_temp.share(amount_minor, invoice_tax_minor, invoice_total_minor), 0) as tax_minor,
    coalesce(
        pg_temp.share(amount_minor, charged_commission_minor, charged_minor),
        pg_temp.share(amount_minor, agreed_ppm, 1000000)
    ) as commission_minor,
    fee_minor,
    amount_minor * unit_micro as amount_micro,
    fee_minor * unit_micro as fee_micro,
    rate_micro,
    arrived_at,
    fact_load_id as load_id
from resolved;

analyze movements;

create table by_hand.fct_transactions as
select
    transaction_movement_id,
    movement_type,
    transaction_id,
    refund_id,
    invoice_id,
    tip_id,
    document_id,
    subscription_id,
    user_id,
    user_key,
    plan_id,
    plan_key,
    tier,
    coalesce(2000000 + payment_country_id, -1) as payment_geography_id,
    artist_id,
    artist_key,
    currency_code,
    transacted_date,
    minute_of_day,
    transacted_at,
    booking_month,
    purpose,
    provider,
    payment_method_type,
    reason,
    attempted_minor,
    amount_minor,
    tax_minor,
    commission_minor,
    fee_minor as processing_fee_minor,
    pg_temp.share(amount_micro, 1000000, rate_micro) as amount_eur_micro,
    pg_temp.share(fee_micro, 1000000, rate_micro) as processing_fee_eur_micro,
    arrived_at,
    load_id
from movements;
