{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='booking_month',
        indexes=server_indexes([
            {'columns': ['journal_key', 'account_code'], 'unique': true},
            {'columns': ['booking_month']},
            {'columns': ['told_load_id']},
        ]),
    )
}}

{#- Of an artist's sale the whole is in clearing until it counts; of a promotion it is advertising paid in advance. -#}
{%- set paid_into = "case purpose when 'subscription' then '2020' when 'promotion' then '1110'"
    ~ " when 'unknown' then '2190' else '2010' end" -%}
{%- set earned_from = "case service when 'subscription' then '2020' when 'advertising' then '1110' else '2010' end" -%}
{%- set earned_as = "case service when 'subscription' then '4010' when 'advertising' then '4030' else '4020' end" -%}
{#- What a line of a statement is set against in the payee's balance. -#}
{%- set stated_as = "case kind when 'deduction' then '4040' when 'guarantee' then '5030' when 'recoupment' then '1200'"
    ~ " when 'withholding' then '2130' when 'penalty' then '4050' else '2100' end" -%}
{#- What is booked: relation, kind of journal, day, source, account debited, account credited, amount. -#}
{%- set postings = [
    ('moved', 'movement_type', 'journal_date', 'purpose', "'1010'", paid_into, 'amount_minor - tax_minor'),
    ('moved', 'movement_type', 'journal_date', 'purpose', "'1010'", "'2030'", 'tax_minor'),
    ('moved', "'fee'", 'journal_date', 'purpose', "'5020'", "'1010'", 'fee_minor'),
    ('statement_lines', "'statement'", month_end('statement_month'), "'royalties'", stated_as, "'2120'", 'amount_minor'),
    ('payouts', "'payout'", 'processed_date', "'royalties'", "'2120'", "'1020'", 'paid_minor'),
    ('advances', "'advance'", 'posted_date', 'document_source', "'1200'", "'1020'", 'amount_minor'),
    ('ad_invoices', "'ad_invoice'", 'posted_date', 'document_source', "'1100'", "'1110'", 'amount_minor'),
    ('earned', "'revenue'", 'journal_date', 'service', earned_from, earned_as, 'recognised_micro'),
    ('earned', "'revenue'", 'journal_date', 'service', "'2010'", "'2040'", 'passed_on_micro'),
    ('royalties', "'royalty'", 'booked_date', 'source', "'5010'",
        "case when is_suspense then '2110' else '2100' end", 'amount_micro'),
] -%}

{%- set dates = ref('dim_date') -%}
{%- set payout_days = ref('int_payout_days') -%}
{%- set newer_payouts -%}
    select newer.payout_id
    from {{ ref('fct_payouts') }} as newer
    where {{ is_newer_load_of(ref('fct_payouts'), held='told_load_id') }}
{%- endset -%}
{%- set touched_months = 'select touched.booking_month from touched' -%}
{#- Days of which what was paid on them is found by index: those of a touched month, and few of the next. -#}
{%- set touched_days = days_around('select touched.booking_month as day_date from touched', 0, 30) %}

with
clock as (
    select * from {{ ref('int_clock') }}
),

{% if is_incremental() -%}
-- Months that were open when the lines were last written, as revenue, documents and what a close books come to no other;
-- and those of which a payment is told anew, or in which one that is told anew was ever paid out.
touched as (
    select dates.month_start_date as booking_month
    from {{ dates }} as dates
    inner join clock on dates.date_day <= clock.data_date
    where
        dates.date_day >= (
            select {{ add_months("coalesce(max(built.booking_month), cast('1900-01-01' as date))", -1) }}
            from {{ this }} as built
        )
    group by dates.month_start_date
    union
    select newer.booking_month
    from {{ ref('fct_transactions') }} as newer
    where {{ is_newer_load_of(ref('fct_transactions'), held='told_load_id') }}
    group by newer.booking_month
    union
    select {{ month_start('paid.processed_date') }} as booking_month
    from {{ payout_days }} as paid
    where {{ is_one_of('paid.payout_id', newer_payouts) }}
),

{% endif -%}
movements as (
    select * from {{ ref('fct_transactions') }}
    where movement_type <> 'failure' {{ and_one_of('booking_month', touched_months) }}
),

revenue as (
    select * from {{ ref('fct_revenue_daily') }}
    {{ where_one_of('booking_month', touched_months) }}
),

royalties as (
    select * from {{ ref('int_royalty_postings') }}
),

-- What waits in suspense is due to nobody.
statement_lines as (
    select * from {{ ref('fct_royalty_statement_lines') }}
    where payee_id > 0 {{ and_one_of('statement_month', touched_months) }}
),

payouts as (
    select * from {{ ref('fct_payouts') }}
    {{ where_one_of('processed_date', touched_days) }}
),

advances as (
    select * from {{ ref('int_journal_documents') }}
    where document_type = 'advance'
),

ad_invoices as (
    select * from {{ ref('int_journal_documents') }}
    where document_type = 'ad_invoice'
),

currencies as (
    select * from {{ ref('dim_currency') }}
),

moved as (
    select
        {{ posting_date('transacted_date', 'booking_month', 'arrived_at') }} as journal_date,
        purpose,
        movement_type,
        currency_code,
        sum(amount_minor) as amount_minor,
        sum(tax_minor) as tax_minor,
        sum(processing_fee_minor) as fee_minor,
        max(load_id) as load_id
    from movements
    group by
        {{ posting_date('transacted_date', 'booking_month', 'arrived_at') }},
        purpose,
        movement_type,
        currency_code
),

earned as (
    select
        revenue_date as journal_date,
        service,
        currency_code,
        sum(recognised_micro) as recognised_micro,
        sum(passed_on_micro) as passed_on_micro
    from revenue
    group by
        revenue_date,
        service,
        currency_code
),

-- Each amount stands on both sides: a journal sums to zero whatever the amounts are.
sides as (
    {% for relation, kind, day, source, debit, credit, amount in postings -%}
    {% for account, sign in [(debit, ''), (credit, '-')] -%}
    select
        cast({{ kind }} as text) as journal_type,
        {{ day }} as journal_date,
        cast({{ source }} as text) as source,
        currency_code,
        {{ account }} as account_code,
        {{ sign }}({{ amount }}) as amount,
        {{ 'load_id' if relation in ['moved', 'payouts'] else 0 }} as told_load_id,
        {{ 'true' if amount.endswith('_minor') else 'false' }} as is_minor
    from {{ relation }}
    {{ "union all" if not loop.last }}
    {% endfor -%}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

-- What was booked before the history begins stands in other books.
lines as (
    select
        sides.journal_type,
        sides.journal_date,
        sides.source,
        sides.currency_code,
        sides.account_code,
        cast(sum(sides.amount * case when sides.is_minor then currencies.micro_per_minor else 1 end) as bigint)
            as amount_micro,
        max(sides.told_load_id) as told_load_id
    from sides
    inner join currencies on sides.currency_code = currencies.currency_code
    inner join clock
        on
            sides.journal_date >= {{ month_start('clock.history_start') }}
            and sides.journal_date <= clock.data_date
    {{ where_one_of(month_start('sides.journal_date'), touched_months) }}
    group by
        sides.journal_type,
        sides.journal_date,
        sides.source,
        sides.currency_code,
        sides.account_code
)

select
    journal_type || '|' || cast(journal_date as text) || '|' || source || '|' || currency_code as journal_key,
    account_code,
    journal_type,
    journal_date,
    {{ month_start('journal_date') }} as booking_month,
    source,
    currency_code,
    greatest(amount_micro, 0) as debit_micro,
    greatest(-amount_micro, 0) as credit_micro,
    amount_micro,
    cast(told_load_id as bigint) as told_load_id
from lines
where amount_micro <> 0
