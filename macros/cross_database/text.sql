{#- md5 of an expression's text, in lower-case hexadecimal. Never of a float: its text differs by engine. -#}
{% macro md5_text(expression) -%}
    md5(cast({{ expression }} as text))
{%- endmacro %}

{#- A fixed random-looking order for ties. Why: PostgreSQL sorts text by the database's collation, others by bytes. -#}
{% macro hash_rank(expression) -%}
    {{ return(adapter.dispatch('hash_rank', 'sonic_warehouse')(expression)) }}
{%- endmacro %}
{% macro default__hash_rank(expression) -%}
    {{ md5_text(expression) }}
{%- endmacro %}
{% macro postgres__hash_rank(expression) -%}
    {{ md5_text(expression) }} collate "C"
{%- endmacro %}

{#- Whether a text holds a match of a pattern (the common part of POSIX and RE2). Why: an operator or a function. -#}
{% macro regexp_like(expression, pattern) -%}
    {{ return(adapter.dispatch('regexp_like', 'sonic_warehouse')(expression, pattern)) }}
{%- endmacro %}
{% macro default__regexp_like(expression, pattern) -%}
    ({{ expression }} ~ '{{ pattern }}')
{%- endmacro %}
{% macro duckdb__regexp_like(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{#- Every match replaced. Why: without the flag PostgreSQL and DuckDB replace the first, Spark all. -#}
{% macro regexp_replace_all(expression, pattern, replacement) -%}
    {{ return(adapter.dispatch('regexp_replace_all', 'sonic_warehouse')(expression, pattern, replacement)) }}
{%- endmacro %}
{% macro default__regexp_replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{#- Texts of a group joined in a given order. Why: dbt.listagg ignores the order on Spark. -#}
{% macro listagg_ordered(expression, separator, order_by) -%}
    {{ return(adapter.dispatch('listagg_ordered', 'sonic_warehouse')(expression, separator, order_by)) }}
{%- endmacro %}
{% macro default__listagg_ordered(expression, separator, order_by) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{#- White space at both ends cut, runs inside made one blank, empty made null. -#}
{% macro clean_text(expression) -%}
    nullif(trim({{ regexp_replace_all(expression, '[[:space:]]+', ' ') }}), '')
{%- endmacro %}

{#-
    A text without the blanks at its ends and without U+0000.
    Why: DuckDB's plain trim cuts every white space of Unicode, and DuckDB alone can hold U+0000 (decision 063).
-#}
{% macro trimmed(expression) -%}
    {{ return(adapter.dispatch('trimmed', 'sonic_warehouse')(expression)) }}
{%- endmacro %}
{% macro default__trimmed(expression) -%}
    trim({{ expression }})
{%- endmacro %}
{% macro duckdb__trimmed(expression) -%}
    trim(replace({{ expression }}, chr(0), ''), ' ')
{%- endmacro %}
