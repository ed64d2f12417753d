-- What subscriptions earn: the first payment of an invoice pays its lines, plan less discount, spread over their days.
create temporary table charges as
with paid as (
    select distinct on (invoice_id) *
    from movements
    where movement_type = 'charge' and purpose = 'subscription'
    order by invoice_id, arrived_at, transacted_at, transaction_id
),

lines as (
    select distinct on (invoice_line_id)
        invoice_id,
        plan_id,
        lower(trim(line_type)) as line_type,
        upper(trim(currency_code)) as currency_code,
        amount_minor,
        service_start_date,
        service_end_date,
        arrived_at
    from raw.invoice_lines
    where
        num_nulls(invoice_line_id, invoice_id, amount_minor, issued_at) = 0
        and trim(currency_code) <> ''
        and lower(trim(line_type)) in (
            'plan', 'proration_credit', 'proration_charge', 'discount', 'tax', 'credit_note'
        )
        and service_end_date > service_start_date
        and issued_at <= arrived_at + interval '24 hours'
    order by invoice_line_id, arrived_at, load_id
),

planned as (
    select
        lines.*,
        coalesce(
            lines.plan_id,
            max(lines.plan_id) filter (where lines.amount_minor > 0) over (
                partition by lines.invoice_id, lines.service_start_date, lines.service_end_date
            )
        ) as billed_plan_id
    from lines
    cross join issued
    where
        lines.line_type <> 'tax'
        and lines.invoice_id between 1 and issued.invoices
        and coalesce(lines.plan_id, 1) between 1 and issued.plans
),

-- What arrives after a close is a charge of its own.
booked as (
    select
        paid.transaction_id,
        paid.payment_country_id,
        paid.amount_minor as charge_minor,
        paid.amount_minor - paid.tax_minor as charge_net_minor,
        planned.currency_code,
        coalesce(planned.billed_plan_id, paid.plan_id) as plan_id,
        case when planned.billed_plan_id is null then paid.tier end as charge_tier,
        planned.service_start_date,
        planned.service_end_date,
        planned.amount_minor,
        greatest(paid.arrived_at, planned.arrived_at) as arrived_at
    from paid
    inner join planned on paid.invoice_id = planned.invoice_id
),

grouped as (
    select
        transaction_id,
        payment_country_id,
        charge_minor,
        charge_net_minor,
        currency_code,
        plan_id,
        max(charge_tier) as charge_tier,
        service_start_date,
        service_end_date,
        greatest(pg_temp.month_of(service_start_date), pg_temp.open_month(arrived_at)) as first_booking_month,
        cast(sum(amount_minor) as bigint) as net_minor,
        max(arrived_at) as arrived_at
    from booked
    group by
        transaction_id, payment_country_id, charge_minor, charge_net_minor, currency_code, plan_id,
        service_start_date, service_end_date,
        greatest(pg_temp.month_of(service_start_date), pg_temp.open_month(arrived_at))
)

select
    grouped.*,
    coalesce(lower(trim(plans.tier)), grouped.charge_tier, 'unknown') as tier,
    grouped.net_minor * cast((10 ^ (6 - currencies.minor_units)) as bigint) as net_micro,
    grouped.service_end_date - grouped.service_start_date as service_days
from grouped
left join raw.plans on grouped.plan_id = plans.plan_id
left join staging.currencies on grouped.currency_code = currencies.currency_code;

create temporary table charge_days as
select
    charges.*,
    cast(days.day_at as date) as service_date,
    case
        when cast(days.day_at as date) = charges.service_end_date - 1
            then charges.net_micro - charges.net_micro / charges.service_days * (charges.service_days - 1)
        else charges.net_micro / charges.service_days
    end as recognised_micro
from charges
cross join generate_series(
    cast(charges.service_start_date as timestamp), charges.service_end_date - interval '1 day', interval '1 day'
) as days (day_at);

analyze charges;
analyze charge_days;

-- Without tax, a refund takes the next stretch of the charge's days, from the last one back; the rest on its own day.
create temporary table refund_days as
with paid as (
    select
        transaction_id,
        payment_country_id,
        currency_code,
        charge_minor,
        charge_net_minor,
        max(tier) as tier,
        max(arrived_at) as arrived_at
    from charges
    group by transaction_id, payment_country_id, currency_code, charge_minor, charge_net_minor
),

