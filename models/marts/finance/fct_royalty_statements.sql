{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ drop_if_another_month_closed() }}",
        indexes=server_indexes([{'columns': ['statement_month']}]),
    )
}}

with recursive
statement_lines as (
    select * from {{ ref('fct_royalty_statement_lines') }}
),

months as (
    select * from {{ ref('int_statement_months') }}
),

openings as (
    select * from {{ ref('int_statement_openings') }}
    where balance_minor <> 0
),

recoupment as (
    select * from {{ ref('int_statement_recoupment') }}
),

payees as (
    select * from {{ ref('int_statement_payees') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

totals as (
    select
        statement_month,
        payee_id,
        currency_code,
        sum(case when kind = 'royalty' then amount_minor else 0 end) as royalties_minor,
        sum(case when kind = 'correction' then amount_minor else 0 end) as corrections_minor,
        sum(case when kind = 'release' then amount_minor else 0 end) as released_minor,
        sum(case when kind = 'guarantee' then amount_minor else 0 end) as guaranteed_minor,
        -sum(case when kind = 'deduction' then amount_minor else 0 end) as deducted_minor,
        -sum(case when kind = 'recoupment' then amount_minor else 0 end) as recouped_minor,
        -sum(case when kind = 'withholding' then amount_minor else 0 end) as withheld_minor,
        -sum(case when kind = 'penalty' then amount_minor else 0 end) as penalised_minor,
        sum(amount_minor) as moved_minor,
        sum(exact_amount_micro) as moved_micro
    from statement_lines
    group by
        statement_month,
        payee_id,
        currency_code
),

owed as (
    select
        statement_month,
        payee_id,
        currency_code,
        sum(opening_unrecouped_minor) as opening_unrecouped_minor,
        sum(advanced_minor) as advanced_minor,
        sum(unrecouped_minor) as unrecouped_minor
    from recoupment
    group by
        statement_month,
        payee_id,
        currency_code
),

begun as (
    select
        statement_month,
        payee_id,
        currency_code
    from totals
    union all
    select
        statement_month,
        payee_id,
        currency_code
    from owed
    union all
    select
        first_month as statement_month,
        payee_id,
        currency_code
    from openings
),

accounts as (
    select
        payee_id,
        currency_code,
        min(statement_month) as since_month
    from begun
    group by
        payee_id,
        currency_code
),

-- A statement each month from the first one on: what is carried stands in it though nothing else happened.
stated as (
    select
        months.statement_month,
        accounts.payee_id,
        accounts.currency_code,
        accounts.since_month,
        currencies.minor_units,
        coalesce(openings.balance_minor, 0) as settled_balance_minor,
        coalesce(totals.royalties_minor, 0) as royalties_minor,
        coalesce(totals.corrections_minor, 0) as corrections_minor,
        coalesce(totals.released_minor, 0) as released_minor,
        coalesce(totals.guaranteed_minor, 0) as guaranteed_minor,
        coalesce(totals.deducted_minor, 0) as deducted_minor,
        coalesce(totals.recouped_minor, 0) as recouped_minor,
        coalesce(totals.withheld_minor, 0) as withheld_minor,
        coalesce(totals.penalised_minor, 0) as penalised_minor,
        cast(coalesce(totals.moved_minor, 0) as bigint) as moved_minor,
        coalesce(totals.moved_micro, 0)
        - {{ micro_from_minor('coalesce(totals.moved_minor, 0)', 'currencies.minor_units') }} as left_over_micro,
        coalesce(owed.opening_unrecouped_minor, 0) as opening_unrecouped_minor,
        coalesce(owed.advanced_minor, 0) as advanced_minor,
        coalesce(owed.unrecouped_minor, 0) as unrecouped_minor,
        coalesce(payees.withholding_ppm, 0) as withholding_ppm,
        case when accounts.currency_code = payees.currency_code then payees.minimum_payment_minor else 0 end
            as minimum_payment_minor
    from accounts
    inner join months on accounts.since_month <= months.statement_month
    inner join currencies on accounts.currency_code = currencies.currency_code
    left join totals
        on
            months.statement_month = totals.statement_month
            and accounts.payee_id = totals.payee_id
            and accounts.currency_code = totals.currency_code
    left join owed
        on
            months.statement_month = owed.statement_month
            and accounts.payee_id = owed.payee_id
            and accounts.currency_code = owed.currency_code
    left join openings
        on
            months.statement_month = openings.first_month
            and accounts.payee_id = openings.payee_id
            and accounts.currency_code = openings.currency_code
    left join payees
        on
            months.statement_month = payees.statement_month
            and accounts.payee_id = payees.payee_id
),

-- Whether a month pays depends on what the one before carried: month by month.
walked as (
    select
        statement_month,
        payee_id,
        currency_code,
        settled_balance_minor as opening_balance_minor,
        settled_balance_minor + moved_minor as payable_minor,
        case
            when
                payee_id > 0
                and settled_balance_minor + moved_minor > 0
                and settled_balance_minor + moved_minor >= minimum_payment_minor
                then settled_balance_minor + moved_minor
            else 0
        end as due_minor
    from stated
    where statement_month = since_month
    union all
    select
        stated.statement_month,
        stated.payee_id,
        stated.currency_code,
        walked.payable_minor - walked.due_minor as opening_balance_minor,
        walked.payable_minor - walked.due_minor + stated.moved_minor as payable_minor,
        case
            when
                stated.payee_id > 0
                and walked.payable_minor - walked.due_minor + stated.moved_minor > 0
                and walked.payable_minor - walked.due_minor + stated.moved_minor >= stated.minimum_payment_minor
                then walked.payable_minor - walked.due_minor + stated.moved_minor
            else 0
        end as due_minor
    from walked
    inner join stated
        on
            {{ add_months('walked.statement_month', 1) }} = stated.statement_month
            and walked.payee_id = stated.payee_id
            and walked.currency_code = stated.currency_code
),

carried as (
    select
        stated.*,
        walked.opening_balance_minor,
        walked.payable_minor,
        walked.due_minor,
        stated.royalties_minor + stated.corrections_minor + stated.released_minor + stated.guaranteed_minor
            as gross_minor,
        sum(stated.left_over_micro) over (
            partition by stated.payee_id, stated.currency_code order by stated.statement_month
            rows between unbounded preceding and current row
        ) as remainder_micro
    from stated
    inner join walked
        on
            stated.statement_month = walked.statement_month
            and stated.payee_id = walked.payee_id
            and stated.currency_code = walked.currency_code
)

select
    carried.payee_id,
    carried.statement_month,
    carried.currency_code,
    case
        when carried.payee_id < 0 then 'suspense'
        when carried.due_minor > 0 then 'due'
        else 'carried_forward'
    end as status,
    carried.opening_balance_minor,
    cast(carried.royalties_minor as bigint) as royalties_minor,
    cast(carried.corrections_minor as bigint) as corrections_minor,
    cast(carried.released_minor as bigint) as released_minor,
    cast(carried.guaranteed_minor as bigint) as guaranteed_minor,
    cast(carried.gross_minor as bigint) as gross_minor,
    cast(carried.deducted_minor as bigint) as deducted_minor,
    cast(carried.recouped_minor as bigint) as recouped_minor,
    cast(carried.withheld_minor as bigint) as withheld_minor,
    cast(carried.penalised_minor as bigint) as penalised_minor,
    carried.payable_minor,
    carried.minimum_payment_minor,
    carried.due_minor,
    carried.payable_minor - carried.due_minor as carried_forward_minor,
    cast(carried.remainder_micro as bigint) as remainder_micro,
    cast(carried.opening_unrecouped_minor as bigint) as opening_unrecouped_minor,
    cast(carried.advanced_minor as bigint) as advanced_minor,
    cast(carried.unrecouped_minor as bigint) as unrecouped_minor,
    carried.withholding_ppm,
    {% for amount in ['gross', 'deducted', 'recouped', 'withheld', 'penalised'] -%}
    {{ reporting_micro(micro_from_minor('carried.' ~ amount ~ '_minor', 'carried.minor_units'), 'rates.rate_micro') }}
        as {{ amount }}_eur_micro,
    {% endfor -%}
    {{ reporting_micro(micro_from_minor('carried.due_minor', 'carried.minor_units'), 'rates.rate_micro') }}
        as due_eur_micro
from carried
left join rates
    on
        {{ month_end('carried.statement_month') }} = rates.date_day
        and carried.currency_code = rates.currency_code
{{ if_another_month_closed() }}
