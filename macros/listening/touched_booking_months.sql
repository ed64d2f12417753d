{#-
    Months of booking for which a play came or changed. A monthly mart writes these anew as a whole, from
    `started_in_months_of` them; months are few, so that the cost is that of the months open, however long the history.

    recordings   also those in which one of these was heard: a query for their ids
-#}
{% macro touched_booking_months(recordings=none) -%}
    select newer.local_booking_month
    from {{ ref('fct_streams') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    group by newer.local_booking_month
    {%- if recordings %}
    union
    select heard.local_booking_month
    from {{ ref('fct_streams') }} as heard
    where {{ is_one_of('heard.song_id', recordings) }}
    {%- endif -%}
{%- endmacro %}

{% macro recordings_of_newer_tags() -%}
    select newer.song_id from {{ ref('bridge_song_genre') }} as newer where {{ is_newer_load('newer.load_id') }}
{%- endmacro %}

{#-
    UTC days on which the plays that some months book may have begun: around the local days with plays of these months,
    as the aggregate by country has them. By days plays are found in an index; by months PostgreSQL reads all of them.
-#}
{% macro started_in_months_of(months) -%}
    {%- set booked -%}
        select booked.local_date as day_date
        from {{ ref('mart_plays_by_country') }} as booked
        where {{ is_one_of('booked.local_booking_month', months) }}
        group by booked.local_date
    {%- endset -%}
    {{ days_around(booked, -1, 1) }}
{%- endmacro %}

{#-
    Pre-hook of a monthly mart: takes away the months touched of which nothing `counted` is left, as their days were judged
    anew. The increment writes no row of them, and so would leave those that stand.

    counted   what a row of fct_streams, `heard`, must be for the mart to count it
-#}
{% macro drop_months_without_streams(counted) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            month_start_date in (
                select touched.local_booking_month
                from ({{ touched_booking_months() }}) as touched
                -- the latest, by the index of days: most months have one
                where (
                    select max(heard.started_date)
                    from {{ ref('fct_streams') }} as heard
                    where
                        heard.local_booking_month = touched.local_booking_month
                        and {{ counted }}
                ) is null
            )
    {%- endif -%}
{%- endmacro %}