refunds as (
    select
        paid.transaction_id,
        paid.payment_country_id,
        paid.currency_code,
        paid.tier,
        paid.charge_minor,
        paid.charge_net_minor,
        movements.transaction_movement_id,
        movements.transacted_date as refund_date,
        -movements.amount_micro as refund_micro,
        sum(-movements.amount_micro) over (
            partition by movements.transaction_id
            order by movements.booking_month, movements.transacted_at, movements.transaction_movement_id
            rows unbounded preceding
        ) as refunded_micro,
        greatest(movements.arrived_at, paid.arrived_at) as arrived_at
    from movements
    inner join paid on movements.transaction_id = paid.transaction_id
    where movements.amount_micro < 0 and movements.purpose = 'subscription'
),

spans as (
    select
        refunds.*,
        pg_temp.share(refunded_micro - refund_micro, charge_net_minor, charge_minor) as taken_from,
        pg_temp.share(refunded_micro, charge_net_minor, charge_minor) as taken_to
    from refunds
),

stretches as (
    select
        transaction_id,
        service_date,
        tier,
        recognised_micro,
        sum(recognised_micro) over (
            partition by transaction_id
            order by
                service_date desc, plan_id desc, service_start_date desc, service_end_date desc,
                first_booking_month desc
            rows unbounded preceding
        ) as reaches_to
    from charge_days
    where recognised_micro > 0 and transaction_id in (select spans.transaction_id from spans)
),

taken as (
    select
        spans.transaction_movement_id,
        greatest(stretches.service_date, spans.refund_date) as service_date,
        stretches.tier,
        least(spans.taken_to, stretches.reaches_to)
        - greatest(spans.taken_from, stretches.reaches_to - stretches.recognised_micro) as taken_micro
    from spans
    inner join stretches
        on
            spans.transaction_id = stretches.transaction_id
            and spans.taken_from < stretches.reaches_to
            and spans.taken_to > stretches.reaches_to - stretches.recognised_micro
),

parts as (
    select * from taken
    union all
    select
        spans.transaction_movement_id,
        spans.refund_date as service_date,
        spans.tier,
        spans.taken_to - spans.taken_from - coalesce(sum(taken.taken_micro), 0) as taken_micro
    from spans
    left join taken on spans.transaction_movement_id = taken.transaction_movement_id
    group by spans.transaction_movement_id, spans.refund_date, spans.tier, spans.taken_to, spans.taken_from
    having spans.taken_to - spans.taken_from > coalesce(sum(taken.taken_micro), 0)
)

select
    spans.payment_country_id,
    parts.tier,
    spans.currency_code,
    parts.service_date,
    -parts.taken_micro as recognised_micro,
    spans.arrived_at
from parts
inner join spans on parts.transaction_movement_id = spans.transaction_movement_id;

-- What feeds the pools: subscriptions those of their own tier, advertising those of the Free tier.
create temporary table earned as
with postings as (
    select
        payment_country_id,
        tier,
        currency_code,
        service_date,
        recognised_micro,
        arrived_at
    from charge_days
    union all
    select * from refund_days
    union all
    select
        payment_country_id,
        tier,
        currency_code,
        transacted_date as service_date,
        -fee_micro as recognised_micro,
        arrived_at
    from movements
    where movement_type <> 'failure' and purpose = 'subscription' and fee_micro <> 0
),

dated as (
    select
        pg_temp.month_of(postings.service_date) as service_month,
        greatest(pg_temp.month_of(postings.service_date), pg_temp.open_month(postings.arrived_at)) as booking_month,
        postings.payment_country_id,
        postings.tier,
        'subscription' as source,
        postings.currency_code,
        postings.recognised_micro
    from postings
    inner join clock on postings.service_date <= clock.data_date
    union all
    select
        pg_temp.month_of(rendered_date) as service_month,
        booking_month,
        payment_country_id,
        'free' as tier,
        'advertising' as source,
        currency_code,
        price_micro as recognised_micro
    from by_hand.fct_impressions
    where price_micro <> 0
)

select
    dated.service_month,
    dated.booking_month,
    dated.payment_country_id,
    dated.tier,
    dated.source,
    dated.currency_code,
    cast(sum(dated.recognised_micro) as bigint) as net_revenue_micro
