{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='voice_command_id',
        indexes=server_indexes([
            {'columns': ['voice_command_id'], 'unique': true},
            {'columns': ['user_id', 'spoken_at']},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{%- set streams_accepted = ref('int_streams_accepted') -%}
{%- set started -%}
    select answering.voice_command_id
    from {{ streams_accepted }} as answering
    where
        {{ is_newer_load_in('answering') }}
        and answering.voice_command_id is not null
{%- endset -%}
{%- set touched = touched_events(
    'voice_commands', 'voice_command_id', 'spoken_at',
    versions=[(ref('int_user_homes'), 'user_id', 'user_id')],
    others=[started],
) -%}

with
voice_commands as (
    select *
    from {{ ref('int_voice_commands_accepted') }}
    {{ where_one_of('voice_command_id', touched) }}
),

streams as (
    select
        stream_id,
        voice_command_id,
        content_id,
        started_at,
        load_id
    from {{ streams_accepted }}
    {{ where_one_of('voice_command_id', 'select voice_commands.voice_command_id from voice_commands') }}
),

user_homes as (
    select * from {{ ref('int_user_homes') }}
),

cities as (
    select
        city_id,
        time_zone
    from {{ ref('stg_reference__cities') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

voice_intents as (
    select
        intent,
        voice_intent_no,
        plays_content
    from {{ ref('voice_intents') }}
),

ordered as (
    select
        streams.*,
        row_number() over (partition by voice_command_id order by started_at, stream_id) as stream_no,
        count(*) over (partition by voice_command_id) as streams_started,
        max(load_id) over (partition by voice_command_id) as streams_load_id
    from streams
    where voice_command_id is not null
),

answers as (
    select * from ordered
    where stream_no = 1
),

placed as (
    select
        voice_commands.*,
        user_homes.user_key,
        cities.city_id as place_city_id,
        coalesce(cities.time_zone, user_homes.time_zone) as time_zone,
        voice_intents.voice_intent_no,
        voice_intents.plays_content,
        answers.stream_id,
        answers.content_id as started_content_id,
        answers.started_at as stream_started_at,
        answers.streams_started,
        greatest(voice_commands.load_id, user_homes.load_id, answers.streams_load_id) as inputs_load_id
    from voice_commands
    left join answers on voice_commands.voice_command_id = answers.voice_command_id
    left join cities on voice_commands.city_id = cities.city_id
    left join voice_intents on voice_commands.intent = voice_intents.intent
    {{ join_version('voice_commands', 'user_homes', 'user_id', 'spoken_at') }}
),

localized as (
    select
        placed.*,
        {{ local_datetime('placed.spoken_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as spoken_local
    from placed
    {{ join_time_zone_offset('placed', 'spoken_at', 'time_zone') }}
)

select
    voice_command_id,
    user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    device_id,
    {{ geography_id('place_city_id', 'null', 'null') }} as geography_id,
    cast({{ voice_intent_id('voice_intent_no', 'language_id') }} as bigint) as voice_intent_id,
    cast(coalesce(resolved_content_id, {{ not_applicable_key() }}) as bigint) as content_id,
    cast(coalesce(stream_id, {{ not_applicable_key() }}) as bigint) as stream_id,
    confidence,
    cast(coalesce(streams_started, 0) as bigint) as streams_started,
    cast({{ datediff_ms('spoken_at', 'stream_started_at') }} as bigint) as answer_delay_ms,
    coalesce(plays_content, false) as asks_to_play,
    resolved_content_id is not null as is_resolved,
    stream_id is not null as is_followed_by_stream,
    coalesce(started_content_id = resolved_content_id, false) as is_followed_by_resolved,
    {{ to_date('spoken_at') }} as spoken_date,
    cast(spoken_local as date) as local_date,
    {{ minute_of_datetime('spoken_local') }} as minute_of_day,
    spoken_at,
    arrived_at,
    inputs_load_id as load_id
from localized
where {{ is_newer_load('inputs_load_id') }}
