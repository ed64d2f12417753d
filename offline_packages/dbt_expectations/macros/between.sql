{% macro bounds(expression, min_value, max_value, strictly) %}
    {%- if min_value is none and max_value is none -%}
        {{ exceptions.raise_compiler_error("You have to provide either a min_value, max_value or both.") }}
    {%- endif -%}
    {%- set equal = '' if strictly else '=' -%}
    {%- set parts = [] -%}
    {%- if min_value is not none %}{% do parts.append(expression ~ ' >' ~ equal ~ ' ' ~ min_value) %}{% endif -%}
    {%- if max_value is not none %}{% do parts.append(expression ~ ' <' ~ equal ~ ' ' ~ max_value) %}{% endif -%}
    {{- return('(' ~ (parts | join(' and ')) ~ ')') -}}
{% endmacro %}

{% test expect_column_values_to_be_between(
    model, column_name, min_value=None, max_value=None, row_condition=None, strictly=False
) %}
{{ dbt_expectations.expression_is_true(
    model, dbt_expectations.bounds(column_name, min_value, max_value, strictly), none, row_condition
) }}
{% endtest %}

{% test expect_table_row_count_to_be_between(
    model, min_value=None, max_value=None, group_by=None, row_condition=None, strictly=False
) %}
{{ dbt_expectations.expression_is_true(
    model, dbt_expectations.bounds('count(*)', min_value, max_value, strictly), group_by, row_condition
) }}
{% endtest %}
