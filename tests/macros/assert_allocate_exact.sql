-- allocate against shares worked out apart: equal shares (ties by md5), shares that do not divide, negative and zero
-- amounts, one recipient, weights of zero, amounts beyond 64 bits when multiplied.
{%- set cases = [
    ['thirds', 1, 100, 1, 33],
    ['thirds', 2, 100, 1, 33],
    ['thirds', 3, 100, 1, 34],
    ['sevenths', 1, 1000000, 1, 142857],
    ['sevenths', 2, 1000000, 2, 285714],
    ['sevenths', 3, 1000000, 4, 571429],
    ['negative', 1, -100, 1, -33],
    ['negative', 2, -100, 1, -33],
    ['negative', 3, -100, 1, -34],
    ['single', 7, 12345, 3, 12345],
    ['zero_weight', 1, 10, 0, 0],
    ['zero_weight', 2, 10, 3, 4],
    ['zero_weight', 3, 10, 3, 3],
    ['zero_weight', 4, 10, 3, 3],
    ['all_zero', 1, 10, 0, 0],
    ['all_zero', 2, 10, 0, 0],
    ['zero_amount', 1, 0, 5, 0],
    ['zero_amount', 2, 0, 6, 0],
    ['few_units', 1, 2, 1, 0],
    ['few_units', 2, 2, 1, 1],
    ['few_units', 3, 2, 1, 1],
    ['few_units', 4, 2, 1, 0],
    ['few_units', 5, 2, 1, 0],
    ['wide', 1, 9000000000000000000, 999999999999, 4499999999995500000],
    ['wide', 2, 9000000000000000000, 999999999998, 4499999999991000000],
    ['wide', 3, 9000000000000000000, 3, 13500000],
    ['skewed', 1, -7, 1000000, -7],
    ['skewed', 2, -7, 1, 0],
    ['skewed', 3, -7, 1, 0],
    ['remainders', 1, 11, 5, 6],
    ['remainders', 2, 11, 3, 3],
    ['remainders', 3, 11, 2, 2],
] %}
with
cases as (
    {% for case in cases -%}
    select
        '{{ case[0] }}' as pool_key,
        cast({{ case[1] }} as bigint) as recipient_id,
        cast({{ case[2] }} as bigint) as amount,
        cast({{ case[3] }} as bigint) as weight,
        cast({{ case[4] }} as bigint) as expected
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
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
