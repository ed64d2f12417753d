with
splits as (
    select * from {{ ref('stg_royalties__revenue_splits') }}
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
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from splits
