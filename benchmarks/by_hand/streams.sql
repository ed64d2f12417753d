-- Plays, a copy once, where every rule is kept and every id was ever issued, with place, time and month.
create temporary table plays as
with cleaned as (
    select
        stream_id,
        user_id,
        content_id,
        device_id,
        session_id,
        context_id,
        ip_country_id,
        city_id,
        voice_command_id,
        nullif(lower(trim(played_ms_basis)), '') as played_ms_basis,
        nullif(lower(trim(skip_reason)), '') as skip_reason,
        nullif(lower(trim(context_type)), '') as context_type,
        nullif(lower(trim(quality)), '') as quality,
        startup_ms,
        played_ms,
        is_completed,
        is_skipped,
        is_shuffle,
        is_offline,
        started_at,
        arrived_at,
        load_id
    from raw.streams
),

accepted as (
    select distinct on (stream_id) *
    from cleaned
    where
        num_nulls(
            stream_id, user_id, content_id, device_id, session_id, started_at, is_completed, is_shuffle, is_offline,
            ip_country_id
        ) = 0
        and played_ms_basis in ('reported', 'inferred', 'unknown')
        and context_type in (
            'playlist', 'album', 'artist', 'radio', 'search', 'recommendation', 'library', 'voice', 'unknown'
        )
        and quality in ('low', 'normal', 'high', 'lossless', 'unknown')
        and coalesce(skip_reason, 'unknown') in (
            'next_button', 'back_button', 'new_selection', 'voice', 'app_closed', 'unknown'
        )
        and coalesce(played_ms, 0) >= 0
        and coalesce(startup_ms, 0) >= 0
        and is_skipped = (skip_reason is not null)
        and (played_ms_basis = 'unknown') = (played_ms is null)
        and started_at <= arrived_at + interval '24 hours'
    order by stream_id, arrived_at, load_id
),

located as (
    select
        accepted.*,
        cities.city_id as place_city_id,
        countries.country_id,
        accepted.started_at at time zone 'UTC'
        + coalesce(offsets.utc_offset_minutes, 0) * interval '1 minute' as started_local
    from accepted
    cross join issued
    left join raw.cities on accepted.city_id = cities.city_id
    left join raw.countries on accepted.ip_country_id = countries.country_id
    left join staging.time_zone_offsets as offsets
        on
            coalesce(cities.time_zone, countries.time_zone) = offsets.time_zone
            and accepted.started_at >= offsets.valid_from
            and accepted.started_at < offsets.valid_to
    where
        (accepted.user_id < -2 or accepted.user_id between 1 and issued.users)
        and accepted.content_id between 1 and issued.content
        and accepted.device_id between 1 and issued.devices
        and accepted.session_id between 1 and issued.listening_sessions
        and accepted.ip_country_id between 1 and issued.countries
        and coalesce(accepted.city_id, 1) between 1 and issued.cities
        and coalesce(accepted.voice_command_id, 1) between 1 and issued.voice_commands
)

select
    located.*,
    pg_temp.day_of(started_at) as started_date,
    cast(started_local as date) as local_date,
    cast((extract(hour from started_local) * 60 + extract(minute from started_local)) as integer) as minute_of_day,
    greatest(pg_temp.month_of(cast(started_local as date) - 1), pg_temp.open_month(arrived_at)) as verdict_month
from located;

analyze plays;

-- Whether a user's day is artificial: by rapid skips, by loops, by its length. Each verdict rests on the plays that
-- arrived before the close that makes it final.
create temporary table user_days as
with verdicts as (
    select distinct
        user_id,
        local_date,
        verdict_month
    from plays
),

evidence as (
    select
        plays.user_id,
        plays.local_date,
        verdicts.verdict_month,
        plays.played_ms,
        plays.load_id,
        rules.artificial_day_ms,
        rules.artificial_skip_window_ms,
        rules.artificial_loop_plays,
        plays.played_ms < rules.artificial_skip_ms as is_short,
        plays.started_at,
        lead(plays.started_at, cast((rules.artificial_skip_plays - 1) as integer)) over (
            partition by
                plays.user_id, plays.local_date, verdicts.verdict_month, plays.played_ms < rules.artificial_skip_ms
            order by plays.started_at, plays.stream_id
        ) as run_ends_at,
        count(*) filter (
            where plays.played_ms between rules.artificial_loop_min_ms and rules.artificial_loop_max_ms
        ) over (
            partition by plays.user_id, plays.local_date, verdicts.verdict_month, plays.content_id
        ) as loop_plays
    from plays
    inner join verdicts
        on
            plays.user_id = verdicts.user_id
            and plays.local_date = verdicts.local_date
            and plays.verdict_month <= verdicts.verdict_month
    left join rules on plays.local_date = rules.date_day
)

