{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='month_start_date',
        pre_hook="{{ drop_months_without_streams('heard.is_qualified and heard.song_id > 0') }}",
        indexes=server_indexes([
            {'columns': ['month_start_date', 'label_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    A recording is its album's label's as that is told now: of an album that is told anew, the months in which it was heard
    are added up as well. Another version, of a recording or a listener, brings the plays anew that meet it.
-#}
{%- set told_anew -%}
    select versions.song_id
    from {{ ref('int_song_versions') }} as versions
    where versions.album_id in (
        select albums.album_id
        from {{ ref('stg_catalog__albums') }} as albums
        where {{ is_newer_load('albums.load_id') }}
    )
{%- endset -%}
{%- set touched = touched_booking_months(told_anew) %}

with
streams as (
    select
        local_booking_month,
        song_id,
        song_key,
        user_id,
        user_key,
        is_qualified,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', started_in_months_of(touched)) }}
),

booked as (
    select * from streams
    {{ where_one_of('local_booking_month', touched) }}
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

-- Each listener once a recording first, so that the plays are not sorted; who that is tells the month's last version.
heard as (
    select
        local_booking_month,
        song_key,
        user_id,
        max(user_key) as user_key,
        count(*) as streams,
        max(load_id) as load_id
    from booked
    where
        is_qualified
        and song_id > 0
    group by local_booking_month, song_key, user_id
),

listened as (
    select
        heard.local_booking_month as month_start_date,
        songs.label_id,
        heard.user_id,
        max(heard.user_key) as user_key,
        sum(heard.streams) as streams,
        max(heard.load_id) as load_id
    from heard
    inner join songs on heard.song_key = songs.song_key
    group by heard.local_booking_month, songs.label_id, heard.user_id
),

described as (
    select
        listened.month_start_date,
        listened.label_id,
        listened.streams,
        listened.load_id,
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
        count(case when age_band in ('45-54', '55-64', '65+') then 1 end) as listeners_from_45,
        max(load_id) as load_id
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
)

select
    audiences.month_start_date,
    audiences.label_id,
    {% for part in [
        'streams', 'listeners', 'female_listeners', 'male_listeners', 'listeners_under_18', 'listeners_18_to_24',
        'listeners_25_to_34', 'listeners_35_to_44', 'listeners_from_45'
    ] -%}
    cast(audiences.{{ part }} as bigint) as {{ part }},
    {% endfor -%}
    countries.residence_country_code as top_country_code,
    audiences.load_id
from audiences
inner join countries
    on
        audiences.month_start_date = countries.month_start_date
        and audiences.label_id = countries.label_id
        and countries.country_rank = 1
