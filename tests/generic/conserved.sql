{#-
    What goes in comes out: an aggregate of the model equals the same of another relation, per group if given.

    expression          aggregate over the model: 'sum(amount_micro)', 'count(*)'
    to                  the other relation
    to_expression       its aggregate (default: `expression`)
    group_by            columns of the model; to_group_by: of the other, in the same order (default: the same)
    to_where            condition on the other's rows; dbt's own config `where` takes one on the model's
    part                columns of the model that cut it, and the other by `to_part` (default: the same), into parts each
                        conserved by itself: a build that tests what came since compares those of which a row came,
                        which `load_id` says on both sides (decision 109)
    came                relation that says by `to_part` and `load_id` which parts a load touched, where the other itself
                        could say so only by adding up all that is old
    by_day              where the other is plays and `to_part` the month that books them: the column of their day, by which
                        they are then found
    booked_by           column of both sides with the month that books a row, where these are written for open months: a
                        build that tests what came since compares the months that were open then
    at_closes           whether both sides change at closes alone: a build that tests what came since compares nothing
                        until another month has closed
    A group that stands on one side alone fails unless its aggregate is 0.
-#}
{% test conserved(
    model, expression, to, to_expression=none, group_by=[], to_group_by=none, to_where=none, part=[], to_part=none,
    came=none, by_day=none, booked_by=none, at_closes=false
) %}
{%- set other_group_by = to_group_by or group_by %}
{%- set tested = tested_load_id() if part else none %}
{%- if by_day %}{% do ref('mart_plays_by_country') %}{% endif %}
{%- set is_tested = at_closes and not a_month_closed_since_tested() %}
{%- set is_booked_since = booked_since_tested(booked_by) if booked_by else none %}
with
{% if tested is not none -%}
touched as (
    {% if not is_judged_elsewhere() -%}
    {{ parts_since(model, part, tested) }}
    union distinct
    {% endif -%}
    {{ parts_since(came or to, to_part or part, tested) }}
),

{% endif -%}
here as (
    select
        {% for column in group_by %}{{ column }} as group_{{ loop.index }},
        {% endfor -%}
        {{ expression }} as total
    from {{ model }}
    where
        {{ 'false' if is_tested else 'true' }}
        {% if is_booked_since %}and {{ is_booked_since }}{% endif %}
        {% if tested is not none %}and {{ is_touched_part(part) }}{% endif %}
    {% if group_by %}group by {{ group_by | join(', ') }}{% endif %}
),

there as (
    select
        {% for column in other_group_by %}{{ column }} as group_{{ loop.index }},
        {% endfor -%}
        {{ to_expression or expression }} as total
    from {{ to }}
    where
        {{ to_where or 'true' }}
        {% if is_tested %}and false{% endif %}
        {% if is_booked_since %}and {{ is_booked_since }}{% endif %}
        {% if tested is not none %}and {{ is_touched_part(to_part or part) }}{% endif %}
        {% if tested is not none and by_day -%}
        and {{ is_one_of(by_day, started_in_months_of('select touched.part_1 from touched')) }}
        {%- endif %}
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
