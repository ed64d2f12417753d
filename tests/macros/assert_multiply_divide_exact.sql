-- multiply_divide and integer_divide: halves, signs, products beyond 64 bits, a divisor of zero, a missing part.
{%- set cases = [
    [7, 1, 2, 4, 3],
    [-7, 1, 2, -4, -3],
    [7, -1, 2, -4, -3],
    [7, 1, -2, -4, -3],
    [-7, 1, -2, 4, 3],
    [5, 1, 3, 2, 1],
    [4, 1, 3, 1, 1],
    [-5, 1, 3, -2, -1],
    [-4, 1, 3, -1, -1],
    [1, 1, 3, 0, 0],
    [0, 5, 3, 0, 0],
    [9000000000000000000, 700000, 1000000, 6300000000000000000, 6300000000000000000],
    [-9000000000000000000, 700000, 1000000, -6300000000000000000, -6300000000000000000],
    [123456789012345678, 999999999, 1000000007, 123456788024691373, 123456788024691372],
    [1, 1, 2, 1, 0],
    [-1, 1, 2, -1, 0],
    [3, 1, 2, 2, 1],
    [2499999, 1, 5000000, 0, 0],
    [2500000, 1, 5000000, 1, 0],
    [5, 1, 0, 'null', 'null'],
    ['null', 1, 3, 'null', 'null'],
] %}
with
cases as (
    {% for case in cases -%}
    select
        cast({{ case[0] }} as bigint) as a,
        cast({{ case[1] }} as bigint) as b,
        cast({{ case[2] }} as bigint) as c,
        cast({{ case[3] }} as bigint) as half_up,
        cast({{ case[4] }} as bigint) as down
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

computed as (
    select
        cases.*,
        {{ multiply_divide('a', 'b', 'c') }} as computed_half_up,
        {{ multiply_divide('a', 'b', 'c', 'down') }} as computed_down,
        {{ multiply_divide('abs(a)', 'abs(b)', 'abs(c)', 'half_up_unsigned') }} as computed_unsigned,
        {{ integer_divide('a', 'c') }} as quotient,
        {{ multiply_divide('a', '1', 'c', 'down') }} as computed_quotient
    from cases
)

select *
from computed
where
    computed_half_up is distinct from half_up
    or computed_down is distinct from down
    or computed_unsigned is distinct from abs(half_up)
    or quotient is distinct from computed_quotient
