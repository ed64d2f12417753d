with base as (
    select * from {{ ref('base_engagement__voice_commands') }}
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
from base
where {{ is_accepted() }}
