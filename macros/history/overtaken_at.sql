{#-
    The instant from which a change of a higher number is known; null of the last one. Of an entity's changes the one with
    `at < instant and (overtaken_at is null or overtaken_at >= instant)` is the last that an instant knows: found by
    comparison, where ranking would sort all changes for each instant.

    at  expression of the row: since when a change is known
    id  the entity's id column
-#}
{% macro overtaken_at(at, id) -%}
    min({{ at }}) over (
        partition by {{ id }} order by change_no
        rows between 1 following and unbounded following
    )
{%- endmacro %}
