{#- English names; `short` gives the first three letters. -#}
{% macro day_name(date, short=True, language='default') -%}
    {{ dbt_date.pick_name(
        "extract(isodow from " ~ date ~ ")",
        ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'], short
    ) }}
{%- endmacro %}

{% macro month_name(date, short=True, language='default') -%}
    {{ dbt_date.pick_name(
        "extract(month from " ~ date ~ ")",
        [
            'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
            'November', 'December',
        ], short
    ) }}
{%- endmacro %}

{% macro pick_name(number, names, short) -%}
    case {{ number }}
        {%- for name in names %}
        when {{ loop.index }} then '{{ name[:3] if short else name }}'
        {%- endfor %}
    end
{%- endmacro %}