select
    user_id,
    local_date,
    verdict_month,
    coalesce(bool_or(loop_plays >= artificial_loop_plays), false)
    or coalesce(
        bool_or(
            is_short
            and trunc(extract(epoch from run_ends_at - started_at) * 1000) <= artificial_skip_window_ms
        ),
        false
    )
    or coalesce(sum(played_ms) > min(artificial_day_ms), false) as is_artificial,
    max(load_id) as load_id
from evidence
group by user_id, local_date, verdict_month;

analyze user_days;

create table by_hand.fct_streams as
with commands as (
    select distinct on (voice_command_id)
        voice_command_id,
        user_id,
        device_id,
        language_id,
        city_id,
        resolved_content_id,
        trim(intent) as intent,
        load_id
    from raw.voice_commands
    where
        num_nulls(voice_command_id, user_id, device_id, spoken_at, language_id, confidence) = 0
        and trim(utterance) <> ''
        and trim(intent) <> ''
        and confidence between 0 and 1
        and spoken_at <= arrived_at + interval '24 hours'
    order by voice_command_id, arrived_at, load_id
),

spoken as (
    select
        commands.voice_command_id,
        commands.load_id,
        intents.voice_intent_no * cast(10000 as bigint) + commands.language_id as voice_intent_id
    from commands
    cross join issued
    left join staging.voice_intents as intents on commands.intent = intents.intent
    where
        (commands.user_id < -2 or commands.user_id between 1 and issued.users)
        and commands.device_id between 1 and issued.devices
        and commands.language_id between 1 and issued.languages
        and coalesce(commands.city_id, 1) between 1 and issued.cities
        and coalesce(commands.resolved_content_id, 1) between 1 and issued.content
),

played as (
    select
        plays.*,
        user_days.is_artificial,
        contents.content_type,
        contents.song_id,
        songs.key as song_key,
        songs.album_id,
        coalesce(songs.main_artist_id, contents.artist_id) as artist_id,
        coalesce(songs.duration_ms, contents.duration_ms) as recording_ms,
        case when plays.context_type = 'playlist' then plays.context_id end as playlist_id,
        pg_temp.month_of(plays.started_date) as started_month,
        pg_temp.month_of(plays.local_date) as local_month,
        pg_temp.open_month(plays.arrived_at) as open_month,
        greatest(plays.load_id, user_days.load_id, contents.load_id, songs.load_id) as played_load_id
    from plays
    inner join user_days
        on
            plays.user_id = user_days.user_id
            and plays.local_date = user_days.local_date
            and plays.verdict_month = user_days.verdict_month
    left join contents
        on
            plays.content_id = contents.content_id
            and plays.started_at >= contents.found_from
            and plays.started_at < contents.valid_to
    left join songs
        on
            contents.song_id = songs.song_id
            and plays.started_at >= songs.found_from
            and plays.started_at < songs.valid_to
),