from dated
inner join clock on dated.service_month >= clock.first_month
where dated.payment_country_id > 0
group by
    dated.service_month,
    dated.booking_month,
    dated.payment_country_id,
    dated.tier,
    dated.source,
    dated.currency_code;

-- Plays that count: of songs, functional noise from its own length, from the close that knows the recording.
create temporary table counting as
with known_songs as (
    select
        song_id * 10000 as key,
        min(arrived_at) as known_at
    from raw.songs_changes
    where change_no = 0
    group by song_id
),

known_contents as (
    select
        contents.content_id,
        contents.valid_to,
        min(changes.arrived_at) as known_at
    from contents
    inner join raw.content_changes as changes on contents.content_id = changes.content_id
    where contents.key = contents.content_id * 10000 and changes.change_no = 0
    group by contents.content_id, contents.valid_to
)

select
    pg_temp.month_of(streams.started_date) as service_month,
    greatest(
        streams.booking_month,
        pg_temp.open_month(known_songs.known_at),
        pg_temp.open_month(known_contents.known_at)
    ) as booking_month,
    streams.payment_geography_id - 2000000 as payment_country_id,
    streams.tier,
    streams.song_id,
    streams.artist_id,
    case
        when streams.geography_id > 2000000 then streams.geography_id - 2000000
        else coalesce(regions.country_id, -1)
    end as listening_country_id,
    streams.started_date,
    count(*) as streams
from by_hand.fct_streams as streams
inner join clock on streams.started_date >= clock.history_start
inner join rules on streams.started_date = rules.date_day
inner join songs on streams.song_key = songs.key
left join known_songs on streams.song_key = known_songs.key
left join known_contents
    on streams.content_id = known_contents.content_id and streams.started_at < known_contents.valid_to
left join raw.cities on streams.geography_id = cities.city_id
left join raw.regions on cities.region_id = regions.region_id
where
    streams.is_qualified
    and streams.song_id > 0
    and streams.payment_geography_id > 0
    and (not songs.is_functional_noise or streams.played_ms >= rules.noise_min_ms)
group by
    pg_temp.month_of(streams.started_date),
    greatest(
        streams.booking_month,
        pg_temp.open_month(known_songs.known_at),
        pg_temp.open_month(known_contents.known_at)
    ),
    streams.payment_geography_id - 2000000,
    streams.tier,
    streams.song_id,
    streams.artist_id,
    case
        when streams.geography_id > 2000000 then streams.geography_id - 2000000 else coalesce(regions.country_id, -1)
    end,
    streams.started_date;

create temporary table splits as
select distinct on (revenue_split_id, change_no)
    revenue_split_id,
    change_no,
    song_id,
    work_id,
    payee_id,
    lower(trim(right_type)) as right_type,
    share_ppm,
    valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to,
    arrived_at
from raw.revenue_splits_changes
order by revenue_split_id, change_no, arrived_at, load_id;

analyze earned;
analyze counting;
analyze splits;

-- A pool is worked out at the close of its month, and again at each later one for which money, plays or splits came.
create temporary table runs as
with compared as (
    select
        splits.*,
        lag(payee_id) over split_changes as earlier_payee_id,
        lag(share_ppm) over split_changes as earlier_share_ppm,
        lag(valid_from) over split_changes as earlier_valid_from,
        lag(valid_to) over split_changes as earlier_valid_to
    from splits
    window split_changes as (partition by revenue_split_id order by change_no)
),

differing as (
    select
        song_id,
        work_id,
        pg_temp.open_month(arrived_at) as booking_month,
        pg_temp.month_of(
            case
                when payee_id = earlier_payee_id and share_ppm = earlier_share_ppm and valid_from = earlier_valid_from
                    then least(valid_to, earlier_valid_to)
                else least(valid_from, earlier_valid_from)
            end
        ) as first_month
    from compared
),

late_splits as (
    select
        coalesce(differing.song_id, song_works.song_id) as song_id,
        differing.booking_month,
        min(differing.first_month) as first_month
    from differing
    left join raw.song_works on differing.work_id = song_works.work_id
    where differing.booking_month > differing.first_month
    group by
        coalesce(differing.song_id, song_works.song_id),
        differing.booking_month
),

