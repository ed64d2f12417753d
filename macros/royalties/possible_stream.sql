{#-
    Whether a play may count for a statement of the platform: it qualified, or would but for the verdict that it is
    artificial. Of `fct_streams` and `int_rules_by_date` by these names.
-#}
{% macro is_possible_stream(streams='streams', rules='rules') -%}
    (
        {{ streams }}.is_qualified
        or (
            {{ streams }}.is_artificial
            and ({{ streams }}.played_ms >= {{ rules }}.qualified_stream_ms or {{ streams }}.is_completed)
        )
    )
{%- endmacro %}
