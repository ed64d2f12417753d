{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}, {'columns': ['song_id']}]),
    )
}}

with
changes as (
    select * from {{ ref('stg_royalties__revenue_splits_changes') }}
),

song_works as (
    select * from {{ ref('stg_royalties__song_works') }}
),

streams as (
    select * from {{ ref('int_royalty_streams') }}
),

penalised as (
    select * from {{ ref('int_artificial_recordings') }}
),

closes as (
    select * from {{ ref('int_royalty_closes') }}
    {{ where_not_yet_booked() }}
),

-- What each close knew to have been played, on which no pool is drawn where nobody but bots did: who holds it is asked
-- for its penalty.
known_songs as (
    select
        streams.song_id,
        streams.booking_month
    from streams
    union distinct
    select
        penalised.song_id,
        penalised.service_month as booking_month
    from penalised
),

songs as (
    select distinct
        closes.booking_month,
        known_songs.song_id
    from closes
    inner join known_songs on closes.booking_month >= known_songs.booking_month
),

-- The splits as they were known at each close.
ordered_changes as (
    select
        closes.booking_month,
        changes.*,
        row_number() over (
            partition by closes.booking_month, changes.revenue_split_id
            order by changes.change_no desc
        ) as recency
    from closes
    inner join changes on closes.closes_at > changes.arrived_at
),

-- One payee may hold several parts of one item: they count as one.
splits as (
    select
        booking_month,
        right_type,
        coalesce(song_id, work_id) as item_id,
        payee_id,
        share_ppm,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from ordered_changes
    where recency = 1
),

-- What a recording is made of: itself for the recording right, its works for the publishing right.
composed as (
    select
        songs.booking_month,
        songs.song_id,
        'recording' as right_type,
        songs.song_id as item_id,
        cast({{ not_applicable_key() }} as bigint) as work_id,
        cast(1000000 as bigint) as part_ppm
    from songs
    union all
    select
        songs.booking_month,
        songs.song_id,
        'publishing' as right_type,
        song_works.work_id as item_id,
        song_works.work_id,
        song_works.share_ppm as part_ppm
    from songs
    inner join song_works on songs.song_id = song_works.song_id
),

-- Half-open spans in which no split of any part of the recording changes.
boundaries as (
    select
        splits.booking_month,
        composed.song_id,
        composed.right_type,
        splits.valid_from as boundary
    from composed
    inner join splits
        on
            composed.booking_month = splits.booking_month
            and composed.right_type = splits.right_type
            and composed.item_id = splits.item_id
    union distinct
    select
        splits.booking_month,
        composed.song_id,
        composed.right_type,
        splits.valid_to as boundary
    from composed
    inner join splits
        on
            composed.booking_month = splits.booking_month
            and composed.right_type = splits.right_type
            and composed.item_id = splits.item_id
),

spans as (
    select
        booking_month,
        song_id,
        right_type,
        boundary as valid_from,
        lead(boundary) over (
            partition by booking_month, song_id, right_type
            order by boundary
        ) as valid_to
    from boundaries
),

parts as (
    select
        spans.booking_month,
        spans.song_id,
        spans.right_type,
        spans.valid_from,
        spans.valid_to,
        composed.work_id,
        composed.part_ppm,
        splits.payee_id,
        sum(splits.share_ppm) as share_ppm
    from spans
    inner join composed
        on
            spans.booking_month = composed.booking_month
            and spans.song_id = composed.song_id
            and spans.right_type = composed.right_type
    left join splits
        on
            spans.booking_month = splits.booking_month
            and composed.right_type = splits.right_type
            and composed.item_id = splits.item_id
            and spans.valid_from >= splits.valid_from
            and spans.valid_from < splits.valid_to
    where spans.valid_to is not null
    group by
        spans.booking_month,
        spans.song_id,
        spans.right_type,
        spans.valid_from,
        spans.valid_to,
        composed.work_id,
        composed.part_ppm,
        splits.payee_id
),

-- Parts must make a whole, and each part's shares as well; else the span's money waits in suspense.
measured as (
    select
        parts.*,
        sum(parts.share_ppm) over (
            partition by parts.booking_month, parts.song_id, parts.right_type, parts.valid_from, parts.work_id
        ) as part_share_ppm,
        sum(parts.part_ppm * parts.share_ppm) over (
            partition by parts.booking_month, parts.song_id, parts.right_type, parts.valid_from
        ) as whole_share
    from parts
),

judged as (
    select
        measured.*,
        max(case when measured.part_share_ppm = 1000000 then 0 else 1 end) over (
            partition by measured.booking_month, measured.song_id, measured.right_type, measured.valid_from
        ) = 0
        and measured.whole_share = 1000000000000 as is_whole
    from measured
),

weighed as (
    select
        judged.*,
        cast(judged.booking_month as text)
        || '|' || cast(judged.song_id as text)
        || '|' || judged.right_type
        || '|' || cast(judged.valid_from as text) as span_key,
        cast(judged.work_id as text) || '|' || cast(judged.payee_id as text) as holder_key,
        cast(1000000 as bigint) as whole_ppm,
        judged.part_ppm * judged.share_ppm as holder_weight
    from judged
    where judged.is_whole
),

effective as (
    {{ allocate('weighed', 'span_key', 'holder_key', 'whole_ppm', 'holder_weight') }}
)

select
    weighed.booking_month,
    weighed.song_id,
    weighed.right_type,
    weighed.work_id,
    weighed.payee_id,
    weighed.valid_from,
    weighed.valid_to,
    effective.allocated as share_ppm
from weighed
inner join effective
    on
        weighed.span_key = effective.span_key
        and weighed.holder_key = effective.holder_key
