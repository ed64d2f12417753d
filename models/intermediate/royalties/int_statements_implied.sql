{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='payee_id',
        pre_hook="{{ drop_payees_without_statement(ref('int_statement_streams'), 'payout_id is null') }}",
        indexes=server_indexes([
            {'columns': ['payee_id', 'statement_month'], 'unique': true},
            {'columns': ['statement_month']},
            {'columns': ['told_load_id']},
        ]),
    )
}}

{%- set told_anew = payees_told_anew(ref('int_statement_streams')) -%}
{%- set touched = 'select touched.payee_id from touched' %}

with
{% if is_incremental() -%}
touched as (
    {{ told_anew }}
),

{% endif -%}
payouts as (
    select * from {{ ref('stg_royalties__payouts') }}
    {{ where_one_of('payee_id', touched) }}
),

streams as (
    select * from {{ ref('int_statement_streams') }}
    {{ where_one_of('payee_id', touched) }}
),

payees as (
    select * from {{ ref('stg_royalties__payees') }}
),

contracts as (
    select * from {{ ref('stg_royalties__rights_contracts') }}
    where territory_country_id is null {{ and_one_of('payee_id', touched) }}
),

advances as (
    select
        payee_id,
        amount_minor,
        {{ month_start(to_date('paid_at')) }} as paid_month
    from {{ ref('stg_royalties__advances') }}
    {{ where_one_of('payee_id', touched) }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

clock as (
    select last_load_id from {{ ref('int_clock') }}
),

lowest as (
    select min(listed.payee_id) as payee_id
    from {{ ref('int_statement_streams') }} as listed
),

not_settled as (
    select streams.statement_month
    from streams
    left join payouts
        on
            streams.payee_id = payouts.payee_id
            and streams.statement_month = payouts.statement_month
    where payouts.payout_id is null
    group by streams.statement_month
),

settled as (
    select * from {{ ref('stg_royalties__payouts') }}
    {{ where_one_of('statement_month', 'select not_settled.statement_month from not_settled') }}
),

-- The flat rate of a tax residence, for plays that no statement settled.
country_rates as (
    select
        settled.statement_month,
        payees.tax_country_id,
        max(settled.rate_micro) as rate_micro
    from settled
    inner join not_settled on settled.statement_month = not_settled.statement_month
    inner join payees on settled.payee_id = payees.payee_id
    group by
        settled.statement_month,
        payees.tax_country_id
),

followed as (
    select
        payouts.*,
        lag(statement_month) over (partition by payee_id order by statement_month) as previous_month,
        lag(unrecouped_minor) over (partition by payee_id order by statement_month) as previous_unrecouped_minor
    from payouts
),

-- What is to be recouped follows from the statement before and the advances since; the first one's word is taken.
owing as (
    select
        followed.payout_id,
        coalesce(
            max(followed.previous_unrecouped_minor), max(followed.unrecouped_minor + followed.recouped_minor)
        ) + coalesce(sum(advances.amount_minor), 0) as owed_minor
    from followed
    left join advances
        on
            followed.payee_id = advances.payee_id
            and followed.previous_month < advances.paid_month
            and followed.statement_month >= advances.paid_month
    group by followed.payout_id
),

months as (
    select
        coalesce(payouts.payee_id, streams.payee_id) as payee_id,
        coalesce(payouts.statement_month, streams.statement_month) as statement_month,
        coalesce(streams.certain_milli, 0) as certain_milli,
        coalesce(streams.possible_milli, 0) as possible_milli,
        -- The statement's own count is taken as far as it may be right.
        least(
            greatest(payouts.qualified_streams_milli, coalesce(streams.certain_milli, 0)),
            coalesce(case when payouts.payout_id is null then streams.certain_milli else streams.possible_milli end, 0)
        ) as streams_milli,
        payouts.payout_id,
        payouts.currency_code,
        payouts.rate_micro
    from payouts
    full outer join streams
        on
            payouts.payee_id = streams.payee_id
            and payouts.statement_month = streams.statement_month
),

-- Recouped by the contract in force when the month begins, withheld by the one in force when it ends.
termed as (
    select
        months.payee_id,
        months.statement_month,
        max(case when contracts.valid_from <= months.statement_month then contracts.recoupment_ppm end)
            as recoupment_ppm,
        max(
            case
                when contracts.valid_to is null or contracts.valid_to > {{ month_end('months.statement_month') }}
                    then contracts.withholding_ppm
            end
        ) as withholding_ppm
    from months
    inner join contracts
        on
            months.payee_id = contracts.payee_id
            and contracts.valid_from <= {{ month_end('months.statement_month') }}
            and (contracts.valid_to is null or months.statement_month < contracts.valid_to)
    group by
        months.payee_id,
        months.statement_month
),

grossed as (
    select
        months.payee_id,
        months.statement_month,
        months.payout_id,
        months.certain_milli,
        months.possible_milli,
        months.streams_milli,
        coalesce(months.currency_code, payees.currency_code) as currency_code,
        coalesce(termed.recoupment_ppm, 0) as recoupment_ppm,
        coalesce(termed.withholding_ppm, 0) as withholding_ppm,
        coalesce(owing.owed_minor, 0) as owed_minor,
        coalesce({{ minor_from_micro(
            multiply_divide(
                'months.streams_milli', 'coalesce(months.rate_micro, country_rates.rate_micro)', 1000, 'down'
            ),
            'currencies.minor_units'
        ) }}, 0) as gross_minor
    from months
    left join payees on months.payee_id = payees.payee_id
    left join owing on months.payout_id = owing.payout_id
    left join termed
        on
            months.payee_id = termed.payee_id
            and months.statement_month = termed.statement_month
    left join country_rates
        on
            months.statement_month = country_rates.statement_month
            and payees.tax_country_id = country_rates.tax_country_id
    left join currencies on coalesce(months.currency_code, payees.currency_code) = currencies.currency_code
),

recouped as (
    select
        grossed.*,
        least({{ multiply_divide('gross_minor', 'recoupment_ppm', 1000000, 'down') }}, owed_minor) as recouped_minor
    from grossed
)

select
    recouped.payee_id,
    recouped.statement_month,
    recouped.payout_id,
    recouped.currency_code,
    recouped.certain_milli,
    recouped.possible_milli,
    cast(recouped.streams_milli as bigint) as streams_milli,
    recouped.gross_minor,
    cast(recouped.recouped_minor as bigint) as recouped_minor,
    cast(
        {{ multiply_divide('(recouped.gross_minor - recouped.recouped_minor)', 'recouped.withholding_ppm', 1000000) }}
        as bigint
    ) as withheld_minor,
    cast(case when recouped.payee_id = lowest.payee_id then clock.last_load_id else 0 end as bigint) as told_load_id
from recouped
cross join lowest
cross join clock
