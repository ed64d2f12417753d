-- multiply_divide and integer_divide: halves, signs, products beyond 64 bits, a divisor of zero, a missing part.
with
cases as (
    select
        cast(7 as bigint) as a,
        cast(1 as bigint) as b,
        cast(2 as bigint) as c,
        cast(4 as bigint) as half_up,
        cast(3 as bigint) as down
    union all
    select -7, 1, 2, -4, -3
    union all
    select 7, -1, 2, -4, -3
    union all
    select 7, 1, -2, -4, -3
    union all
    select -7, 1, -2, 4, 3
    union all
    select 5, 1, 3, 2, 1
    union all
    select 4, 1, 3, 1, 1
    union all
    select -5, 1, 3, -2, -1
    union all
    select -4, 1, 3, -1, -1
    union all
    select 1, 1, 3, 0, 0
    union all
    select 0, 5, 3, 0, 0
    union all
    select 9000000000000000000, 700000, 1000000, 6300000000000000000, 6300000000000000000
    union all
    select -9000000000000000000, 700000, 1000000, -6300000000000000000, -6300000000000000000
    union all
    select 123456789012345678, 999999999, 1000000007, 123456788024691373, 123456788024691372
    union all
    select 1, 1, 2, 1, 0
    union all
    select -1, 1, 2, -1, 0
    union all
    select 3, 1, 2, 2, 1
    union all
    select 2499999, 1, 5000000, 0, 0
    union all
    select 2500000, 1, 5000000, 1, 0
    union all
    select 5, 1, 0, null, null
    union all
    select null, 1, 3, null, null
),

computed as (
    select
        cases.*,
        {{ multiply_divide('a', 'b', 'c') }} as computed_half_up,
        {{ multiply_divide('a', 'b', 'c', 'down') }} as computed_down,
        {{ integer_divide('a', 'c') }} as quotient,
        {{ multiply_divide('a', '1', 'c', 'down') }} as computed_quotient
    from cases
)

select *
from computed
where
    computed_half_up is distinct from half_up
    or computed_down is distinct from down
    or quotient is distinct from computed_quotient
