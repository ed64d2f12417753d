select
    audit_id as record_id,
    load_id
from {{ source('raw', 'audit_log') }}
