-- allocate against shares worked out apart: equal shares (ties by md5), shares that do not divide, negative and zero
-- amounts, one recipient, weights of zero, amounts beyond 64 bits when multiplied.
with
cases as (
    select
        'thirds' as pool_key,
        cast(1 as bigint) as recipient_id,
        cast(100 as bigint) as amount,
        cast(1 as bigint) as weight,
        cast(33 as bigint) as expected
    union all
    select 'thirds', 2, 100, 1, 33
    union all
    select 'thirds', 3, 100, 1, 34
    union all
    select 'sevenths', 1, 1000000, 1, 142857
    union all
    select 'sevenths', 2, 1000000, 2, 285714
    union all
    select 'sevenths', 3, 1000000, 4, 571429
    union all
    select 'negative', 1, -100, 1, -33
    union all
    select 'negative', 2, -100, 1, -33
    union all
    select 'negative', 3, -100, 1, -34
    union all
    select 'single', 7, 12345, 3, 12345
    union all
    select 'zero_weight', 1, 10, 0, 0
    union all
    select 'zero_weight', 2, 10, 3, 4
    union all
    select 'zero_weight', 3, 10, 3, 3
    union all
    select 'zero_weight', 4, 10, 3, 3
    union all
    select 'all_zero', 1, 10, 0, 0
    union all
    select 'all_zero', 2, 10, 0, 0
    union all
    select 'zero_amount', 1, 0, 5, 0
    union all
    select 'zero_amount', 2, 0, 6, 0
    union all
    select 'few_units', 1, 2, 1, 0
    union all
    select 'few_units', 2, 2, 1, 1
    union all
    select 'few_units', 3, 2, 1, 1
    union all
    select 'few_units', 4, 2, 1, 0
    union all
    select 'few_units', 5, 2, 1, 0
    union all
    select 'wide', 1, 9000000000000000000, 999999999999, 4499999999995500000
    union all
    select 'wide', 2, 9000000000000000000, 999999999998, 4499999999991000000
    union all
    select 'wide', 3, 9000000000000000000, 3, 13500000
    union all
    select 'skewed', 1, -7, 1000000, -7
    union all
    select 'skewed', 2, -7, 1, 0
    union all
    select 'skewed', 3, -7, 1, 0
    union all
    select 'remainders', 1, 11, 5, 6
    union all
    select 'remainders', 2, 11, 3, 3
    union all
    select 'remainders', 3, 11, 2, 2
),

allocated as (
    {{ allocate('cases', 'pool_key', 'recipient_id', 'amount', 'weight') }}
)

select
    cases.pool_key,
    cases.recipient_id,
    cases.expected,
    allocated.allocated
from cases
left join allocated
    on
        cases.pool_key = allocated.pool_key
        and cases.recipient_id = allocated.recipient_id
where allocated.allocated is distinct from cases.expected
