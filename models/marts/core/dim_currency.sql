with
currencies as (
    select
        currency_code,
        name,
        minor_units
    from {{ ref('currencies') }}
),

fx_rates as (
    select
        currency_code,
        rate_date
    from {{ ref('fx_rates') }}
),

rate_spans as (
    select
        currency_code,
        min(rate_date) as first_rate_date,
        max(rate_date) as last_rate_date
    from fx_rates
    group by currency_code
),

members as (
    select
        {{ unknown_currency() }} as currency_code,
        'Unknown' as name,
        0 as minor_units
)

select
    currencies.currency_code,
    currencies.name,
    currencies.minor_units,
    {{ micro_from_minor('1', 'currencies.minor_units') }} as micro_per_minor,
    rate_spans.currency_code is not null as has_reference_rate,
    rate_spans.first_rate_date,
    rate_spans.last_rate_date,
    currencies.currency_code = '{{ var("reporting_currency") }}' as is_reporting_currency
from currencies
left join rate_spans on currencies.currency_code = rate_spans.currency_code
union all
select
    currency_code,
    name,
    minor_units,
    {{ micro_from_minor('1', 'minor_units') }} as micro_per_minor,
    false as has_reference_rate,
    cast(null as date) as first_rate_date,
    cast(null as date) as last_rate_date,
    false as is_reporting_currency
from members
