-- ratio takes decimals of up to six places as they are, such as an average of users.
{%- set cases = [
    ['2.5', 7, '0.357143'],
    ['1234567.891234', '31.000001', '39824.769400'],
    ['-0.000001', 2, '-0.000001'],
    ['0.0000005', 1, '0.000001'],
] %}
with
cases as (
    {% for case in cases -%}
    select
        cast({{ case[0] }} as numeric(18, 6)) as part,
        cast({{ case[1] }} as numeric(18, 6)) as whole,
        cast({{ case[2] }} as numeric(18, 6)) as expected
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from cases
where {{ ratio('part', 'whole') }} is distinct from expected
