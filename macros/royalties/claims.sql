{#-
    What a run of a pool is claimed for, part by part, as CTEs; the model gives runs (with a number run_no), streams,
    eligible, shares, rates, overrides and, for what households heard, listening, payers and impressions.

    royalty_parts()        rated: run x recording x artist x listening country x day x work x payee, with the streams, the
                           share, and the weight or the rate that is paid off the top
    weigh_by_method(runs)  by_method: run x recording x work x payee, with a weight by each method; rests: run, with what
                           each ties to nothing that is shared; of the relation of runs that is named
-#}
{% macro royalty_parts() -%}
-- All that had arrived by the run's close, later closes included: a run is the whole pool, not the difference.
played as (
    select
        runs.run_no,
        streams.song_id,
        streams.artist_id,
        streams.listening_country_id,
        streams.started_date,
        cast(sum(streams.streams) as bigint) as streams
    from runs
    inner join streams
        on
            runs.service_month = streams.service_month
            and runs.payment_country_id = streams.payment_country_id
            and runs.tier = streams.tier
            and runs.booking_month >= streams.booking_month
    inner join eligible
        on
            streams.service_month = eligible.service_month
            and streams.song_id = eligible.song_id
    group by
        runs.run_no,
        streams.song_id,
        streams.artist_id,
        streams.listening_country_id,
        streams.started_date
),

-- A recording whose splits are missing or do not add up is held in suspense: payee unknown, the whole share.
held as (
    select
        played.*,
        runs.booking_month,
        runs.payment_country_id,
        runs.right_type,
        case
            when shares.work_id is not null then shares.work_id
            when runs.right_type = 'recording' then {{ not_applicable_key() }}
            else {{ unknown_key() }}
        end as work_id,
        coalesce(shares.payee_id, {{ unknown_key() }}) as payee_id,
        coalesce(shares.share_ppm, 1000000) as share_ppm
    from played
    inner join runs on played.run_no = runs.run_no
    left join shares
        on
            runs.booking_month = shares.booking_month
            and runs.right_type = shares.right_type
            and played.song_id = shares.song_id
            and played.started_date >= shares.valid_from
            and played.started_date < shares.valid_to
),

-- One contract at a time: of several in force the lowest id, the payment country's own before the world's.
contract_candidates as (
    select distinct
        held.booking_month,
        held.payee_id,
        held.right_type,
        held.payment_country_id,
        held.started_date
    from held
    where held.payee_id in (select overrides.payee_id from overrides)
),

contracts as (
    select
        contract_candidates.*,
        overrides.per_stream_override_micro,
        overrides.override_currency_code,
        row_number() over (
            partition by
                contract_candidates.booking_month,
                contract_candidates.payee_id,
                contract_candidates.right_type,
                contract_candidates.payment_country_id,
                contract_candidates.started_date
            order by
                case when overrides.territory_country_id is null then 1 else 0 end,
                overrides.contract_id
        ) as precedence
    from contract_candidates
    inner join overrides
        on
            contract_candidates.booking_month = overrides.booking_month
            and contract_candidates.payee_id = overrides.payee_id
            and contract_candidates.right_type = overrides.right_type
            and contract_candidates.started_date >= overrides.valid_from
            and contract_candidates.started_date < overrides.valid_to
            and (
                overrides.territory_country_id is null
                or contract_candidates.payment_country_id = overrides.territory_country_id
            )
),

-- A contract's rate goes before an artist's absolute rate; both come off the top and leave the pool's weights.
rated as (
    select
        held.*,
        coalesce(contracts.per_stream_override_micro, rates.rate_micro) as override_rate_micro,
        case
            when contracts.per_stream_override_micro is not null then contracts.override_currency_code
            else rates.currency_code
        end as override_currency_code,
        coalesce(rates.weight_ppm, 1000000) as weight_ppm
    from held
    left join contracts
        on
            held.booking_month = contracts.booking_month
            and held.payee_id = contracts.payee_id
            and held.right_type = contracts.right_type
            and held.payment_country_id = contracts.payment_country_id
            and held.started_date = contracts.started_date
            and contracts.precedence = 1
    left join rates
        on
            held.booking_month = rates.booking_month
            and held.artist_id = rates.artist_id
            and held.listening_country_id = rates.country_id
            and held.right_type = rates.right_type
            and held.started_date >= rates.valid_from
            and held.started_date < rates.valid_to
)
{%- endmacro %}

{% macro weigh_by_method(runs) -%}
-- The parts of each recording that nothing is paid for off the top: what is shared by any method. A part has a number,
-- as what follows meets by it.
open_parts as (
    select
        row_number() over () as part_no,
        rated.run_no,
        rated.song_id,
        rated.artist_id,
        rated.listening_country_id,
        rated.started_date,
        rated.weight_ppm,
        {{ runs }}.service_month,
        {{ runs }}.booking_month,
        {{ runs }}.payment_country_id,
        {{ runs }}.tier,
        cast(sum(rated.share_ppm) as bigint) as open_ppm
    from {{ runs }}
    inner join rated on {{ runs }}.run_no = rated.run_no
    where rated.override_rate_micro is null
    -- What tells most rows apart stands first, as the server sorts by it.
    group by
        rated.song_id,
        rated.started_date,
        rated.run_no,
        rated.listening_country_id,
        rated.artist_id,
        rated.weight_ppm,
        {{ runs }}.service_month,
        {{ runs }}.booking_month,
        {{ runs }}.payment_country_id,
        {{ runs }}.tier
),

-- What each household heard of them, by count and by time.
heard as (
    select
        open_parts.run_no,
        open_parts.part_no,
        listening.payer_user_id,
        listening.boosted_ppm,
        {{ wide('listening.streams') }} * open_parts.weight_ppm * open_parts.open_ppm as counted,
        {{ wide('listening.active_ms') }} * open_parts.weight_ppm * open_parts.open_ppm as timed
    from open_parts
    inner join listening
        on
            open_parts.service_month = listening.service_month
            and open_parts.booking_month = listening.booking_month
            and open_parts.payment_country_id = listening.payment_country_id
            and open_parts.tier = listening.tier
            and open_parts.song_id = listening.song_id
            and open_parts.artist_id = listening.artist_id
            and open_parts.listening_country_id = listening.listening_country_id
            and open_parts.started_date = listening.started_date
),

households as (
    select
        run_no,
        payer_user_id,
        sum(counted) as counted,
        sum(timed) as timed
    from heard
    group by
        run_no,
        payer_user_id
),

paid as (
    select
        {{ runs }}.run_no,
        payers.payer_user_id,
        1000 * payers.revenue_micro as revenue_nano
    from {{ runs }}
    inner join payers
        on
            {{ runs }}.service_month = payers.service_month
            and {{ runs }}.booking_month = payers.booking_month
            and {{ runs }}.payment_country_id = payers.payment_country_id
            and {{ runs }}.tier = payers.tier
            and {{ runs }}.source = payers.source
),

-- What each household paid, laid upon what it heard.
attributed as (
    select
        heard.part_no,
        sum(heard.boosted_ppm) as boosted_ppm,
        sum({{ wide_multiply_divide(
            wide('paid.revenue_nano'), 'heard.counted', 'households.counted', 'half_up_unsigned'
        ) }}) as count_nano,
        sum({{ wide_multiply_divide(
            wide('paid.revenue_nano'), 'heard.timed', 'households.timed', 'half_up_unsigned'
        ) }}) as time_nano
    from heard
    inner join households
        on
            heard.run_no = households.run_no
            and heard.payer_user_id = households.payer_user_id
    left join paid
        on
            heard.run_no = paid.run_no
            and heard.payer_user_id = paid.payer_user_id
    group by heard.part_no
),

shown as (
    select
        {{ runs }}.run_no,
        open_parts.part_no,
        1000 * impressions.price_micro as price_nano
    from {{ runs }}
    inner join impressions
        on
            {{ runs }}.service_month = impressions.service_month
            and {{ runs }}.booking_month = impressions.booking_month
            and {{ runs }}.payment_country_id = impressions.payment_country_id
    left join open_parts
        on
            {{ runs }}.run_no = open_parts.run_no
            and impressions.song_id = open_parts.song_id
            and impressions.artist_id = open_parts.artist_id
            and impressions.listening_country_id = open_parts.listening_country_id
            and impressions.started_date = open_parts.started_date
    where
        {{ runs }}.tier = 'free'
        and {{ runs }}.source = 'advertising'
),

weighed_parts as (
    select
        rated.run_no,
        rated.song_id,
        rated.work_id,
        rated.payee_id,
        rated.weight_ppm,
        rated.share_ppm,
        rated.streams,
        attributed.boosted_ppm,
        {{ wide_multiply_divide(
            'attributed.count_nano', 'rated.share_ppm', 'open_parts.open_ppm', 'half_up_unsigned'
        ) }} as user_centric_count_weight,
        {{ wide_multiply_divide(
            'attributed.time_nano', 'rated.share_ppm', 'open_parts.open_ppm', 'half_up_unsigned'
        ) }} as user_centric_time_weight,
        {{ wide_multiply_divide(
            wide('shown.price_nano'), 'rated.share_ppm', 'open_parts.open_ppm', 'half_up_unsigned'
        ) }} as impression_weight
    from open_parts
    inner join rated
        on
            open_parts.run_no = rated.run_no
            and open_parts.song_id = rated.song_id
            and open_parts.artist_id = rated.artist_id
            and open_parts.listening_country_id = rated.listening_country_id
            and open_parts.started_date = rated.started_date
            and rated.override_rate_micro is null
    left join attributed on open_parts.part_no = attributed.part_no
    left join shown on open_parts.part_no = shown.part_no
),

-- Whole numbers first, as many rows have one weight: what is wide is worked out of their sums.
weighed_alike as (
    select
        run_no,
        song_id,
        work_id,
        payee_id,
        weight_ppm,
        sum(streams * share_ppm) as stream_shares,
        sum({{ wide('boosted_ppm') }} * share_ppm) as boosted_shares,
        sum(user_centric_count_weight) as user_centric_count_weight,
        sum(user_centric_time_weight) as user_centric_time_weight,
        sum(impression_weight) as impression_weight
    from weighed_parts
    group by
        song_id,
        payee_id,
        run_no,
        work_id,
        weight_ppm
),

by_method as (
    select
        run_no,
        song_id,
        work_id,
        payee_id,
        sum({{ wide('stream_shares') }} * weight_ppm) as weight,
        coalesce(sum(user_centric_count_weight), 0) as user_centric_count_weight,
        coalesce(sum(user_centric_time_weight), 0) as user_centric_time_weight,
        coalesce(
            {{ wide_multiply_divide('sum(boosted_shares * weight_ppm)', wide('1'), wide('1000000')) }}, 0
        ) as artist_centric_weight,
        coalesce(sum(impression_weight), 0) as impression_weight
    from weighed_alike
    group by
        run_no,
        song_id,
        work_id,
        payee_id
),

-- What payers brought who heard nothing that is shared, and what was paid for impressions tied to nothing of it.
untied as (
    select
        paid.run_no,
        case when coalesce(households.counted, 0) = 0 then paid.revenue_nano else 0 end as user_centric_count_weight,
        case when coalesce(households.timed, 0) = 0 then paid.revenue_nano else 0 end as user_centric_time_weight,
        0 as impression_weight
    from paid
    left join households
        on
            paid.run_no = households.run_no
            and paid.payer_user_id = households.payer_user_id
    union all
    select
        run_no,
        0 as user_centric_count_weight,
        0 as user_centric_time_weight,
        price_nano as impression_weight
    from shown
    where part_no is null
),

rests as (
    select
        run_no,
        0 as weight,
        sum(user_centric_count_weight) as user_centric_count_weight,
        sum(user_centric_time_weight) as user_centric_time_weight,
        0 as artist_centric_weight,
        sum(impression_weight) as impression_weight
    from untied
    group by run_no
    having sum(user_centric_count_weight) + sum(user_centric_time_weight) + sum(impression_weight) > 0
)
{%- endmacro %}