played as (
    select distinct
        service_month,
        booking_month,
        payment_country_id,
        tier,
        case tier when 'free' then 'advertising' else 'subscription' end as source,
        song_id
    from counting
),

arrivals as (
    select
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source
    from earned
    union
    select
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source
    from played
    union
    select
        played.service_month,
        late_splits.booking_month,
        played.payment_country_id,
        played.tier,
        played.source
    from late_splits
    inner join played
        on
            late_splits.song_id = played.song_id
            and late_splits.first_month <= played.service_month
            and late_splits.booking_month > played.service_month
            and late_splits.booking_month >= played.booking_month
),

closed as (
    select
        pools.*,
        upper(trim(countries.currency_code)) as currency_code,
        (pools.booking_month + interval '1 month 10 days') at time zone 'UTC' as closes_at,
        cast((pools.service_month + interval '1 month') as date) - 1 as last_day
    from (
        select * from arrivals
        union
        select
            service_month,
            service_month as booking_month,
            payment_country_id,
            tier,
            source
        from arrivals
    ) as pools
    inner join clock on (pools.booking_month + interval '1 month 10 days') at time zone 'UTC' <= clock.data_clock
    inner join raw.countries on pools.payment_country_id = countries.country_id
),

-- A run takes the whole month again, with what had arrived by its close, in the country's currency.
known as (
    select
        closed.service_month,
        closed.booking_month,
        closed.payment_country_id,
        closed.tier,
        closed.source,
        closed.currency_code,
        closed.last_day,
        earned.currency_code as earned_currency_code,
        sum(earned.net_revenue_micro) as net_revenue_micro
    from closed
    inner join earned
        on
            closed.service_month = earned.service_month
            and closed.payment_country_id = earned.payment_country_id
            and closed.tier = earned.tier
            and closed.source = earned.source
            and closed.booking_month >= earned.booking_month
    group by
        closed.service_month,
        closed.booking_month,
        closed.payment_country_id,
        closed.tier,
        closed.source,
        closed.currency_code,
        closed.last_day,
        earned.currency_code
),

converted as (
    select
        known.service_month,
        known.booking_month,
        known.payment_country_id,
        known.tier,
        known.source,
        sum(pg_temp.share(known.net_revenue_micro, country_rates.rate_micro, revenue_rates.rate_micro))
            as net_revenue_micro
    from known
    inner join rates as revenue_rates
        on known.last_day = revenue_rates.date_day and known.earned_currency_code = revenue_rates.currency_code
    inner join rates as country_rates
        on known.last_day = country_rates.date_day and known.currency_code = country_rates.currency_code
    group by
        known.service_month,
        known.booking_month,
        known.payment_country_id,
        known.tier,
        known.source
),

shared as (
    select
        closed.*,
        rules.recording_share_ppm,
        pg_temp.share(greatest(coalesce(converted.net_revenue_micro, 0), 0), rules.rights_share_ppm, 1000000)
            as rights_micro
    from closed
    inner join rules on closed.service_month = rules.date_day
    left join converted
        on
            closed.service_month = converted.service_month
            and closed.booking_month = converted.booking_month
            and closed.payment_country_id = converted.payment_country_id
            and closed.tier = converted.tier
            and closed.source = converted.source
),

pools as (
    select
        shared.*,
        rights.right_type,
        case rights.right_type
            when 'recording' then pg_temp.share(shared.rights_micro, shared.recording_share_ppm, 1000000)
            else shared.rights_micro - pg_temp.share(shared.rights_micro, shared.recording_share_ppm, 1000000)
        end as pool_micro,
        concat_ws(
            '|', shared.service_month, shared.payment_country_id, shared.tier, shared.source, rights.right_type
        ) as pool_key
    from shared
    cross join (values ('recording'), ('publishing')) as rights (right_type)
)

select
    pools.*,
    pool_key || '|' || booking_month as run_key,
    lag(booking_month) over (partition by pool_key order by booking_month) as previous_booking_month
from pools;

analyze runs;

create temporary table closes as
select distinct
    booking_month,
    closes_at
from runs;

