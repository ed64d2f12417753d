with
content_uploads as (
    select * from {{ ref('stg_catalog__content_uploads') }}
),

artists as (
    select
        artist_id,
        artist_key,
        valid_from,
        valid_to
    from {{ ref('int_artist_versions') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
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
        ) }} as processing_ms
    from content_uploads
    cross join clock
)

select
    measured.content_upload_id,
    measured.artist_id,
    {{ fact_version_key('artists.artist_key', 'measured.artist_id') }} as artist_key,
    coalesce(measured.content_id, {{ not_applicable_key() }}) as content_id,
    measured.asset_kind,
    measured.status,
    coalesce(measured.refusal_reason, 'none') as refusal_reason,
    measured.size_bytes,
    measured.queue_delay_ms,
    measured.processing_ms,
    measured.validated_at is null and measured.refused_at is null as is_waiting,
    measured.published_at is not null as is_published,
    measured.refused_at is not null as is_refused,
    {{ to_date('measured.received_at') }} as received_date,
    measured.received_at,
    measured.queued_at,
    measured.validated_at,
    measured.published_at,
    measured.refused_at
from measured
{{ join_version('measured', 'artists', 'artist_id', 'received_at') }}
