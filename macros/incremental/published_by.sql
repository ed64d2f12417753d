{#- Content as it is told of now, with who published it: for `take_over_names`. -#}
{% macro published_by() -%}
    (
        select
            contents.content_id,
            contents.content_type,
            contents.title,
            contents.artist_id,
            artists.name as artist_name
        from {{ ref('dim_content') }} as contents
        left join {{ ref('dim_artist') }} as artists
            on
                contents.artist_id = artists.artist_id
                and artists.is_current
    )
{%- endmacro %}

{#- Since when it may be told otherwise: the load of the content, or of who published it. -#}
{% macro published_anew() -%}
    (
        select
            content_id,
            load_id
        from {{ ref('int_content_versions') }}
        union all
        select
            contents.content_id,
            artists.load_id
        from {{ ref('int_content_versions') }} as contents
        inner join {{ ref('int_artist_versions') }} as artists on contents.artist_id = artists.artist_id
    )
{%- endmacro %}
