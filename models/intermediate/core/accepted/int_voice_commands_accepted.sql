with checked as (
    select * from {{ ref('int_voice_commands_checked') }}
)

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
    load_id
from checked
where {{ is_accepted() }}
