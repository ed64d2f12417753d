{#- With a column name the expression follows it ('>= 0'). Rows for which it is unknown pass, as in dbt_utils. -#}
{% test expression_is_true(model, expression, column_name=None) %}
select {{ '*' if should_store_failures() else '1 as failing' }}
from {{ model }}
where not ({{ column_name if column_name is not none }} {{ expression }})
{% endtest %}
