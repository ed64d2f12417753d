{#-
    Days of int_artist_deeds on which something came or changed, which it writes anew as a whole: those of additions to
    lists and saves that are new, and those of deeds with content that is told anew, as it may be another artist's by now.
-#}
{% macro touched_deed_days() -%}
    {%- set told_anew -%}
        select newer.content_id
        from {{ ref('stg_catalog__content') }} as newer
        where {{ is_newer_load('newer.load_id') }}
        union all
        select newer.content_id
        from {{ ref('int_song_versions') }} as newer
        where {{ is_newer_load('newer.load_id') }}
    {%- endset -%}
    {{ days_around_newer_deeds() }}
    union
    select deeds.local_date as day_date
    from (
        select
            events.content_id,
            events.local_date
        from {{ ref('fct_playlist_events') }} as events
        union all
        select
            feedback.content_id,
            feedback.local_date
        from {{ ref('fct_feedback') }} as feedback
        where feedback.feedback_kind = 'save'
    ) as deeds
    where {{ is_one_of('deeds.content_id', told_anew) }}
{%- endmacro %}

{#- A date at an account's home is never more than a day from the UTC date, whatever home comes to be known later. -#}
{% macro days_around_newer_deeds() -%}
    {%- set events = ref('fct_playlist_events') -%}
    {%- set feedback = ref('fct_feedback') -%}
    {%- set newer_deeds -%}
        select newer.occurred_date as day_date
        from {{ events }} as newer
        where {{ is_newer_load_of(events) }}
        union
        select newer.given_date as day_date
        from {{ feedback }} as newer
        where {{ is_newer_load_of(feedback) }}
    {%- endset -%}
    {{ days_around(newer_deeds, -1, 1) }}
{%- endmacro %}

{#- Pre-hook of int_artist_deeds: takes away the days touched of which nothing is left, of which it would write no row. -#}
{% macro drop_deed_days_gone() -%}
    {%- if is_incremental() -%}
        {%- set gone -%}
            select touched.day_date
            from ({{ touched_deed_days() }}) as touched
            where coalesce(
                (
                    select max(events.local_date)
                    from {{ ref('fct_playlist_events') }} as events
                    where
                        events.local_date = touched.day_date
                        and events.is_accepted
                        and events.event_type = 'item_added'
                ),
                (
                    select max(feedback.local_date)
                    from {{ ref('fct_feedback') }} as feedback
                    where
                        feedback.local_date = touched.day_date
                        and feedback.feedback_kind = 'save'
                )
            ) is null
        {%- endset -%}
        delete from {{ this }}
        where {{ is_one_of('local_date', gone) }}
    {%- endif -%}
{%- endmacro %}

{#-
    Days of fct_artist_daily on which something came or changed, which it writes anew as a whole. A deed that is dated
    otherwise, as its account's home came to be known, leaves its day to what has no newer load. So does a follow that
    goes on or ends on another day: the days that tell of other ends than there are. When it began it says for good.
#}
{% macro touched_artist_days() -%}
    {%- set listening = ref('int_artist_listening') -%}
    {%- set deeds = ref('int_artist_deeds') -%}
    {%- set follows = ref('fct_follows') -%}
    select newer.local_date as day_date
    from {{ listening }} as newer
    where {{ is_newer_load_of(listening) }}
    union
    select newer.local_date as day_date
    from {{ deeds }} as newer
    where {{ is_newer_load_of(deeds) }}
    union
    {{ days_around_newer_deeds() }}
    union
    select newer.followed_date as day_date
    from {{ follows }} as newer
    where {{ is_newer_load_of(follows) }}
    union
    select newer.unfollowed_date as day_date
    from {{ follows }} as newer
    where
        not newer.is_current
        and {{ is_newer_load_of(follows) }}
    {%- if is_incremental() %}
    union
    select standing.local_date as day_date
    from {{ this }} as standing
    left join {{ ref('int_artist_followers') }} as told
        on
            standing.artist_id = told.artist_id
            and standing.country_geography_id = told.country_geography_id
            and standing.local_date = told.local_date
    where
        {{ is_one_of('standing.artist_id', artists_of_newer_follows()) }}
        and standing.lost_followers > 0
        and standing.lost_followers <> coalesce(told.lost_followers, 0)
    {%- endif -%}
{%- endmacro %}

{% macro artists_of_newer_follows() -%}
    {%- set follows = ref('fct_follows') -%}
    select newer.artist_id
    from {{ follows }} as newer
    where {{ is_newer_load_of(follows) }}
    group by newer.artist_id
{%- endmacro %}

{#- Pre-hook of fct_artist_daily: takes away rows of the days touched of which nothing is left. An increment writes none. -#}
{% macro drop_artist_rows_gone() -%}
    {%- if is_incremental() -%}
        {%- set touched_days = 'select touched.day_date from touched' -%}
        with touched as (
            {{ touched_artist_days() }}
        )

        delete from {{ this }}
        where
            {{ is_one_of('local_date', touched_days) }}
            and (artist_id, local_date, country_geography_id) not in (
                select
                    told.artist_id,
                    told.local_date,
                    told.country_geography_id
                from (
                    select
                        heard.artist_id,
                        heard.local_date,
                        heard.country_geography_id
                    from {{ ref('int_artist_listening') }} as heard
                    where heard.plays > 0
                    union all
                    select
                        done.artist_id,
                        done.local_date,
                        done.country_geography_id
                    from {{ ref('int_artist_deeds') }} as done
                    union all
                    select
                        followed.artist_id,
                        followed.local_date,
                        followed.country_geography_id
                    from {{ ref('int_artist_followers') }} as followed
                ) as told
                where {{ is_one_of('told.local_date', touched_days) }}
            )
    {%- endif -%}
{%- endmacro %}

{#-
    Pre-hook of fct_artist_daily: followers of the rows that stand, of artists of whom a follow came or changed. What
    else these rows tell is no reason to write them anew.
-#}
{% macro take_over_followers() -%}
    {%- if is_incremental() -%}
        {%- set followers = ref('int_artist_followers') -%}
        update {{ this }} as standing
        set followers = states.followers
        from (
            select
                told.artist_id,
                told.country_geography_id,
                told.local_date,
                told.next_date,
                told.followers
            from {{ followers }} as told
            where {{ is_one_of('told.artist_id', artists_of_newer_follows()) }}
            union all
            -- nobody before the first
            select
                artists.artist_id,
                countries.country_geography_id,
                cast('0001-01-01' as date) as local_date,
                coalesce(min(told.local_date), {{ not_applicable_date() }}) as next_date,
                0 as followers
            from ({{ artists_of_newer_follows() }}) as artists
            cross join (select distinct country_geography_id from {{ ref('dim_geography') }}) as countries
            left join {{ followers }} as told
                on
                    artists.artist_id = told.artist_id
                    and countries.country_geography_id = told.country_geography_id
            group by artists.artist_id, countries.country_geography_id
        ) as states
        where
            standing.artist_id = states.artist_id
            and standing.country_geography_id = states.country_geography_id
            and standing.local_date >= states.local_date
            and standing.local_date < states.next_date
            and {{ is_one_of('standing.artist_id', artists_of_newer_follows()) }}
            and standing.followers <> states.followers
    {%- endif -%}
{%- endmacro %}
