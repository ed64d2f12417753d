{% test expect_column_pair_values_A_to_be_greater_than_B(
    model, column_A, column_B, or_equal=False, row_condition=None
) %}
{{ dbt_expectations.expression_is_true(
    model, column_A ~ (' >= ' if or_equal else ' > ') ~ column_B, none, row_condition
) }}
{% endtest %}

{% test expect_multicolumn_sum_to_equal(model, column_list, sum_total, group_by=None, row_condition=None) %}
{%- set sums = [] -%}
{%- for column in column_list %}{% do sums.append('sum(' ~ column ~ ')') %}{% endfor -%}
{%- set total = sum_total if sum_total is number else 'sum(' ~ sum_total ~ ')' -%}
{{ dbt_expectations.expression_is_true(model, (sums | join(' + ')) ~ ' = ' ~ total, group_by, row_condition) }}
{% endtest %}
