{#- A key from columns: the md5 of their texts with '-' between; a null has a text of its own. The value is dbt_utils'. -#}
{% macro generate_surrogate_key(field_list) %}
    {%- set texts = [] -%}
    {%- for field in field_list -%}
        {%- do texts.append(
            "coalesce(cast(" ~ field ~ " as " ~ dbt.type_string() ~ "), '_dbt_utils_surrogate_key_null_')"
        ) -%}
    {%- endfor -%}
    {{- dbt.hash(texts | join(" || '-' || ")) -}}
{% endmacro %}
