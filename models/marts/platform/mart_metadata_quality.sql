with
metadata_audits as (
    select
        attribute_name,
        {{ month_start(to_date('checked_at')) }} as month_start_date,
        is_correct
    from {{ ref('stg_catalog__metadata_audits') }}
),

rules as (
    select
        date_day,
        cast(confidence_z_micro as double precision) / 1000000 as z
    from {{ ref('int_rules_by_date') }}
),

counted as (
    select
        attribute_name,
        month_start_date,
        count(*) as audited,
        count(case when is_correct then 1 end) as correct
    from metadata_audits
    group by attribute_name, month_start_date
),

measured as (
    select
        counted.*,
        cast(counted.audited as double precision) as n,
        cast(counted.correct as double precision) / counted.audited as p,
        rules.z
    from counted
    inner join rules on counted.month_start_date = rules.date_day
),

-- Wilson's interval: of few errors, or none, the plain one would say that there can be no more.
centred as (
    select
        measured.*,
        (p + z * z / (2 * n)) / (1 + z * z / n) as centre,
        z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n) as half_width
    from measured
)

select
    attribute_name,
    month_start_date,
    audited,
    correct,
    {{ ratio('correct', 'audited') }} as accuracy,
    cast(centre - half_width as numeric(18, 6)) as accuracy_from,
    cast(centre + half_width as numeric(18, 6)) as accuracy_to
from centred
