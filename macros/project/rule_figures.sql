{#- One column per figure of business_rules, aggregated over the rows of `rules` that are in force. -#}
{% macro rule_figures(rule_names, rules='business_rules') -%}
    {% for rule_name in rule_names -%}
    max(case when {{ rules }}.rule_name = '{{ rule_name }}' then {{ rules }}.value end) as {{ rule_name }}
    {{- "," if not loop.last }}
    {% endfor %}
{%- endmacro %}