-- Who shares in a recording: for each close the splits as known then, in spans in which none of them changes.
create temporary table holders as
with known as (
    select
        booking_month,
        right_type,
        coalesce(song_id, work_id) as item_id,
        payee_id,
        share_ppm,
        valid_from,
        valid_to
    from (
        select distinct on (closes.booking_month, splits.revenue_split_id)
            closes.booking_month,
            splits.*
        from closes
        inner join splits on closes.closes_at > splits.arrived_at
        order by closes.booking_month asc, splits.revenue_split_id asc, splits.change_no desc
    ) as latest
),

played as (
    select distinct song_id from counting
),

composed as (
    select
        song_id,
        'recording' as right_type,
        song_id as item_id,
        -2 as work_id,
        1000000 as part_ppm
    from played
    union all
    select
        played.song_id,
        'publishing' as right_type,
        song_works.work_id as item_id,
        song_works.work_id,
        song_works.share_ppm as part_ppm
    from played
    inner join raw.song_works on played.song_id = song_works.song_id
),

held as (
    select
        known.*,
        composed.song_id,
        composed.work_id,
        composed.part_ppm
    from composed
    inner join known on composed.right_type = known.right_type and composed.item_id = known.item_id
),

spans as (
    select
        booking_month,
        song_id,
        right_type,
        boundary as valid_from,
        lead(boundary) over (partition by booking_month, song_id, right_type order by boundary) as valid_to
    from (
        select
            booking_month,
            song_id,
            right_type,
            valid_from as boundary
        from held
        union
        select
            booking_month,
            song_id,
            right_type,
            valid_to as boundary
        from held
    ) as boundaries
),

parts as (
    select
        spans.booking_month,
        spans.song_id,
        spans.right_type,
        spans.valid_from,
        spans.valid_to,
        composed.work_id,
        composed.part_ppm,
        held.payee_id,
        sum(held.share_ppm) as share_ppm
    from spans
    inner join composed on spans.song_id = composed.song_id and spans.right_type = composed.right_type
    left join held
        on
            spans.booking_month = held.booking_month
            and spans.song_id = held.song_id
            and spans.right_type = held.right_type
            and composed.work_id = held.work_id
            and spans.valid_from >= held.valid_from
            and spans.valid_from < held.valid_to
    where spans.valid_to is not null
    group by
        spans.booking_month,
        spans.song_id,
        spans.right_type,
        spans.valid_from,
        spans.valid_to,
        composed.work_id,
        composed.part_ppm,
        held.payee_id
),

measured as (
    select
        parts.*,
        sum(coalesce(share_ppm, 0)) over (
            partition by booking_month, song_id, right_type, valid_from, work_id
        ) as part_share_ppm,
        sum(part_ppm * coalesce(share_ppm, 0)) over (
            partition by booking_month, song_id, right_type, valid_from
        ) as whole_share
    from parts
),

judged as (
    select
        measured.*,
        bool_and(part_share_ppm = 1000000) over (
            partition by booking_month, song_id, right_type, valid_from
        ) and whole_share = 1000000000000 as is_whole
    from measured
),

-- A holder's share in millionths; the largest remainders get those that are left.
weighed as (
    select
        judged.*,
        div(part_ppm * share_ppm, 1000000) as whole_part,
        row_number() over (
            partition by booking_month, song_id, right_type, valid_from
            order by
                mod(part_ppm * share_ppm, 1000000) desc,
                md5(concat_ws('|', booking_month, song_id, right_type, valid_from, work_id, payee_id)) collate "C"
        ) as remainder_rank
    from judged
    where is_whole
)

select
    booking_month,
    song_id,
    right_type,
    work_id,
    payee_id,
    valid_from,
    valid_to,
    whole_part
    + case
        when
            remainder_rank
            <= 1000000 - sum(whole_part) over (partition by booking_month, song_id, right_type, valid_from)
            then 1
        else 0
    end as share_ppm
from weighed;

analyze holders;

-- What a run shares in: plays of recordings that enough was heard of; without splits that add up it waits in suspense.
create temporary table held as
with months as (
    select distinct
        runs.service_month,
        rules.eligibility_streams,
        cast((runs.service_month - rules.eligibility_window_months * interval '1 month') as date) as window_starts
    from runs
    inner join rules on runs.service_month = rules.date_day
),

