{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['feedback_kind', 'feedback_id'],
        indexes=server_indexes([
            {'columns': ['feedback_kind', 'feedback_id'], 'unique': true},
            {'columns': ['content_id', 'local_date']},
            {'columns': ['user_id', 'local_date']},
            {'columns': ['given_date']},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
feedback as (
    select * from {{ ref('int_feedback') }}
)

select
    feedback_kind,
    feedback_id,
    user_id,
    user_key,
    content_id,
    album_id,
    target_type,
    target_id,
    feedback_type,
    stars,
    is_withdrawn,
    given_date,
    local_date,
    given_at,
    withdrawn_at,
    load_id
from feedback
where {{ is_newer_load() }}
