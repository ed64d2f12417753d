{#-
    Text to a type, null where the text is no such value. dbt.safe_cast is a plain cast on PostgreSQL, and try_cast
    of others rounds '1.5'; so one written form per type, the same on every engine. Blanks at the ends do not count.
-#}
{% macro safe_cast_bigint(expression) -%}
    case
        when {{ regexp_like("trim(" ~ expression ~ ")", '^[+-]?[0-9]{1,18}$') }}
            then cast(trim({{ expression }}) as bigint)
    end
{%- endmacro %}

{% macro safe_cast_numeric(expression, type='numeric(18,6)') -%}
    case
        when {{ regexp_like("trim(" ~ expression ~ ")", '^[+-]?[0-9]{1,12}([.][0-9]{1,18})?$') }}
            then cast(trim({{ expression }}) as {{ type }})
    end
{%- endmacro %}

{% macro safe_cast_boolean(expression) -%}
    case
        when lower(trim({{ expression }})) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim({{ expression }})) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}

{#- 'YYYY-MM-DD'; a day that the month does not have gives null. -#}
{% macro safe_cast_date(expression) -%}
    {%- set text = "trim(" ~ expression ~ ")" -%}
    {%- set year = "cast(substring(" ~ text ~ ", 1, 4) as integer)" -%}
    {%- set month = "cast(substring(" ~ text ~ ", 6, 2) as integer)" -%}
    {%- set day = "cast(substring(" ~ text ~ ", 9, 2) as integer)" -%}
    case
        when not {{ regexp_like(text, '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$') }} then null
        when {{ year }} < 1 then null
        when {{ day }} <= extract(day from {{ month_end("make_date(" ~ year ~ ", " ~ month ~ ", 1)") }})
            then make_date({{ year }}, {{ month }}, {{ day }})
    end
{%- endmacro %}

{#- A UUID as lower-case text with dashes. -#}
{% macro safe_cast_uuid(expression) -%}
    case
        when {{ regexp_like("lower(trim(cast(" ~ expression ~ " as text)))",
            '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') }}
            then lower(trim(cast({{ expression }} as text)))
    end
{%- endmacro %}
