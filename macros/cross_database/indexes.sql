{#-
    A model's indexes, on a server only: config(indexes=server_indexes([{'columns': ['user_id']}])).
    Why: DuckDB would make them too, as trees in memory that slow each load and that scans of columns never use.
-#}
{% macro server_indexes(indexes) -%}
    {{ return(indexes if target.type == 'postgres' else []) }}
{%- endmacro %}
