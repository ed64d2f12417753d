with
movements as (
    select
        booking_month,
        movement_type,
        mrr_eur_micro
    from {{ ref('fct_subscription_movements') }}
),

monthly as (
    select
        booking_month,
        sum(mrr_end_eur_micro) as end_micro,
        min(case when is_closed then 1 else 0 end) = 1 as is_closed
    from {{ ref('fct_subscription_monthly') }}
    group by booking_month
),

walked as (
    select
        booking_month,
        sum(case when movement_type = 'new' then mrr_eur_micro else 0 end) as new_micro,
        sum(case when movement_type = 'reactivation' then mrr_eur_micro else 0 end) as reactivation_micro,
        sum(case when movement_type = 'expansion' then mrr_eur_micro else 0 end) as expansion_micro,
        sum(case when movement_type = 'contraction' then mrr_eur_micro else 0 end) as contraction_micro,
        sum(case when movement_type = 'churn' then mrr_eur_micro else 0 end) as churn_micro,
        sum(case when movement_type = 'fx' then mrr_eur_micro else 0 end) as fx_micro
    from movements
    group by booking_month
),

ends as (
    select
        monthly.*,
        lag(end_micro) over (order by booking_month) as start_micro
    from monthly
)

select
    ends.booking_month,
    {{ ratio('ends.start_micro', '1000000') }} as start_eur,
    {{ ratio('walked.new_micro', '1000000') }} as new_eur,
    {{ ratio('walked.reactivation_micro', '1000000') }} as reactivation_eur,
    {{ ratio('walked.expansion_micro', '1000000') }} as expansion_eur,
    {{ ratio('walked.contraction_micro', '1000000') }} as contraction_eur,
    {{ ratio('walked.churn_micro', '1000000') }} as churn_eur,
    {{ ratio('walked.fx_micro', '1000000') }} as fx_eur,
    {{ ratio('ends.end_micro', '1000000') }} as end_eur,
    ends.is_closed
from ends
inner join walked on ends.booking_month = walked.booking_month
order by ends.booking_month desc
limit 100
