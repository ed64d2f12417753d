{#-
    Ids of the events of a fact that an increment works out anew: those that came, those for which something came, and
    those that meet a version that came. To be passed to `where_one_of`; the fact's last filter is still the rule.

    table     raw table of the events; of what is told as it is now, and not judged, the staged relation
    id        the fact's id column
    at        the fact's column with the instant as of which versions are looked up
    versions  list of (relation with valid_from, valid_to and load_id, its id column, the fact's column that finds it,
              which has an index)
    others    list of selects of ids, which may ask `since` for the watermark
    open      condition, beginning with a column of the fact, for the rows that are measured to the data clock: these have
              its load, the last one
-#}
{% macro touched_events(table, id, at=none, versions=[], others=[], open=none) -%}
    with since as (
        select coalesce(max(load_id), 0) as load_id
        from {{ this }}
    )

    {% if table is string -%}
    {{ arrived_ids(table) }}
    {%- else -%}
    select newer.{{ id }}
    from {{ table }} as newer
    where newer.load_id > (select since.load_id from since)
    {%- endif %}
    {%- if open %}
    union all
    select standing.{{ id }}
    from {{ this }} as standing
    where
        standing.load_id = (select since.load_id from since)
        and standing.{{ open }}
    {%- endif %}
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
