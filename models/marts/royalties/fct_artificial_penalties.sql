with
recordings as (
    select * from {{ ref('int_artificial_recordings') }}
),

shares as (
    select * from {{ ref('int_royalty_shares') }}
    where
        right_type = 'recording'
        and {{ is_one_of('song_id', 'select recordings.song_id from recordings') }}
),

songs as (
    select
        song_id,
        song_key,
        main_artist_id,
        valid_to,
        {{ first_from_the_beginning('song_key') }} as valid_from
    from {{ ref('int_song_versions') }}
),

-- Charged to who holds the recording when the month ends, as its close knew it; else it waits in suspense.
held as (
    select
        recordings.service_month,
        recordings.song_id,
        recordings.plays,
        recordings.artificial_plays,
        recordings.penalty_eur_micro as whole_eur_micro,
        {{ month_end('recordings.service_month') }} as booked_date,
        {{ date_instant(add_months('recordings.service_month', 1)) }} as attributed_at,
        coalesce(shares.payee_id, {{ unknown_key() }}) as payee_id,
        coalesce(shares.share_ppm, 1000000) as share_ppm,
        cast(recordings.service_month as text) || '|' || cast(recordings.song_id as text) as penalty_key
    from recordings
    left join shares
        on
            recordings.service_month = shares.booking_month
            and recordings.song_id = shares.song_id
            and shares.valid_from <= {{ month_end('recordings.service_month') }}
            and shares.valid_to > {{ month_end('recordings.service_month') }}
),

charged as (
    {{ allocate('held', 'penalty_key', 'payee_id', 'whole_eur_micro', 'share_ppm') }}
)

select
    held.service_month,
    held.song_id,
    cast(held.payee_id as bigint) as payee_id,
    held.booked_date,
    {{ fact_version_key('songs.song_key', 'held.song_id') }} as song_key,
    cast(coalesce(songs.main_artist_id, {{ unknown_key() }}) as bigint) as artist_id,
    {{ ratio('held.artificial_plays', 'held.plays') }} as artificial_share,
    cast(held.share_ppm as bigint) as share_ppm,
    charged.allocated as penalty_eur_micro
from held
inner join charged
    on
        held.penalty_key = charged.penalty_key
        and held.payee_id = charged.payee_id
left join songs
    on
        held.song_id = songs.song_id
        and held.attributed_at > songs.valid_from
        and held.attributed_at <= songs.valid_to
