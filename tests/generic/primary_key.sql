{#- The columns together name one row: no nulls, no duplicates, in one scan. -#}
{% test primary_key(model, columns) %}
{%- set columns = [columns] if columns is string else columns %}
select
    {{ columns | join(', ') }},
    count(*) as copies
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns -%}
    or {{ column }} is null
    {% endfor %}
{% endtest %}
