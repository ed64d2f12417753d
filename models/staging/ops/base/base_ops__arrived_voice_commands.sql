select
    voice_command_id as record_id,
    load_id
from {{ source('raw', 'voice_commands') }}
