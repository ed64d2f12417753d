with
payees as (
    select * from {{ ref('stg_royalties__payees') }}
)

select
    payee_id,
    payee_type,
    coalesce(artist_id, {{ not_applicable_key() }}) as artist_id
from payees
union all
select
    cast({{ unknown_key() }} as bigint) as payee_id,
    'unknown' as payee_type,
    cast({{ not_applicable_key() }} as bigint) as artist_id
