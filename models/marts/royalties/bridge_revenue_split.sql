{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='revenue_split_id',
        indexes=server_indexes([
            {'columns': ['revenue_split_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

with
splits as (
    select * from {{ ref('stg_royalties__revenue_splits') }}
    where {{ is_newer_load() }}
)

select
    revenue_split_id,
    right_type,
    coalesce(song_id, {{ not_applicable_key() }}) as song_id,
    coalesce(work_id, {{ not_applicable_key() }}) as work_id,
    payee_id,
    role as payee_role,
    share_ppm,
    {{ micro_decimal('share_ppm') }} as share_ratio,
    valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
    load_id
from splits
