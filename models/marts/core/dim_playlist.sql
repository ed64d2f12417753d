{%- set columns = {
    'playlist_key': 'bigint', 'playlist_id': 'bigint', 'name': 'text', 'playlist_type': 'text',
    'owner_user_id': 'bigint', 'visibility': 'text', 'is_collaborative': 'boolean', 'version_no': 'integer',
    'is_deleted': 'boolean', 'created_at': 'timestamptz', 'deleted_at': 'timestamptz', 'valid_from': 'timestamptz',
    'valid_to': 'timestamptz', 'is_current': 'boolean', 'is_inferred': 'boolean'
} -%}

with
versions as (
    select * from {{ ref('int_playlist_versions') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'playlists'
),

described as (
    select
        playlist_key,
        playlist_id,
        name,
        playlist_type,
        coalesce(owner_user_id, {{ not_applicable_key() }}) as owner_user_id,
        case when is_public then 'public' else 'private' end as visibility,
        is_collaborative,
        version_no,
        deleted_at is not null as is_deleted,
        created_at,
        deleted_at,
        valid_from,
        valid_to,
        is_current,
        false as is_inferred
    from versions
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'playlist_id', key='playlist_key') }}
    union all
    {{ special_members(columns) }}
)

select * from final
