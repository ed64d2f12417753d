{#- Each value holds a match. A null fails; name it in row_condition where it is allowed. -#}
{% test expect_column_values_to_match_regex(model, column_name, regex, row_condition=None, is_raw=False, flags="") %}
{{ dbt_expectations.expression_is_true(
    model, "coalesce(" ~ dbt_expectations.matches(column_name, regex, flags) ~ ", false)", none, row_condition
) }}
{% endtest %}

{% macro matches(text, regex, flags) %}
    {{- return(adapter.dispatch('matches', 'dbt_expectations')(text, regex, flags)) -}}
{% endmacro %}
{% macro default__matches(text, regex, flags) %}
    {{- return(text ~ (" ~* '" if 'i' in flags else " ~ '") ~ regex ~ "'") -}}
{% endmacro %}
{% macro duckdb__matches(text, regex, flags) %}
    {{- return("regexp_matches(" ~ text ~ ", '" ~ regex ~ "', '" ~ flags ~ "')") -}}
{% endmacro %}
