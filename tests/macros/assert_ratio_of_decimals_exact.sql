-- ratio takes decimals of up to six places as they are: 2.5 / 7 and an average of users.
with
cases as (
    select
        cast(2.5 as numeric(18, 6)) as part,
        cast(7 as numeric(18, 6)) as whole,
        cast(0.357143 as numeric(18, 6)) as expected
    union all
    select 1234567.891234, 31.000001, 39824.769400
    union all
    select -0.000001, 2, -0.000001
)

select *
from cases
where {{ ratio('part', 'whole') }} is distinct from expected
