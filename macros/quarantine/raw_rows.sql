{#-
    In an incremental model that keeps every copy of a row: only the rows whose id has a copy in a load newer than
    those built, with all their older copies, so that the winner among them is found anew. All rows in a full run.
-#}
{% macro rows_of_touched_ids(relation, id) -%}
    {%- set touched -%}
        select newer.{{ id }}
        from {{ relation }} as newer
        where newer.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
    {%- endset -%}
    {{ where_one_of(id, touched) }}
{%- endmacro %}

{#- Clock skew beyond repair: the event would lie more than a day after its own arrival. -#}
{% macro after_arrival(at) -%}
    {{ at }} > arrived_at + interval '24' hour
{%- endmacro %}

{#-
    The rows that count. Why not plainly `reject_rule is null`: PostgreSQL takes it that half a percent of the rows of
    a computed column are null, so it would expect next to none here and join what follows row by row; of an
    inequality it expects that nearly all rows pass, which is so.
-#}
{% macro is_accepted(rule='reject_rule') -%}
    case when {{ rule }} is null then 'accepted' else 'rejected' end <> 'rejected'
{%- endmacro %}
