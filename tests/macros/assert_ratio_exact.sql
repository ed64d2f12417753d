-- ratio: six places, halves away from zero, null for a divisor of zero; the same of decimals as of integers.
{%- set cases = [
    [1, 3, '0.333333'],
    [2, 3, '0.666667'],
    [-1, 3, '-0.333333'],
    [-2, 3, '-0.666667'],
    [1, 2000000, '0.000001'],
    [-1, 2000000, '-0.000001'],
    [1, 2000001, 0],
    [999999, 1000000, '0.999999'],
    [0, 7, 0],
    [1000000000000, 7, '142857142857.142857'],
    [5, -2, '-2.5'],
    [1, 1999999, '0.000001'],
    [4999999, 10000000000000, 0],
    [5000000, 10000000000000, '0.000001'],
    [1, 0, 'null'],
    ['null', 3, 'null'],
    [3, 'null', 'null'],
] %}
with
cases as (
    {% for case in cases -%}
    select
        cast({{ case[0] }} as bigint) as part,
        cast({{ case[1] }} as bigint) as whole,
        cast({{ case[2] }} as numeric(18, 6)) as expected
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
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
