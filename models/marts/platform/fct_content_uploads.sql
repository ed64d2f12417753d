{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='content_upload_id',
        indexes=server_indexes([
            {'columns': ['content_upload_id'], 'unique': true},
            {'columns': ['artist_id', 'received_at']},
            {'columns': ['received_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
content_uploads as (
    select * from {{ ref('stg_catalog__content_uploads') }}
    {{ where_one_of('content_upload_id', touched_events(
        ref('stg_catalog__content_uploads'), 'content_upload_id', 'received_at',
        versions=[(ref('int_artist_versions'), 'artist_id', 'artist_id')],
        open='is_waiting',
    )) }}
),

artists as (
    select
        artist_id,
        artist_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_artist_versions') }}
),

clock as (
    select
        data_clock,
        last_load_id
    from {{ ref('int_clock') }}
),

measured as (
    select
        content_uploads.*,
        {{ datediff_ms(
            'content_uploads.queued_at',
            'coalesce(content_uploads.validated_at, content_uploads.refused_at, clock.data_clock)'
        ) }} as queue_delay_ms,
        {{ datediff_ms(
            'content_uploads.received_at', 'coalesce(content_uploads.published_at, content_uploads.refused_at)'
        ) }} as processing_ms,
        content_uploads.validated_at is null and content_uploads.refused_at is null as is_waiting,
        clock.last_load_id
    from content_uploads
    cross join clock
),

resolved as (
    select
        measured.*,
        artists.artist_key,
        greatest(
            measured.load_id, artists.load_id, case when measured.is_waiting then measured.last_load_id end
        ) as inputs_load_id
    from measured
    {{ join_version('measured', 'artists', 'artist_id', 'received_at') }}
)

select
    content_upload_id,
    artist_id,
    {{ fact_version_key('artist_key', 'artist_id') }} as artist_key,
    coalesce(content_id, {{ not_applicable_key() }}) as content_id,
    asset_kind,
    status,
    coalesce(refusal_reason, 'none') as refusal_reason,
    size_bytes,
    queue_delay_ms,
    processing_ms,
    is_waiting,
    published_at is not null as is_published,
    refused_at is not null as is_refused,
    {{ to_date('received_at') }} as received_date,
    received_at,
    queued_at,
    validated_at,
    published_at,
    refused_at,
    inputs_load_id as load_id
from resolved
where {{ is_newer_load('inputs_load_id') }}