monthly as (
    select
        song_id,
        month_start,
        qualified_streams as streams
    from (
        select distinct on (song_id, month_start) *
        from raw.opening_song_streams
        where song_id is not null and month_start is not null and qualified_streams > 0
        order by song_id, month_start, arrived_at, load_id
    ) as opening
    union all
    select
        song_id,
        service_month as month_start,
        sum(streams) as streams
    from counting
    where booking_month = service_month
    group by song_id, service_month
),

eligible as (
    select
        months.service_month,
        monthly.song_id
    from months
    inner join monthly on months.window_starts <= monthly.month_start and months.service_month > monthly.month_start
    group by months.service_month, monthly.song_id, months.eligibility_streams
    having sum(monthly.streams) >= months.eligibility_streams
),

played as (
    select
        runs.run_key,
        runs.service_month,
        runs.booking_month,
        runs.payment_country_id,
        runs.right_type,
        runs.currency_code,
        counting.song_id,
        counting.artist_id,
        counting.listening_country_id,
        counting.started_date,
        sum(counting.streams) as streams
    from runs
    inner join counting
        on
            runs.service_month = counting.service_month
            and runs.payment_country_id = counting.payment_country_id
            and runs.tier = counting.tier
            and runs.booking_month >= counting.booking_month
    inner join eligible on counting.service_month = eligible.service_month and counting.song_id = eligible.song_id
    group by
        runs.run_key,
        runs.service_month,
        runs.booking_month,
        runs.payment_country_id,
        runs.right_type,
        runs.currency_code,
        counting.song_id,
        counting.artist_id,
        counting.listening_country_id,
        counting.started_date
)

select
    played.*,
    coalesce(holders.work_id, case played.right_type when 'recording' then -2 else -1 end) as work_id,
    coalesce(holders.payee_id, -1) as payee_id,
    coalesce(holders.share_ppm, 1000000) as share_ppm
from played
left join holders
    on
        played.booking_month = holders.booking_month
        and played.song_id = holders.song_id
        and played.right_type = holders.right_type
        and played.started_date >= holders.valid_from
        and played.started_date < holders.valid_to;

create temporary table artist_rates as
select distinct on (closes.booking_month, changes.royalty_rate_id)
    closes.booking_month,
    changes.artist_id,
    changes.country_id,
    lower(trim(changes.right_type)) as right_type,
    changes.weight_ppm,
    changes.rate_micro,
    upper(trim(changes.currency_code)) as currency_code,
    changes.valid_from,
    coalesce(changes.valid_to, date '9999-12-31') as valid_to
from closes
inner join raw.royalty_rates_changes as changes on closes.closes_at > changes.arrived_at
order by
    closes.booking_month asc,
    changes.royalty_rate_id asc,
    changes.change_no desc,
    changes.arrived_at asc,
    changes.load_id asc;

analyze held;
analyze artist_rates;

-- What each recording, work and payee may claim of a run: a weight in the pool, or an amount agreed per stream.
create temporary table claims as
with overrides as (
    select distinct on (closes.booking_month, changes.contract_id)
        closes.booking_month,
        changes.contract_id,
        changes.payee_id,
        lower(trim(changes.right_type)) as right_type,
        changes.territory_country_id,
        changes.per_stream_override_micro,
        upper(trim(changes.override_currency_code)) as currency_code,
        changes.valid_from,
        coalesce(changes.valid_to, date '9999-12-31') as valid_to
    from closes
    inner join raw.rights_contracts_changes as changes on closes.closes_at > changes.arrived_at
    order by
        closes.booking_month asc,
        changes.contract_id asc,
        changes.change_no desc,
        changes.arrived_at asc,
        changes.load_id asc
),

contracts as (
    select distinct on (sought.booking_month, sought.payee_id, sought.right_type, sought.country_id, sought.played_on)
        sought.*,
        overrides.per_stream_override_micro,
        overrides.currency_code
    from (
        select distinct
            booking_month,
            payee_id,
            right_type,
            payment_country_id as country_id,
            started_date as played_on
        from held
        where payee_id > 0
    ) as sought
    inner join overrides
        on
            sought.booking_month = overrides.booking_month
            and sought.payee_id = overrides.payee_id
            and sought.right_type = overrides.right_type
            and sought.played_on >= overrides.valid_from
            and sought.played_on < overrides.valid_to
            and sought.country_id = coalesce(overrides.territory_country_id, sought.country_id)
    where overrides.per_stream_override_micro is not null
    order by
        sought.booking_month, sought.payee_id, sought.right_type, sought.country_id, sought.played_on,
        overrides.territory_country_id is null, overrides.contract_id
),

