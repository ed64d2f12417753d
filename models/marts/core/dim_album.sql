{%- set columns = {
    'album_id': 'bigint', 'title': 'text', 'album_type': 'text', 'artist_id': 'bigint', 'label_id': 'bigint',
    'label_name': 'text', 'upc': 'text', 'release_date': 'date', 'is_inferred': 'boolean'
} -%}

with
albums as (
    select * from {{ ref('stg_catalog__albums') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'albums'
),

labels as (
    select
        label_id,
        name
    from {{ ref('stg_catalog__labels') }}
),

described as (
    select
        albums.album_id,
        albums.title,
        albums.album_type,
        albums.artist_id,
        coalesce(albums.label_id, {{ not_applicable_key() }}) as label_id,
        coalesce(labels.name, 'self-published') as label_name,
        coalesce(albums.upc, 'unknown') as upc,
        albums.release_date,
        false as is_inferred
    from albums
    left join labels
        on albums.label_id = labels.label_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'album_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final
