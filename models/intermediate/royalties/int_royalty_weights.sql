with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

claims as (
    select * from {{ ref('int_royalty_claims') }}
),

told as (
    {% for method, weight in royalty_methods().items() -%}
    select
        claims.run_key,
        claims.booking_month,
        claims.claim_key,
        claims.song_id,
        claims.work_id,
        claims.payee_id,
        '{{ method }}' as method,
        runs.method = '{{ method }}' as is_booked,
        runs.source,
        claims.weight as pro_rata_weight,
        claims.{{ weight }} as told_weight
    from claims
    inner join runs on claims.run_key = runs.run_key
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

-- A method that nothing is known for in a pool shares it as pro rata does. The month stands in the window so that a
-- question for some months is not answered for all.
select
    run_key,
    booking_month,
    claim_key,
    song_id,
    work_id,
    payee_id,
    method,
    is_booked,
    pro_rata_weight,
    case
        when sum(told_weight) over (partition by run_key, booking_month, method) > 0 then told_weight
        else pro_rata_weight
    end as method_weight
from told
where
    is_booked
    or {{ royalty_method_applies('method', 'source') }}
