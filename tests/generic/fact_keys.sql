{#-
    Every foreign key of a fact, in one scan of it: each key is present and found in its dimension.

    keys   list of {column, to, field}; `to` is a relation (ref(...)), `field` defaults to `column`

    dbt's own config `where` takes a condition on the fact's rows, if only some are meant.
    Gives one row per key that fails: key_name, how many rows fail, how many of them are null.
-#}
{% test fact_keys(model, keys) %}
with
fact as (
    select
        {% for key in keys -%}
        {{ key.column }} as key_{{ loop.index }}{{ "," if not loop.last }}
        {% endfor -%}
    from {{ model }}
),

looked_up as (
    select
        {% for key in keys -%}
        count(case when dimension_{{ loop.index }}.member is null then 1 end) as orphans_{{ loop.index }},
        count(case when fact.key_{{ loop.index }} is null then 1 end) as nulls_{{ loop.index }}
        {{- "," if not loop.last }}
        {% endfor -%}
    from fact
    {% for key in keys -%}
    left join (select distinct {{ key.field or key.column }} as member from {{ key.to }}) as dimension_{{ loop.index }}
        on fact.key_{{ loop.index }} = dimension_{{ loop.index }}.member
    {% endfor %}
)

{% for key in keys -%}
select
    '{{ key.column }}' as key_name,
    orphans_{{ loop.index }} as failing_rows,
    nulls_{{ loop.index }} as null_rows
from looked_up
where orphans_{{ loop.index }} > 0
{{ "union all" if not loop.last }}
{% endfor %}
{% endtest %}
