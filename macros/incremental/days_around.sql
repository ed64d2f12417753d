{#-
    The days from `first` to `last` days after each one that a query finds as `day_date`: what an increment reads, or
    writes anew, where local days, or counts over a day, reach into the days around.
-#}
{% macro days_around(newer, first, last) -%}
    select {{ add_days('newer.day_date', 'around.days') }} as day_date
    from ({{ newer }}) as newer
    cross join ({{ integer_series(first, last, 'days') }}) as around
    group by newer.day_date, around.days
{%- endmacro %}

{#- Days less far from each one than a scalar query says, which is never more than `most`: until `last` days after it. -#}
{% macro days_within(newer, reach, most, last=none) -%}
    select {{ add_days('newer.day_date', 'around.days') }} as day_date
    from ({{ newer }}) as newer
    cross join ({{ integer_series(-most, most if last is none else last, 'days') }}) as around
    where abs(around.days) < ({{ reach }})
    group by newer.day_date, around.days
{%- endmacro %}
