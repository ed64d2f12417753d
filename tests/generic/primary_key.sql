{#-
    The columns together name one row: no nulls, no duplicates, in one scan.

    of  raw table whose ids the one column holds, for a view that can be asked for some of them: a build that tests what
        came since asks for those that a load brought (decision 109)
    part, came  column of the key, or where the server keeps the key unique any other, and the relation that says by it and `load_id` which parts a load touched: such a build
        asks for these
-#}
{% test primary_key(model, columns, of=none, part=none, came=none) %}
{%- set tested = tested_load_id() if came else none %}
{%- set columns = [columns] if columns is string else columns %}
select
    {{ columns | join(', ') }},
    count(*) as copies
from {{ model }}
{% if tested is not none -%}
where {{ is_one_of(part, 'select newer.' ~ part ~ ' from ' ~ came ~ ' as newer where newer.load_id > ' ~ tested) }}
{% endif -%}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns -%}
    or {{ column }} is null
    {% endfor %}
{% endtest %}
