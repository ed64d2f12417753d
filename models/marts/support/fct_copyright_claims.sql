with
copyright_claims as (
    select * from {{ ref('stg_compliance__copyright_claims') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

measured as (
    select
        copyright_claims.*,
        {{ datediff_ms('copyright_claims.opened_at', 'copyright_claims.resolved_at') }} as decision_ms,
        {{ datediff_ms(
            'copyright_claims.opened_at', 'coalesce(copyright_claims.resolved_at, clock.data_clock)'
        ) }} as open_ms
    from copyright_claims
    cross join clock
)

select
    copyright_claim_id,
    content_id,
    coalesce(claimant_label_id, {{ not_applicable_key() }}) as label_id,
    claimant_name,
    claim_type,
    policy,
    status,
    {{ ratio('confidence_ppm', '1000000') }} as confidence,
    match_end_ms - match_start_ms as match_ms,
    decision_ms,
    open_ms,
    is_automated,
    disputed_at is not null as is_disputed,
    resolved_at is not null as is_decided,
    status = 'upheld' as is_upheld,
    {{ to_date('opened_at') }} as opened_date,
    opened_at,
    disputed_at,
    resolved_at
from measured
