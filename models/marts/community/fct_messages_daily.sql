{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='sent_date',
        indexes=server_indexes([
            {'columns': ['sent_date', 'conversation_type', 'geography_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{#- Days of what is new, and of what is told of by an account whose version of that instant is new. -#}
{%- set day = to_date('sent_at') -%}
{%- set newer_accounts -%}
    select newer_versions.user_id
    from {{ ref('int_user_versions') }} as newer_versions
    where {{ is_newer_load('newer_versions.load_id') }}
{%- endset -%}
{%- set touched -%}
    select
        {{ to_date('newer.sent_at') }} as sent_date
    from {{ ref('stg_community__messages') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    union all
    select
        {{ to_date('told.sent_at') }} as sent_date
    from {{ ref('stg_community__messages') }} as told
    where
        {{ is_one_of('told.sender_user_id', newer_accounts) }}
        and exists (
            select 1
            from {{ ref('int_user_versions') }} as tellers
            where
                told.sender_user_id = tellers.user_id
                and told.sent_at >= tellers.valid_from
                and told.sent_at < tellers.valid_to
                and {{ is_newer_load('tellers.load_id') }}
        )
    union all
    select built.sent_date
    from {{ this }} as built
    where built.conversation_type = 'unknown'
{%- endset %}

with
messages as (
    select
        message_id,
        conversation_id,
        sender_user_id,
        message_type,
        reply_to_message_id,
        is_system_message,
        read_count,
        sent_at,
        deleted_at,
        load_id,
        {{ day }} as sent_date
    from {{ ref('stg_community__messages') }}
    {{ where_one_of(day, touched) }}
),

conversations as (
    select
        conversation_id,
        conversation_type
    from {{ ref('stg_community__conversations') }}
),

users as (
    select
        user_id,
        residence_country_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
),

placed as (
    select
        messages.*,
        coalesce(conversations.conversation_type, 'unknown') as conversation_type,
        {{ geography_id('null', 'null', 'users.residence_country_id') }} as geography_id,
        greatest(messages.load_id, coalesce(users.load_id, 0)) as told_load_id
    from messages
    left join conversations on messages.conversation_id = conversations.conversation_id
    {{ join_version('messages', 'users', 'messages.sender_user_id', 'sent_at', version_id='user_id') }}
)

select
    conversation_type,
    geography_id,
    sent_date,
    count(case when not is_system_message then 1 end) as messages,
    count(case when is_system_message then 1 end) as system_messages,
    count(distinct case when not is_system_message then sender_user_id end) as senders,
    count(distinct conversation_id) as conversations,
    count(case when message_type = 'track_share' then 1 end) as shared_tracks,
    count(case when message_type = 'playlist_share' then 1 end) as shared_playlists,
    count(case when reply_to_message_id is not null then 1 end) as replies,
    count(case when read_count > 0 then 1 end) as read_messages,
    count(case when deleted_at is not null then 1 end) as deleted_messages,
    max(told_load_id) as load_id
from placed
group by
    conversation_type,
    geography_id,
    sent_date
