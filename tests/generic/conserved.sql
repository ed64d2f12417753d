{#-
    What goes in comes out: an aggregate of the model equals the same of another relation, per group if given.

    expression          aggregate over the model: 'sum(amount_micro)', 'count(*)'
    to                  the other relation
    to_expression       its aggregate (default: `expression`)
    group_by            columns of the model; to_group_by: of the other, in the same order (default: the same)
    to_where            condition on the other's rows; dbt's own config `where` takes one on the model's
    A group that stands on one side alone fails unless its aggregate is 0.
-#}
{% test conserved(
    model, expression, to, to_expression=none, group_by=[], to_group_by=none, to_where=none
) %}
{%- set other_group_by = to_group_by or group_by %}
with
here as (
    select
        {% for column in group_by %}{{ column }} as group_{{ loop.index }},
        {% endfor -%}
        {{ expression }} as total
    from {{ model }}
    {% if group_by %}group by {{ group_by | join(', ') }}{% endif %}
),

there as (
    select
        {% for column in other_group_by %}{{ column }} as group_{{ loop.index }},
        {% endfor -%}
        {{ to_expression or expression }} as total
    from {{ to }}
    {% if to_where %}where {{ to_where }}{% endif %}
    {% if other_group_by %}group by {{ other_group_by | join(', ') }}{% endif %}
),

both_sides as (
    select
        {% for column in group_by %}group_{{ loop.index }},
        {% endfor -%}
        total as here_total,
        0 as there_total
    from here
    union all
    select
        {% for column in group_by %}group_{{ loop.index }},
        {% endfor -%}
        0 as here_total,
        total as there_total
    from there
)

select
    {% for column in group_by %}group_{{ loop.index }},
    {% endfor -%}
    sum(coalesce(here_total, 0)) as here_total,
    sum(coalesce(there_total, 0)) as there_total
from both_sides
{% if group_by %}group by {% for column in group_by %}group_{{ loop.index }}{{ ", " if not loop.last }}{% endfor %}{% endif %}
having sum(coalesce(here_total, 0)) <> sum(coalesce(there_total, 0))
{% endtest %}
