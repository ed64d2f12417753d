{#-
    How old a source is (`dbt source freshness`): its last arrival against the data clock, not against the time of day,
    so that it tells of a feed that fell silent while others went on, and tells the same tomorrow (decision 062). A table
    that never had a row is no feed that could fall silent.
-#}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {%- call statement('collect_freshness', fetch_result=true, auto_begin=false) -%}
    {%- set clock = data_clock(source.incorporate(path={'schema': 'ops', 'identifier': 'loads'})) %}
    select
        coalesce(max({{ loaded_at_field }}), {{ clock }}) as max_loaded_at,
        {{ clock }} as snapshotted_at
    from {{ source }}
    {% if filter %}where {{ filter }}{% endif %}
    {%- endcall -%}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}
