{#- Shared by the tests of this package: rows (or groups) for which an expression is false; unknown passes. -#}
{% macro expression_is_true(model, expression, group_by_columns=None, row_condition=None) %}
select *
from (
    select
        {% for column in group_by_columns or [] %}{{ column }},
        {% endfor -%}
        {{ expression }} as holds
    from {{ model }}
    {% if row_condition %}where {{ row_condition }}{% endif %}
    {% if group_by_columns %}group by {{ group_by_columns | join(', ') }}{% endif %}
) as judged
where not holds
{% endmacro %}
