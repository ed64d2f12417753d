{#-
    A fact's key of a version: the one that join_version found; not applicable where the fact names no entity; else the
    entity's version 0. That is its first version (the event lies before the creation by clock skew) or, while the
    entity's row has not arrived, its inferred member, which has the same key once the row fills it.
-#}
{% macro fact_version_key(found, id) -%}
    case
        when {{ id }} is null then {{ not_applicable_key() }}
        when {{ id }} in ({{ unknown_key() }}, {{ not_applicable_key() }}) then {{ id }}
        else coalesce({{ found }}, {{ version_key(id, 0) }})
    end
{%- endmacro %}
