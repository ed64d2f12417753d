{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='payee_id',
        pre_hook="{{ drop_payees_without_statement(ref('fct_payouts'), 'payout_id < 0') }}",
        indexes=server_indexes([
            {'columns': ['payee_id', 'statement_month'], 'unique': true},
            {'columns': ['statement_month']},
            {'columns': ['told_load_id']},
        ]),
    )
}}

{%- set told_anew = payees_told_anew(ref('fct_payouts')) -%}
{%- set touched = 'select touched.payee_id from touched' %}

with
{% if is_incremental() -%}
touched as (
    {{ told_anew }}
),

{% endif -%}
implied as (
    select * from {{ ref('int_statements_implied') }}
    {{ where_one_of('payee_id', touched) }}
),

payouts as (
    select * from {{ ref('fct_payouts') }}
    {{ where_one_of('payee_id', touched) }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

stated as (
    select
        implied.payee_id,
        implied.statement_month,
        implied.payout_id,
        implied.currency_code,
        implied.certain_milli,
        implied.possible_milli,
        implied.streams_milli,
        implied.gross_minor as implied_gross_minor,
        implied.recouped_minor as implied_recouped_minor,
        implied.withheld_minor as implied_withheld_minor,
        implied.gross_minor - implied.recouped_minor - implied.withheld_minor as implied_earned_minor,
        rules.reconciliation_tolerance_ppm,
        coalesce(payouts.settled_streams, 0) as settled_streams,
        coalesce(payouts.opening_balance_minor, 0) as opening_balance_minor,
        coalesce(payouts.gross_minor, 0) as gross_minor,
        coalesce(payouts.recouped_minor, 0) as recouped_minor,
        coalesce(payouts.withheld_minor, 0) as withheld_minor,
        coalesce(payouts.unexplained_minor, 0) as unexplained_minor,
        coalesce(payouts.net_minor, 0) as net_minor,
        coalesce(payouts.net_minor + payouts.carried_forward_minor, 0) as stated_minor
    from implied
    inner join rules on implied.statement_month = rules.date_day
    left join payouts on implied.payout_id = payouts.payout_id
),

clock as (
    select last_load_id from {{ ref('int_clock') }}
),

lowest as (
    select min(listed.payee_id) as payee_id
    from {{ ref('fct_payouts') }} as listed
),

-- A balance is carried from payment to payment; the first statement's opening balance is where the walk begins.
segmented as (
    select
        stated.*,
        first_value(opening_balance_minor) over (partition by payee_id order by statement_month) as first_balance_minor,
        coalesce(
            sum(case when net_minor > 0 then 1 else 0 end) over (
                partition by payee_id order by statement_month
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as payments_before
    from stated
),

walked as (
    select
        segmented.*,
        case when payments_before = 0 then first_balance_minor else 0 end
        + coalesce(
            sum(implied_earned_minor) over (
                partition by payee_id, payments_before order by statement_month
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as implied_opening_minor
    from segmented
),

-- What the statement pays or carries too much, by where it comes from.
compared as (
    select
        walked.*,
        implied_opening_minor + implied_earned_minor as implied_minor,
        stated_minor - implied_opening_minor - implied_earned_minor as difference_minor,
        opening_balance_minor - implied_opening_minor as opening_difference_minor,
        gross_minor - implied_gross_minor as gross_difference_minor,
        implied_recouped_minor - recouped_minor as recouped_difference_minor,
        implied_withheld_minor - withheld_minor as withheld_difference_minor
    from walked
),

judged as (
    select
        compared.*,
        abs({{ wide('difference_minor') }}) * 1000000
        > abs({{ wide('implied_minor') }}) * reconciliation_tolerance_ppm as is_flagged,
        greatest(
            abs(opening_difference_minor), abs(gross_difference_minor), abs(recouped_difference_minor),
            abs(withheld_difference_minor), abs(unexplained_minor)
        ) as largest_minor
    from compared
)

select
    payee_id,
    statement_month,
    cast(coalesce(payout_id, {{ not_applicable_key() }}) as bigint) as payout_id,
    currency_code,
    {{ micro_decimal('certain_milli * 1000') }} as certain_streams,
    {{ micro_decimal('possible_milli * 1000') }} as possible_streams,
    {{ micro_decimal('streams_milli * 1000') }} as implied_streams,
    cast(settled_streams as numeric(18, 6)) as settled_streams,
    cast(implied_opening_minor as bigint) as implied_opening_minor,
    implied_gross_minor,
    implied_recouped_minor,
    implied_withheld_minor,
    cast(implied_minor as bigint) as implied_minor,
    stated_minor,
    cast(difference_minor as bigint) as difference_minor,
    {{ ratio('difference_minor', 'implied_minor') }} as difference_ratio,
    cast(opening_difference_minor as bigint) as opening_difference_minor,
    gross_difference_minor,
    recouped_difference_minor,
    withheld_difference_minor,
    unexplained_minor,
    case
        when difference_minor = 0 then 'none'
        when payout_id is null then 'no_statement'
        when abs(unexplained_minor) = largest_minor then 'sum'
        when abs(opening_difference_minor) = largest_minor then 'opening_balance'
        when abs(gross_difference_minor) = largest_minor then 'plays'
        when abs(recouped_difference_minor) = largest_minor then 'recoupment'
        else 'withholding'
    end as cause,
    is_flagged,
    cast(
        case
            when payee_id = (select lowest.payee_id from lowest) then (select clock.last_load_id from clock)
            else 0
        end as bigint
    ) as told_load_id
from judged
where
    payout_id is not null
    or implied_minor <> 0
