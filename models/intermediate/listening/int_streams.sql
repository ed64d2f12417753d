with
plays as (
    select *
    from {{ ref('int_streams_localized') }}
),

users as (
    select
        user_id,
        user_key,
        status,
        valid_to,
        load_id,
        {{ first_from_the_beginning('user_key') }} as valid_from
    from {{ ref('int_user_versions') }}
),

contents as (
    select
        content_id,
        content_type,
        song_id,
        artist_id,
        duration_ms,
        valid_to,
        load_id,
        {{ first_from_the_beginning('content_key') }} as valid_from
    from {{ ref('int_content_versions') }}
),

songs as (
    select
        song_id,
        song_key,
        album_id,
        main_artist_id,
        duration_ms,
        valid_to,
        load_id,
        {{ first_from_the_beginning('song_key') }} as valid_from
    from {{ ref('int_song_versions') }}
),

artists as (
    select
        artist_id,
        artist_key,
        valid_to,
        load_id,
        {{ first_from_the_beginning('artist_key') }} as valid_from
    from {{ ref('int_artist_versions') }}
),

playlists as (
    select
        playlist_id,
        playlist_key,
        valid_to,
        load_id,
        {{ first_from_the_beginning('playlist_key') }} as valid_from
    from {{ ref('int_playlist_versions') }}
),

plan_periods as (
    select
        user_id,
        subscription_id,
        plan_id,
        plan_key,
        tier,
        payment_country_id,
        household_id,
        payer_user_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_plan_periods') }}
),

voice_commands as (
    select
        voice_command_id,
        intent,
        language_id,
        load_id
    from {{ ref('int_voice_commands_accepted') }}
),

voice_intents as (
    select
        intent,
        voice_intent_no
    from {{ ref('voice_intents') }}
),

rules as (
    select
        date_day,
        qualified_stream_ms,
        completed_slack_ms,
        skip_early_ms,
        skip_ms
    from {{ ref('int_rules_by_date') }}
),

what_was_played as (
    select
        plays.*,
        case when plays.context_type = 'playlist' then plays.context_id end as playlist_id,
        contents.content_type,
        songs.song_key,
        songs.album_id,
        contents.song_id,
        coalesce(songs.main_artist_id, contents.artist_id) as artist_id,
        coalesce(songs.duration_ms, contents.duration_ms) as recording_ms,
        contents.load_id as content_load_id,
        songs.load_id as song_load_id
    from plays
    {{ join_version('plays', 'contents', 'content_id', 'started_at') }}
    {{ join_version('plays', 'songs', 'contents.song_id', 'started_at') }}
),

resolved as (
    select
        what_was_played.*,
        users.user_key,
        users.status as account_status,
        artists.artist_key,
        playlists.playlist_key,
        plan_periods.subscription_id,
        plan_periods.plan_id,
        plan_periods.plan_key,
        plan_periods.tier,
        plan_periods.payment_country_id,
        plan_periods.household_id,
        plan_periods.payer_user_id,
        voice_commands.language_id as spoken_language_id,
        voice_intents.voice_intent_no,
        rules.qualified_stream_ms,
        rules.skip_early_ms,
        rules.skip_ms,
        case
            when what_was_played.played_ms is null or what_was_played.recording_ms is null
                then what_was_played.is_reported_completed
            else
                what_was_played.played_ms > 0
                and what_was_played.played_ms >= what_was_played.recording_ms - rules.completed_slack_ms
        end as is_completed,
        greatest(
            what_was_played.load_id,
            what_was_played.content_load_id,
            what_was_played.song_load_id,
            users.load_id,
            artists.load_id,
            playlists.load_id,
            plan_periods.load_id,
            voice_commands.load_id
        ) as inputs_load_id
    from what_was_played
    left join rules on what_was_played.local_date = rules.date_day
    {{ join_version('what_was_played', 'users', 'user_id', 'started_at') }}
    {{ join_version('what_was_played', 'artists', 'artist_id', 'started_at') }}
    {{ join_version('what_was_played', 'playlists', 'playlist_id', 'started_at') }}
    {{ join_version('what_was_played', 'plan_periods', 'user_id', 'started_at') }}
    left join voice_commands on what_was_played.voice_command_id = voice_commands.voice_command_id
    left join voice_intents on voice_commands.intent = voice_intents.intent
)

