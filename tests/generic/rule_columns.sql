{#- The model has exactly one column per rule of the seed, besides date_day. -#}
{% test rule_columns(model, rules) %}
{%- set held = adapter.get_columns_in_relation(model) | map(attribute='name') | list if execute else [] %}
with
rule_names as (
    select distinct rule_name
    from {{ rules }}
),

column_names as (
    {% for name in held if name != 'date_day' -%}
    select '{{ name }}' as column_name
    {{ "union all" if not loop.last }}
    {% else -%}
    select '' as column_name
    {% endfor %}
)

select
    rule_names.rule_name,
    column_names.column_name
from rule_names
full outer join column_names on rule_names.rule_name = column_names.column_name
where rule_names.rule_name is null or column_names.column_name is null
{% endtest %}
