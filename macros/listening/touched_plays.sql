{#-
    Ids of the plays that an increment of fct_streams works out anew: those that came, those of an utterance that came,
    those of an account's day that is judged anew, and those that read what came.

    arrived    relation of the accepted plays: stream_id, voice_command_id, load_id
    days       relation of the days of accounts: user_id, local_date, load_id
    looked_up  as of `or_that_read`
-#}
{% macro touched_plays(arrived, days, looked_up) -%}
    with since as (
        select coalesce(max(load_id), 0) as load_id
        from {{ this }}
    ),

    changed_days as (
        select
            newer.user_id,
            newer.local_date
        from {{ days }} as newer
        where {{ is_newer_load_of(days) }}
    )

    select stream_id
    from {{ arrived }}
    where load_id > (select since.load_id from since)
    union all
    select stream_id
    from {{ arrived }}
    {{ where_one_of('voice_command_id', arrived_ids('voice_commands')) }}
    union all
    select judged.stream_id
    from (
        select
            stream_id,
            user_id,
            local_date
        from {{ this }}
        {{ where_account_days_of('select user_id, local_date from changed_days') }}
    ) as judged
    inner join changed_days
        on
            judged.user_id = changed_days.user_id
            and judged.local_date = changed_days.local_date
    {{ or_that_read(looked_up, 'stream_id') }}
{%- endmacro %}
