with
subscription_months as (
    select * from {{ ref('int_subscription_months') }}
    where not is_opening
),

subscription_rates as (
    select
        user_id,
        booking_month,
        mrr_minor
    from {{ ref('int_subscription_rates') }}
),

first_paid as (
    select
        user_id,
        min(booking_month) as first_paid_month
    from subscription_rates
    where mrr_minor > 0
    group by user_id
),

-- The subscription that speaks for its customer: the highest tier of what remains, else of what was lost.
ranked as (
    select
        subscription_months.*,
        row_number() over (
            partition by month_start, user_id
            order by
                case
                    when mrr_end_minor > 0 then 0
                    when mrr_start_minor > 0 then 1
                    when start_state = 'paused' then 2
                    else 3
                end,
                case tier when 'pro' then 0 when 'prime' then 1 else 2 end,
                subscription_id
        ) as speaker_rank
    from subscription_months
),

speakers as (
    select *
    from ranked
    where speaker_rank = 1
),

amounts as (
    select
        month_start,
        user_id,
        start_currency_code as currency_code,
        mrr_start_minor,
        0 as mrr_end_minor
    from subscription_months
    where mrr_start_minor > 0
    union all
    select
        month_start,
        user_id,
        currency_code,
        0 as mrr_start_minor,
        mrr_end_minor
    from subscription_months
    where mrr_end_minor > 0
    union all
    -- A pause that ended in expiry: the revenue went before, the customer goes now.
    select
        month_start,
        user_id,
        start_currency_code as currency_code,
        0 as mrr_start_minor,
        0 as mrr_end_minor
    from speakers
    where
        start_state = 'paused'
        and end_state = 'expired'
        and mrr_start_minor = 0
        and mrr_end_minor = 0
),

sums as (
    select
        month_start,
        user_id,
        currency_code,
        sum(mrr_start_minor) as mrr_start_minor,
        sum(mrr_end_minor) as mrr_end_minor
    from amounts
    group by
        month_start,
        user_id,
        currency_code
),

customer_sums as (
    select
        sums.*,
        max(sums.mrr_start_minor) over (partition by sums.month_start, sums.user_id) > 0 as was_customer,
        max(sums.mrr_end_minor) over (partition by sums.month_start, sums.user_id) > 0 as is_customer,
        max(case when sums.mrr_start_minor = 0 and sums.mrr_end_minor > 0 then 1 else 0 end) over (
            partition by sums.month_start, sums.user_id
        ) as has_currency_begun,
        max(case when sums.mrr_start_minor > 0 and sums.mrr_end_minor = 0 then 1 else 0 end) over (
            partition by sums.month_start, sums.user_id
        ) as has_currency_ended,
        row_number() over (
            partition by sums.month_start, sums.user_id
            order by sums.mrr_end_minor desc, sums.mrr_start_minor desc, sums.currency_code asc
        ) as currency_rank
    from sums
),

classified as (
    select
        customer_sums.month_start,
        customer_sums.user_id,
        customer_sums.currency_code,
        customer_sums.currency_rank,
        customer_sums.mrr_start_minor,
        customer_sums.mrr_end_minor,
        customer_sums.was_customer,
        customer_sums.is_customer,
        customer_sums.has_currency_begun + customer_sums.has_currency_ended = 2 as is_swapped,
        speakers.subscription_id,
        speakers.plan_id,
        speakers.plan_key,
        speakers.tier,
        speakers.payment_country_id,
        speakers.state_at,
        speakers.state_date,
        speakers.is_closed,
        case
            when customer_sums.is_customer and not customer_sums.was_customer
                then
                    case
                        when first_paid.first_paid_month < customer_sums.month_start then 'reactivation'
                        else 'new'
                    end
            when not customer_sums.is_customer then 'churn'
            when customer_sums.mrr_end_minor > customer_sums.mrr_start_minor then 'expansion'
            when customer_sums.mrr_end_minor < customer_sums.mrr_start_minor then 'contraction'
            else 'none'
        end as movement_type,
        case
            when customer_sums.is_customer then 'none'
            when speakers.end_state = 'paused' then 'pause'
            when speakers.end_state = 'on_hold' or speakers.end_reason = 'involuntary' then 'involuntary'
            else 'voluntary'
        end as churn_type
    from customer_sums
    inner join speakers
        on
            customer_sums.month_start = speakers.month_start
            and customer_sums.user_id = speakers.user_id
    left join first_paid on customer_sums.user_id = first_paid.user_id
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
        cast(mrr_start_minor as bigint) as mrr_start_minor,
        cast(mrr_end_minor as bigint) as mrr_end_minor,
        cast(
            case
                when currency_rank > 1 then 0
                when is_customer and not was_customer then 1
                when was_customer and not is_customer then -1
                else 0
            end as integer
        ) as customer_change,
        cast(
            case when currency_rank = 1 and churn_type in ('voluntary', 'involuntary') then 1 else 0 end as integer
        ) as lost_customers,
        -- The same customer in another currency: neither churn nor new, and left out of revenue churn.
        cast(
            is_swapped and (mrr_start_minor = 0 or mrr_end_minor = 0) as boolean
        ) as is_currency_change,
        cast(state_at as timestamptz) as state_at,
        cast(state_date as date) as state_date,
        cast(is_closed as boolean) as is_closed
    from classified
)

select * from final
