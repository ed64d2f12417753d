{#-
    None of the columns holds a null, in one scan: a heavy view is worked out once, not once per column.
    Gives one row per column that fails: column_name, null_rows. dbt's own config `where` takes a condition on the rows.
-#}
{% test not_null_columns(model, columns) %}
with
counted as (
    select
        {% for column in columns -%}
        count(case when {{ column }} is null then 1 end) as nulls_{{ loop.index }}{{ "," if not loop.last }}
        {% endfor -%}
    from {{ model }}
)

{% for column in columns -%}
select
    '{{ column }}' as column_name,
    nulls_{{ loop.index }} as null_rows
from counted
where nulls_{{ loop.index }} > 0
{{ "union all" if not loop.last }}
{% endfor %}
{% endtest %}
