with
streams as (
    select
        local_booking_month,
        song_key,
        user_id,
        user_key
    from {{ ref('fct_streams') }}
    where
        is_qualified
        and song_id > 0
),

songs as (
    select
        song_key,
        label_id
    from {{ ref('dim_song') }}
),

users as (
    select
        user_key,
        gender,
        age_band,
        residence_country_code
    from {{ ref('dim_user') }}
),

labels as (
    select
        label_id,
        name
    from {{ ref('dim_label') }}
    where label_id > 0
),

royalties as (
    select * from {{ ref('fct_royalties') }}
    where is_booked
),

payouts as (
    select * from {{ ref('fct_payouts') }}
),

payees as (
    select * from {{ ref('dim_payee') }}
),

-- Each listener once a recording first, so that the plays are not sorted; who that is tells the month's last version.
heard as (
    select
        local_booking_month,
        song_key,
        user_id,
        max(user_key) as user_key,
        count(*) as streams
    from streams
    group by local_booking_month, song_key, user_id
),

listened as (
    select
        heard.local_booking_month as month_start_date,
        songs.label_id,
        heard.user_id,
        max(heard.user_key) as user_key,
        sum(heard.streams) as streams
    from heard
    inner join songs on heard.song_key = songs.song_key
    where songs.label_id > 0
    group by heard.local_booking_month, songs.label_id, heard.user_id
),

described as (
    select
        listened.month_start_date,
        listened.label_id,
        listened.streams,
        users.gender,
        users.age_band,
        users.residence_country_code
    from listened
    inner join users on listened.user_key = users.user_key
),

audiences as (
    select
        month_start_date,
        label_id,
        sum(streams) as streams,
        count(*) as listeners,
        count(case when gender = 'female' then 1 end) as female_listeners,
        count(case when gender = 'male' then 1 end) as male_listeners,
        count(case when age_band in ('0-12', '13-17') then 1 end) as listeners_under_18,
        count(case when age_band = '18-24' then 1 end) as listeners_18_to_24,
        count(case when age_band = '25-34' then 1 end) as listeners_25_to_34,
        count(case when age_band = '35-44' then 1 end) as listeners_35_to_44,
        count(case when age_band in ('45-54', '55-64', '65+') then 1 end) as listeners_from_45
    from described
    group by month_start_date, label_id
),

countries as (
    select
        month_start_date,
        label_id,
        residence_country_code,
        row_number() over (
            partition by month_start_date, label_id order by count(*) desc, residence_country_code asc
        ) as country_rank
    from described
    group by month_start_date, label_id, residence_country_code
),

-- What the roster's recordings brought all who share in them, and what of all royalties is the label's own.
earnings as (
    select
        royalties.booking_month as month_start_date,
        songs.label_id,
        royalties.amount_eur_micro as roster_eur_micro,
        cast(0 as bigint) as own_eur_micro,
        cast(0 as bigint) as paid_eur_micro,
        cast(0 as bigint) as pending_eur_micro,
        cast(0 as bigint) as carried_forward_eur_micro
    from royalties
    inner join songs on royalties.song_key = songs.song_key
    union all
    select
        royalties.booking_month as month_start_date,
        payees.label_id,
        0 as roster_eur_micro,
        royalties.amount_eur_micro as own_eur_micro,
        0 as paid_eur_micro,
        0 as pending_eur_micro,
        0 as carried_forward_eur_micro
    from royalties
    inner join payees on royalties.payee_id = payees.payee_id
    union all
    select
        payouts.statement_month as month_start_date,
        payees.label_id,
        0 as roster_eur_micro,
        0 as own_eur_micro,
        payouts.net_eur_micro - payouts.pending_eur_micro as paid_eur_micro,
        payouts.pending_eur_micro,
        payouts.carried_forward_eur_micro
    from payouts
    inner join payees on payouts.payee_id = payees.payee_id
),

earned as (
    select
        month_start_date,
        label_id,
        coalesce(sum(roster_eur_micro), 0) as roster_eur_micro,
        coalesce(sum(own_eur_micro), 0) as own_eur_micro,
        coalesce(sum(paid_eur_micro), 0) as paid_eur_micro,
        coalesce(sum(pending_eur_micro), 0) as pending_eur_micro,
        coalesce(sum(carried_forward_eur_micro), 0) as carried_forward_eur_micro
    from earnings
    where label_id > 0
    group by month_start_date, label_id
),

months as (
    select
        coalesce(audiences.month_start_date, earned.month_start_date) as month_start_date,
        coalesce(audiences.label_id, earned.label_id) as label_id,
        audiences.streams,
        audiences.listeners,
        audiences.female_listeners,
        audiences.male_listeners,
        audiences.listeners_under_18,
        audiences.listeners_18_to_24,
        audiences.listeners_25_to_34,
        audiences.listeners_35_to_44,
        audiences.listeners_from_45,
        earned.roster_eur_micro,
        earned.own_eur_micro,
        earned.paid_eur_micro,
        earned.pending_eur_micro,
        earned.carried_forward_eur_micro
    from audiences
    full outer join earned
        on
            audiences.month_start_date = earned.month_start_date
            and audiences.label_id = earned.label_id
)

select
    months.month_start_date,
    months.label_id,
    labels.name as label_name,
    {% for amount in ['roster', 'own', 'paid', 'pending', 'carried_forward'] -%}
    cast(coalesce(months.{{ amount }}_eur_micro, 0) as bigint) as {{ amount }}_eur_micro,
    {% endfor -%}
    cast(coalesce(months.streams, 0) as bigint) as qualified_streams,
    {% for part in [
        'listeners', 'female_listeners', 'male_listeners', 'listeners_under_18', 'listeners_18_to_24',
        'listeners_25_to_34', 'listeners_35_to_44', 'listeners_from_45'
    ] -%}
    cast(coalesce(months.{{ part }}, 0) as bigint) as {{ part }},
    {% endfor -%}
    coalesce(countries.residence_country_code, 'none') as top_country_code
from months
left join labels on months.label_id = labels.label_id
left join countries
    on
        months.month_start_date = countries.month_start_date
        and months.label_id = countries.label_id
        and countries.country_rank = 1