select
    stream_id,
    user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    content_id,
    case
        when song_id is not null then song_id
        when content_type is null or content_type = 'song' then {{ unknown_key() }}
        else {{ not_applicable_key() }}
    end as song_id,
    case
        when song_id is not null then {{ fact_version_key('song_key', 'song_id') }}
        when content_type is null or content_type = 'song' then {{ unknown_key() }}
        else {{ not_applicable_key() }}
    end as song_key,
    cast(coalesce(artist_id, {{ unknown_key() }}) as bigint) as artist_id,
    case
        when artist_id is null then {{ unknown_key() }}
        else {{ fact_version_key('artist_key', 'artist_id') }}
    end as artist_key,
    case
        when album_id is not null then album_id
        when content_type is null or content_type = 'song' then {{ unknown_key() }}
        else {{ not_applicable_key() }}
    end as album_id,
    cast(coalesce(device_id, {{ unknown_key() }}) as bigint) as device_id,
    cast(coalesce(session_id, {{ unknown_key() }}) as bigint) as session_id,
    geography_id,
    region_id,
    country_id,
    {{ geography_id('null', 'null', 'nullif(payment_country_id, -1)') }} as payment_geography_id,
    cast(coalesce(payment_country_id, {{ unknown_key() }}) as bigint) as payment_country_id,
    {{ listening_context_id('context_type', 'skip_reason', 'quality', 'is_shuffle', 'is_offline') }}
        as listening_context_id,
    case
        when voice_command_id is null then {{ not_applicable_key() }}
        else {{ voice_intent_id('voice_intent_no', 'spoken_language_id') }}
    end as voice_intent_id,
    cast(coalesce(playlist_id, {{ not_applicable_key() }}) as bigint) as playlist_id,
    {{ fact_version_key('playlist_key', 'playlist_id') }} as playlist_key,
    cast(coalesce(plan_id, {{ unknown_key() }}) as bigint) as plan_id,
    cast(coalesce(plan_key, {{ unknown_key() }}) as bigint) as plan_key,
    coalesce(tier, 'unknown') as tier,
    cast(coalesce(subscription_id, {{ unknown_key() }}) as bigint) as subscription_id,
    cast(coalesce(payer_user_id, {{ unknown_key() }}) as bigint) as payer_user_id,
    cast(coalesce(household_id, {{ not_applicable_key() }}) as bigint) as household_id,
    context_type,
    recording_ms,
    played_ms,
    played_ms_basis,
    case
        when played_ms is null then 0
        when recording_ms < played_ms then recording_ms
        else played_ms
    end as active_ms,
    startup_ms,
    case
        when not is_reported_skipped or is_completed then 'not_skipped'
        when played_ms is null then 'skip_unknown'
        when played_ms < skip_early_ms then 'skip_under_5s'
        when played_ms < skip_ms then 'skip_under_30s'
        else 'skip_before_end'
    end as skip_class,
    is_completed,
    coalesce(account_status, 'active') as account_status,
    coalesce(
        content_type = 'song'
        and (played_ms >= qualified_stream_ms or (recording_ms < qualified_stream_ms and is_completed))
        and played_ms is not null
        and coalesce(account_status, 'active') = 'active',
        false
    ) as is_eligible,
    is_shuffle,
    is_offline,
    started_date,
    local_date,
    minute_of_day,
    booking_month,
    local_booking_month,
    is_after_close,
    is_after_local_close,
    verdict_month,
    started_at,
    arrived_at,
    inputs_load_id as load_id
from resolved
