{#-
    The columns together name one row: no nulls, no duplicates, in one scan.

    of  raw table whose ids the one column holds, for a view that can be asked for some of them: a build that tests what
        came since asks for those that a load brought (decision 109)
-#}
{% test primary_key(model, columns, of=none) %}
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
