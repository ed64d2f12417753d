with
data_subject_requests as (
    select * from {{ ref('stg_compliance__data_subject_requests') }}
),

anonymization_events as (
    select
        data_subject_request_id,
        record_count
    from {{ ref('stg_compliance__anonymization_events') }}
    where data_subject_request_id is not null
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

anonymized as (
    select
        data_subject_request_id,
        sum(record_count) as records
    from anonymization_events
    group by data_subject_request_id
),

requests as (
    select
        data_subject_requests.*,
        coalesce(data_subject_requests.user_id, {{ unknown_key() }}) as asking_user_id,
        coalesce(data_subject_requests.fulfilled_at, data_subject_requests.rejected_at) as closed_at,
        coalesce(
            data_subject_requests.fulfilled_at, data_subject_requests.rejected_at, clock.data_clock
        ) as measured_to
    from data_subject_requests
    cross join clock
)

select
    requests.data_subject_request_id,
    requests.asking_user_id as user_id,
    {{ fact_version_key('users.user_key', 'requests.asking_user_id') }} as user_key,
    requests.request_type,
    requests.channel,
    requests.jurisdiction,
    requests.status,
    coalesce(requests.rejection_reason, 'none') as rejection_reason,
    cast(coalesce(anonymized.records, 0) as bigint) as anonymized_records,
    {{ datediff_ms('requests.received_at', 'requests.verified_at') }} as verification_ms,
    {{ datediff_ms('requests.received_at', 'requests.measured_to') }} as handling_ms,
    {{ datediff_ms('requests.measured_to', 'requests.due_at') }} as left_ms,
    requests.closed_at is null as is_open,
    requests.measured_to > requests.due_at as is_overdue,
    {{ to_date('requests.received_at') }} as received_date,
    {{ to_date('requests.due_at') }} as due_date,
    requests.received_at,
    requests.verified_at,
    requests.due_at,
    requests.fulfilled_at,
    requests.rejected_at
from requests
left join anonymized on requests.data_subject_request_id = anonymized.data_subject_request_id
{{ join_version('requests', 'users', 'requests.asking_user_id', 'received_at', version_id='user_id') }}
