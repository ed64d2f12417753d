with
customer_months as (
    select * from {{ ref('int_customer_months') }}
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

micros as (
    select
        customer_months.*,
        {{ micro_from_minor('customer_months.mrr_start_minor', 'currencies.minor_units') }} as start_micro,
        {{ micro_from_minor('customer_months.mrr_end_minor', 'currencies.minor_units') }} as end_micro,
        start_rates.rate_micro as start_rate_micro,
        end_rates.rate_micro as end_rate_micro
    from customer_months
    left join currencies on customer_months.currency_code = currencies.currency_code
    left join exchange_rates as start_rates
        on
            {{ add_days('customer_months.month_start', -1) }} = start_rates.date_day
            and customer_months.currency_code = start_rates.currency_code
    left join exchange_rates as end_rates
        on
            customer_months.state_date = end_rates.date_day
            and customer_months.currency_code = end_rates.currency_code
),

converted as (
    select
        micros.*,
        {{ reporting_micro('start_micro', 'start_rate_micro') }} as start_eur_micro,
        {{ reporting_micro('end_micro', 'end_rate_micro') }} as end_eur_micro,
        {{ reporting_micro('(end_micro - start_micro)', 'end_rate_micro') }} as movement_eur_micro
    from micros
),

-- What the customer did, at the rate of the month's end; what the rates did is the term that closes the walk.
movements as (
    select
        month_start,
        user_id,
        currency_code,
        subscription_id,
        plan_id,
        plan_key,
        tier,
        payment_country_id,
        movement_type,
        churn_type,
        mrr_end_minor - mrr_start_minor as mrr_minor,
        movement_eur_micro as mrr_eur_micro,
        customer_change,
        lost_customers,
        is_currency_change,
        state_at,
        state_date,
        is_closed
    from converted
    where movement_type <> 'none'
    union all
    select
        month_start,
        user_id,
        currency_code,
        subscription_id,
        plan_id,
        plan_key,
        tier,
        payment_country_id,
        'fx' as movement_type,
        'none' as churn_type,
        0 as mrr_minor,
        end_eur_micro - start_eur_micro - movement_eur_micro as mrr_eur_micro,
        0 as customer_change,
        0 as lost_customers,
        false as is_currency_change,
        state_at,
        state_date,
        is_closed
    from converted
    where end_eur_micro - start_eur_micro - movement_eur_micro <> 0
),

final as (
    select
        cast(month_start as date) as month_start,
        cast(user_id as bigint) as user_id,
        cast(currency_code as text) as currency_code,
        cast(subscription_id as bigint) as subscription_id,
        cast(plan_id as bigint) as plan_id,
        cast(plan_key as bigint) as plan_key,
        cast(tier as text) as tier,
        cast(payment_country_id as bigint) as payment_country_id,
        cast(movement_type as text) as movement_type,
        cast(churn_type as text) as churn_type,
        cast(mrr_minor as bigint) as mrr_minor,
        cast(mrr_eur_micro as bigint) as mrr_eur_micro,
        cast(customer_change as integer) as customer_change,
        cast(lost_customers as integer) as lost_customers,
        cast(is_currency_change as boolean) as is_currency_change,
        cast(state_at as timestamptz) as state_at,
        cast(state_date as date) as state_date,
        cast(is_closed as boolean) as is_closed
    from movements
)

select * from final
