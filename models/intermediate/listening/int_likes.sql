with
reactions as (
    select
        reaction_id,
        user_id,
        target_id,
        reaction_type,
        reacted_at,
        arrived_at,
        load_id
    from {{ ref('int_reactions_accepted') }}
    where
        target_type = 'content'
        and reaction_type in ('like', 'love')
),

user_homes as (
    select
        user_id,
        user_key,
        time_zone,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_homes') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

at_home as (
    select
        reactions.*,
        user_homes.user_key,
        user_homes.time_zone,
        greatest(reactions.load_id, user_homes.load_id) as inputs_load_id
    from reactions
    {{ join_version('reactions', 'user_homes', 'user_id', 'reacted_at') }}
)

select
    at_home.reaction_id,
    at_home.user_id,
    {{ fact_version_key('at_home.user_key', 'at_home.user_id') }} as user_key,
    at_home.target_id as content_id,
    at_home.reaction_type,
    {{ local_date('at_home.reacted_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as local_date,
    at_home.reacted_at,
    at_home.arrived_at,
    at_home.inputs_load_id as load_id
from at_home
{{ join_time_zone_offset('at_home', 'reacted_at', 'time_zone') }}