rated as (
    select
        held.*,
        coalesce(contracts.per_stream_override_micro, artist_rates.rate_micro) as rate_micro,
        coalesce(
            case
                when contracts.per_stream_override_micro is not null then contracts.currency_code
                else artist_rates.currency_code
            end,
            held.currency_code
        ) as rate_currency_code,
        coalesce(artist_rates.weight_ppm, 1000000) as weight_ppm
    from held
    left join contracts
        on
            held.booking_month = contracts.booking_month
            and held.payee_id = contracts.payee_id
            and held.right_type = contracts.right_type
            and held.payment_country_id = contracts.country_id
            and held.started_date = contracts.played_on
    left join artist_rates
        on
            held.booking_month = artist_rates.booking_month
            and held.artist_id = artist_rates.artist_id
            and held.listening_country_id = artist_rates.country_id
            and held.right_type = artist_rates.right_type
            and held.started_date >= artist_rates.valid_from
            and held.started_date < artist_rates.valid_to
),

summed as (
    select
        run_key,
        cast((service_month + interval '1 month') as date) - 1 as last_day,
        currency_code,
        song_id,
        work_id,
        payee_id,
        rate_currency_code,
        coalesce(sum(streams * weight_ppm * share_ppm) filter (where rate_micro is null), 0) as weight,
        sum(streams * coalesce(rate_micro, 0) * share_ppm) as override_shares
    from rated
    group by
        run_key,
        cast((service_month + interval '1 month') as date) - 1,
        currency_code,
        song_id,
        work_id,
        payee_id,
        rate_currency_code
)

select
    summed.run_key,
    summed.song_id,
    summed.work_id,
    summed.payee_id,
    concat_ws('|', summed.song_id, summed.work_id, summed.payee_id) as claim_key,
    sum(summed.weight) as weight,
    sum(
        case
            when summed.override_shares = 0 then 0
            when summed.rate_currency_code = summed.currency_code
                then pg_temp.share(summed.override_shares, 1, 1000000)
            else pg_temp.share(
                summed.override_shares, pool_rates.rate_micro, cast(1000000 as numeric) * override_rates.rate_micro
            )
        end
    ) as override_micro
from summed
left join rates as override_rates
    on summed.last_day = override_rates.date_day and summed.rate_currency_code = override_rates.currency_code
left join rates as pool_rates
    on summed.last_day = pool_rates.date_day and summed.currency_code = pool_rates.currency_code
group by
    summed.run_key,
    summed.song_id,
    summed.work_id,
    summed.payee_id;

analyze claims;

-- Overrides come off the top, cut in proportion where they exceed the pool; the rest goes by weight. What is left of
-- each goes to the largest remainders.
create temporary table allocations as
with topped as (
    select
        runs.run_key,
        least(coalesce(sum(claims.override_micro), 0), runs.pool_micro) as override_micro,
        runs.pool_micro - least(coalesce(sum(claims.override_micro), 0), runs.pool_micro) as allocation_micro
    from runs
    left join claims on runs.run_key = claims.run_key
    group by runs.run_key, runs.pool_micro
),

entrants as (
    select
        claims.run_key,
        claims.claim_key,
        'override' as kind,
        claims.song_id,
        claims.work_id,
        claims.payee_id,
        0 as weight,
        claims.override_micro as entitled,
        topped.override_micro as shared_micro
    from claims
    inner join topped on claims.run_key = topped.run_key
    where claims.override_micro > 0
    union all
    select
        claims.run_key,
        claims.claim_key,
        'allocation' as kind,
        claims.song_id,
        claims.work_id,
        claims.payee_id,
        claims.weight,
        claims.weight as entitled,
        topped.allocation_micro as shared_micro
    from claims
    inner join topped on claims.run_key = topped.run_key
    where claims.weight > 0
),