resolved as (
    select
        played.*,
        users.key as user_key,
        coalesce(users.status, 'active') = 'active' as is_active_account,
        artists.key as artist_key,
        playlists.key as playlist_key,
        plan_periods.plan_id,
        plan_periods.plan_key,
        plan_periods.subscription_id,
        plan_periods.payer_user_id,
        plan_periods.household_id,
        plan_periods.tier,
        nullif(plan_periods.payment_country_id, -1) as payment_country_id,
        spoken.voice_intent_id,
        rules.qualified_stream_ms,
        rules.skip_early_ms,
        rules.skip_ms,
        case
            when played.played_ms is null or played.recording_ms is null then played.is_completed
            else played.played_ms > 0 and played.played_ms >= played.recording_ms - rules.completed_slack_ms
        end as is_heard_out,
        greatest(
            played.played_load_id, users.load_id, artists.load_id, playlists.load_id, plan_periods.load_id,
            spoken.load_id
        ) as fact_load_id
    from played
    left join rules on played.local_date = rules.date_day
    left join users
        on
            played.user_id = users.user_id
            and played.started_at >= users.found_from
            and played.started_at < users.valid_to
    left join artists
        on
            played.artist_id = artists.artist_id
            and played.started_at >= artists.found_from
            and played.started_at < artists.valid_to
    left join playlists
        on
            played.playlist_id = playlists.playlist_id
            and played.started_at >= playlists.found_from
            and played.started_at < playlists.valid_to
    left join plan_periods
        on
            played.user_id = plan_periods.user_id
            and played.started_at >= plan_periods.valid_from
            and played.started_at < plan_periods.valid_to
    left join spoken on played.voice_command_id = spoken.voice_command_id
)

select
    stream_id,
    user_id,
    coalesce(user_key, user_id * 10000) as user_key,
    content_id,
    case
        when song_id is not null then song_id
        when coalesce(content_type, 'song') = 'song' then -1
        else -2
    end as song_id,
    case
        when song_id is not null then coalesce(song_key, song_id * 10000)
        when coalesce(content_type, 'song') = 'song' then -1
        else -2
    end as song_key,
    coalesce(artist_id, -1) as artist_id,
    coalesce(artist_key, artist_id * 10000, -1) as artist_key,
    case
        when album_id is not null then album_id
        when coalesce(content_type, 'song') = 'song' then -1
        else -2
    end as album_id,
    device_id,
    session_id,
    coalesce(place_city_id, 2000000 + country_id, -1) as geography_id,
    coalesce(2000000 + payment_country_id, -1) as payment_geography_id,
    cast((
        coalesce(
            array_position(
                array['playlist', 'album', 'artist', 'radio', 'search', 'recommendation', 'library', 'voice'],
                context_type
            ),
            0
        ) * 10000
        + coalesce(
            array_position(
                array['none', 'next_button', 'back_button', 'new_selection', 'voice', 'app_closed'],
                coalesce(skip_reason, 'none')
            ),
            0
        ) * 1000
        + coalesce(array_position(array['low', 'normal', 'high', 'lossless'], quality), 0) * 100
        + cast(is_shuffle as integer) * 10
        + cast(is_offline as integer)
    ) as bigint) as listening_context_id,
    case when voice_command_id is null then -2 else coalesce(voice_intent_id, -1) end as voice_intent_id,
    coalesce(playlist_id, -2) as playlist_id,
    case
        when playlist_id is null then -2
        when playlist_id in (-1, -2) then playlist_id
        else coalesce(playlist_key, playlist_id * 10000)
    end as playlist_key,
    coalesce(plan_id, -1) as plan_id,
    coalesce(plan_key, -1) as plan_key,
    coalesce(subscription_id, -1) as subscription_id,
    coalesce(payer_user_id, -1) as payer_user_id,
    coalesce(household_id, -2) as household_id,
    coalesce(tier, 'unknown') as tier,
    case
        when not is_skipped or is_heard_out then 'not_skipped'
        when played_ms is null then 'skip_unknown'
        when played_ms < skip_early_ms then 'skip_under_5s'
        when played_ms < skip_ms then 'skip_under_30s'
        else 'skip_before_end'
    end as skip_class,
    played_ms_basis,
    played_ms,
    coalesce(least(played_ms, case when played_ms is not null then recording_ms end), 0) as active_ms,
    startup_ms,
    not is_artificial
    and is_active_account
    and coalesce(
        content_type = 'song'
        and played_ms is not null
        and (played_ms >= qualified_stream_ms or (recording_ms < qualified_stream_ms and is_heard_out)),
        false
    ) as is_qualified,
    is_artificial,
    is_heard_out as is_completed,
    open_month > started_month as is_after_close,
    open_month > local_month as is_after_local_close,
    started_date,
    local_date,
    minute_of_day,
    greatest(started_month, open_month) as booking_month,
    greatest(local_month, open_month) as local_booking_month,
    started_at,
    arrived_at,
    fact_load_id as load_id
from resolved;
