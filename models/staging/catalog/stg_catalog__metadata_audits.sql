with base as (
    select * from {{ ref('base_catalog__metadata_audits') }}
)

select
    metadata_audit_id,
    song_id,
    attribute_name,
    value_held,
    value_true,
    auditor,
    is_correct,
    checked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