totalled as (
    select
        entrants.*,
        sum(entitled) over (partition by run_key, kind) as total
    from entrants
),

divided as (
    select
        totalled.*,
        div(shared_micro * entitled, total) as whole_part,
        row_number() over (
            partition by run_key, kind
            order by mod(shared_micro * entitled, total) desc, md5(run_key || '|' || claim_key) collate "C"
        ) as remainder_rank
    from totalled
)

select
    run_key,
    kind,
    song_id,
    work_id,
    payee_id,
    weight,
    whole_part
    + case
        when remainder_rank <= shared_micro - sum(whole_part) over (partition by run_key, kind) then 1
        else 0
    end as amount_micro
from divided
union all
select
    topped.run_key,
    'allocation' as kind,
    -2 as song_id,
    -2 as work_id,
    -1 as payee_id,
    0 as weight,
    topped.allocation_micro as amount_micro
from topped
where
    topped.allocation_micro > 0
    and not exists (
        select 1
        from claims
        where claims.run_key = topped.run_key and claims.weight > 0
    );

analyze allocations;

-- A run holds the whole pool as known at its close: the entry is what it adds to the run before.
create table by_hand.fct_royalties as
with signed as (
    select
        run_key,
        kind,
        song_id,
        work_id,
        payee_id,
        weight,
        amount_micro
    from allocations
    union all
    select
        runs.run_key,
        allocations.kind,
        allocations.song_id,
        allocations.work_id,
        allocations.payee_id,
        -allocations.weight as weight,
        -allocations.amount_micro as amount_micro
    from runs
    inner join runs as earlier
        on runs.pool_key = earlier.pool_key and runs.previous_booking_month = earlier.booking_month
    inner join allocations on earlier.run_key = allocations.run_key
),

booked as (
    select
        runs.*,
        cast((runs.booking_month + interval '1 month') as date) - 1 as booked_date
    from runs
),

entered as (
    select
        run_key,
        kind,
        song_id,
        work_id,
        payee_id,
        sum(weight) as weight,
        sum(amount_micro) as amount_micro
    from signed
    group by
        run_key,
        kind,
        song_id,
        work_id,
        payee_id
    having sum(amount_micro) <> 0 or sum(weight) <> 0
)

select
    md5(
        concat_ws('-', booked.run_key, entered.kind, entered.song_id, entered.work_id, entered.payee_id)
    ) as royalty_key,
    md5(booked.run_key) as royalty_pool_key,
    case
        when booked.service_month = booked.booking_month then 'not_applicable'
        else md5(booked.pool_key || '|' || booked.service_month)
    end as corrected_royalty_pool_key,
    booked.service_month,
    booked.booking_month,
    booked.booked_date,
    2000000 + booked.payment_country_id as payment_geography_id,
    booked.tier,
    booked.source,
    booked.right_type,
    'pro_rata' as method,
    case when booked.service_month = booked.booking_month then entered.kind else 'correction' end as kind,
    entered.kind as original_kind,
    true as is_booked,
    entered.payee_id < 0 as is_suspense,
    entered.song_id,
    case
        when entered.song_id in (-1, -2) then entered.song_id
        else coalesce(songs.key, entered.song_id * 10000)
    end as song_key,
    case when entered.song_id < 0 then -2 else coalesce(songs.main_artist_id, -1) end as artist_id,
    entered.work_id,
    entered.payee_id,
    coalesce(lower(trim(payees.payee_type)), 'unknown') as payee_type,
    coalesce(payees.artist_id, -2) as payee_artist_id,
    booked.currency_code,
    pg_temp.share(entered.weight, 1, 1000000) * 0.000001 as weighted_streams,
    cast(entered.amount_micro as bigint) as amount_micro,
    pg_temp.share(entered.amount_micro, 1000000, rates.rate_micro) as amount_eur_micro
from entered
inner join booked on entered.run_key = booked.run_key
left join raw.payees on entered.payee_id = payees.payee_id
left join rates on booked.booked_date = rates.date_day and booked.currency_code = rates.currency_code
left join songs
    on
        entered.song_id = songs.song_id
        and (booked.service_month + interval '1 month') at time zone 'UTC' > songs.found_from
        and (booked.service_month + interval '1 month') at time zone 'UTC' <= songs.valid_to;
