with
participants as (
    select * from {{ ref('stg_charts__challenge_participants') }}
),

challenges as (
    select * from {{ ref('stg_charts__challenges') }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_homes') }}
),

sessions as (
    select
        user_id,
        started_date,
        started_at
    from {{ ref('fct_listening_sessions') }}
),

entered as (
    select
        participants.*,
        challenges.challenge_code,
        challenges.challenge_type,
        challenges.country_id,
        challenges.goal_score,
        challenges.badge,
        challenges.starts_at,
        challenges.ends_at,
        users.user_key,
        greatest(participants.load_id, challenges.load_id, users.load_id) as inputs_load_id
    from participants
    left join challenges on participants.challenge_id = challenges.challenge_id
    {{ join_version('participants', 'users', 'user_id', 'joined_at') }}
),

-- What the plays that have arrived say of the same: sessions, or days with one, from joining to the end.
counted as (
    select
        entered.challenge_participant_id,
        count(sessions.started_at) as sessions,
        count(distinct sessions.started_date) as session_days
    from entered
    left join sessions
        on
            entered.user_id = sessions.user_id
            and entered.joined_at <= sessions.started_at
            and entered.starts_at <= sessions.started_at
            and entered.ends_at > sessions.started_at
    group by entered.challenge_participant_id
)

select
    entered.challenge_participant_id,
    entered.challenge_id,
    entered.user_id,
    {{ fact_version_key('entered.user_key', 'entered.user_id') }} as user_key,
    case
        when entered.challenge_type is null then {{ unknown_key() }}
        when entered.country_id is null then {{ not_applicable_key() }}
        else {{ country_geography_id('entered.country_id') }}
    end as country_geography_id,
    coalesce(entered.challenge_code, 'unknown') as challenge_code,
    coalesce(entered.challenge_type, 'unknown') as challenge_type,
    coalesce(entered.badge, 'unknown') as badge,
    entered.status,
    entered.goal_score,
    entered.score,
    cast(
        case entered.challenge_type
            when 'most_sessions' then counted.sessions
            when 'listening_days' then counted.session_days
        end as bigint
    ) as score_from_plays,
    entered.final_rank,
    entered.has_reached_goal,
    entered.status = 'ranked' as is_ranked,
    coalesce({{ to_date('entered.starts_at') }}, {{ unknown_date() }}) as challenge_week_start_date,
    {{ to_date('entered.joined_at') }} as joined_date,
    entered.joined_at,
    entered.ranked_at,
    entered.inputs_load_id as load_id
from entered
inner join counted on entered.challenge_participant_id = counted.challenge_participant_id
