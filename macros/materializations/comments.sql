{#-
    A model's comments as one text. dbt sends the relation's and the columns' apart, and twice asks for the columns
    before: those of a contract are known.
-#}
{% macro comments(relation) -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {{ alter_relation_comment(relation, model.description) }}
    {%- endif -%}
    {%- if config.persist_column_docs() and model.columns -%}
        {{ alter_column_comment(relation, model.columns) }}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__alter_column_comment(relation, column_dict) -%}
    {%- for column in column_dict.values() %}
        comment on column {{ relation }}.{{ adapter.quote(column.name) if column.quote else column.name }}
        is {{ postgres_escape_comment(column.description) }};
    {%- endfor %}
{%- endmacro %}
