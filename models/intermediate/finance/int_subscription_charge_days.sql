with
charges as (
    select * from {{ ref('int_subscription_charges') }}
),

days as (
    select date_day
    from {{ ref('int_rules_by_date') }}
),

shares as (
    select
        charges.*,
        {{ integer_divide('net_micro', 'service_days') }} as day_micro
    from charges
),

final as (
    select
        cast(shares.invoice_id as bigint) as invoice_id,
        cast(shares.plan_id as bigint) as plan_id,
        cast(shares.service_start_date as date) as service_start_date,
        cast(shares.service_end_date as date) as service_end_date,
        cast(shares.first_booking_month as date) as first_booking_month,
        cast(days.date_day as date) as service_date,
        cast(shares.transaction_id as bigint) as transaction_id,
        cast(shares.user_id as bigint) as user_id,
        cast(shares.payment_country_id as bigint) as payment_country_id,
        cast(shares.tier as text) as tier,
        cast(shares.currency_code as text) as currency_code,
        cast(
            case
                when days.date_day = {{ add_days('shares.service_end_date', -1) }}
                    then shares.net_micro - shares.day_micro * (shares.service_days - 1)
                else shares.day_micro
            end as bigint
        ) as recognised_micro,
        cast(shares.arrived_at as timestamptz) as arrived_at,
        cast(shares.load_id as bigint) as load_id
    from shares
    inner join days
        on
            shares.service_start_date <= days.date_day
            and shares.service_end_date > days.date_day
)

select * from final
