with
breaches as (
    select * from {{ ref('mart_rule_breaches') }}
),

countries as (
    select
        geography_id,
        country
    from {{ ref('dim_geography') }}
)

select
    {{ month_start('breaches.day_date') }} as month_start_date,
    breaches.rule,
    countries.country,
    sum(breaches.checked_rows) as checked_rows,
    sum(breaches.breaches) as breaches,
    {{ ratio('sum(breaches.breaches)', 'sum(breaches.checked_rows)') }} as breach_share
from breaches
left join countries on breaches.country_geography_id = countries.geography_id
group by
    {{ month_start('breaches.day_date') }},
    breaches.rule,
    countries.country
having sum(breaches.checked_rows) > 0
order by month_start_date desc, breaches desc, breaches.rule asc, countries.country asc
limit 1000
