with
payouts as (
    select * from {{ ref('stg_royalties__payouts') }}
),

streams as (
    select * from {{ ref('int_statement_streams') }}
),

payees as (
    select * from {{ ref('stg_royalties__payees') }}
),

contracts as (
    select * from {{ ref('stg_royalties__rights_contracts') }}
    where territory_country_id is null
),

advances as (
    select
        payee_id,
        amount_minor,
        {{ month_start(to_date('paid_at')) }} as paid_month
    from {{ ref('stg_royalties__advances') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

-- The flat rate of a tax residence, for plays that no statement settled.
country_rates as (
    select
        payouts.statement_month,
        payees.tax_country_id,
        max(payouts.rate_micro) as rate_micro
    from payouts
    inner join payees on payouts.payee_id = payees.payee_id
    group by
        payouts.statement_month,
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
    payee_id,
    statement_month,
    payout_id,
    currency_code,
    certain_milli,
    possible_milli,
    cast(streams_milli as bigint) as streams_milli,
    gross_minor,
    cast(recouped_minor as bigint) as recouped_minor,
    {{ multiply_divide('(gross_minor - recouped_minor)', 'withholding_ppm', 1000000) }} as withheld_minor
from recouped
