{#-
    Ids of the events of a fact that an increment works out anew: those that came, those for which something came, and
    those that meet a version that came. To be passed to `where_one_of`; the fact's last filter is still the rule.

    table     raw table of the events
    id        the fact's id column
    at        the fact's column with the instant as of which versions are looked up
    versions  list of (relation with valid_from, valid_to and load_id, its id column, the fact's column that finds it,
              which has an index)
    others    list of selects of ids, which may ask `since` for the watermark
-#}
{% macro touched_events(table, id, at, versions=[], others=[]) -%}
    with since as (
        select coalesce(max(load_id), 0) as load_id
        from {{ this }}
    )

    {{ arrived_ids(table) }}
    {%- for other in others %}
    union all
    {{ other }}
    {%- endfor %}
    {%- for relation, version_id, key in versions %}
    {%- set newer %}
        select told.{{ version_id }}
        from {{ relation }} as told
        where told.load_id > (select since.load_id from since)
    {%- endset %}
    union all
    select meeting.{{ id }}
    from {{ this }} as meeting
    inner join {{ relation }} as newer
        on
            meeting.{{ key }} = newer.{{ version_id }}
            and meeting.{{ at }} >= newer.valid_from
            and meeting.{{ at }} < newer.valid_to
    where
        {{ is_one_of('meeting.' ~ key, newer) }}
        and newer.load_id > (select since.load_id from since)
    {%- endfor -%}
{%- endmacro %}
