-- How well voice is understood in each language.
select
    intents.language,
    intents.intent_name,
    count(*) as commands,
    count(case when commands.is_resolved then 1 end) as resolved,
    count(case when commands.is_followed_by_stream then 1 end) as followed
from marts.fct_voice_commands as commands
inner join marts.dim_voice_intent as intents on commands.voice_intent_id = intents.voice_intent_id
group by intents.language, intents.intent_name
order by commands desc
