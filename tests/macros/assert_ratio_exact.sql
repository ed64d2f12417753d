-- ratio: six places, halves away from zero, null for a divisor of zero; the same of decimals as of integers.
with
cases as (
    select
        cast(1 as bigint) as part,
        cast(3 as bigint) as whole,
        cast(0.333333 as numeric(18, 6)) as expected
    union all
    select 2, 3, 0.666667
    union all
    select -1, 3, -0.333333
    union all
    select -2, 3, -0.666667
    union all
    select 1, 2000000, 0.000001
    union all
    select -1, 2000000, -0.000001
    union all
    select 1, 2000001, 0
    union all
    select 999999, 1000000, 0.999999
    union all
    select 0, 7, 0
    union all
    select 1000000000000, 7, 142857142857.142857
    union all
    select 5, -2, -2.5
    union all
    select 1, 1999999, 0.000001
    union all
    select 4999999, 10000000000000, 0
    union all
    select 5000000, 10000000000000, 0.000001
    union all
    select 1, 0, null
    union all
    select null, 3, null
    union all
    select 3, null, null
),

computed as (
    select
        cases.*,
        {{ ratio('part', 'whole') }} as computed
    from cases
)

select *
from computed
where computed is distinct from expected
