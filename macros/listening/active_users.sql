{#-
    Takes away what mart_active_users tells of days in whose longest window nobody is active any more, as a day was judged
    anew. The increment writes no row of them, and so would leave those that stand.
-#}
{% macro drop_days_without_users() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            date_day in (
                select reached.date_day
                from (
                    select
                        rules.date_day,
                        rules.mau_days
                    from {{ ref('int_rules_by_date') }} as rules
                    inner join {{ ref('int_user_days') }} as judged
                        on
                            rules.date_day >= judged.local_date
                            and {{ days_between('judged.local_date', 'rules.date_day') }} < rules.mau_days
                    where
                        not judged.is_active
                        and {{ is_newer_load('judged.load_id') }}
                    group by rules.date_day, rules.mau_days
                ) as reached
                -- the latest, by the index of days: nearly all have one
                where coalesce(
                    (
                        select max(days.local_date)
                        from {{ ref('int_user_days') }} as days
                        where
                            days.is_active
                            and days.local_date <= reached.date_day
                            and days.local_date > {{ add_days('reached.date_day', '-reached.mau_days') }}
                    ),
                    (
                        select max(days.local_date)
                        from {{ ref('int_active_days') }} as days
                        where
                            days.local_date <= reached.date_day
                            and days.local_date > {{ add_days('reached.date_day', '-reached.mau_days') }}
                    )
                ) is null
            )
    {%- endif -%}
{%- endmacro %}
