{#- Each value follows the one before by `interval` (whole numbers, or days with datepart 'day' on dates). -#}
{% test sequential_values(model, column_name, interval=1, datepart=None, group_by_columns=[]) %}
{%- set partition = "partition by " ~ (group_by_columns | join(', ')) if group_by_columns else "" %}
select *
from (
    select
        {{ column_name }} as this_value,
        lag({{ column_name }}) over ({{ partition }} order by {{ column_name }}) as value_before
    from {{ model }}
) as pairs
where
    {% if datepart -%}
    cast(this_value as {{ dbt.type_timestamp() }})
    <> cast({{ dbt.dateadd(datepart, interval, 'value_before') }} as {{ dbt.type_timestamp() }})
    {%- else -%}
    this_value <> value_before + {{ interval }}
    {%- endif %}
{% endtest %}
