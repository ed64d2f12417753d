with
works as (
    select * from {{ ref('stg_royalties__works') }}
)

select work_id
from works
union all
select cast({{ unknown_key() }} as bigint) as work_id
union all
select cast({{ not_applicable_key() }} as bigint) as work_id
