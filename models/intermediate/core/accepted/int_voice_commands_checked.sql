with
voice_commands as (
    select * from {{ ref('stg_engagement__voice_commands') }}
),

issued as (
    select
        max(case when entity = 'cities' then last_id end) as cities,
        max(case when entity = 'content' then last_id end) as content,
        max(case when entity = 'devices' then last_id end) as devices,
        max(case when entity = 'languages' then last_id end) as languages,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        voice_commands.*,
        case
            when {{ never_issued_user('voice_commands.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('voice_commands.device_id', 'issued.devices') }} then 'orphan_device'
            when {{ never_issued('voice_commands.language_id', 'issued.languages') }} then 'orphan_language'
            when {{ never_issued('voice_commands.city_id', 'issued.cities') }} then 'orphan_city'
            when {{ never_issued('voice_commands.resolved_content_id', 'issued.content') }}
                then 'orphan_content'
        end as reject_rule
    from voice_commands
    cross join issued
),

final as (
    select
        voice_command_id,
        user_id,
        device_id,
        language_id,
        city_id,
        resolved_content_id,
        utterance,
        intent,
        confidence,
        spoken_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'voice_command_id', 'user_id', 'device_id', 'spoken_at', 'utterance', 'intent',
                    'language_id', 'confidence', 'city_id', 'resolved_content_id', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
