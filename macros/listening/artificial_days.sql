{#-
    The fraud rules: which days are artificial, judged on the plays given. One row for each rule and group of plays
    that breaks it, so a day may come more than once. A play of unknown length breaks none.

    plays     relation of the plays: `keys`, local_date, stream_id, content_id, played_ms, started_at
    rules     relation of the figures in force by date_day
    keys      columns of a day that is judged by itself; the account and its local date are among them
    returns   `keys`, and rapid_skips, loops, round_the_clock: 1 for the rule that is broken, else 0
-#}
{% macro artificial_days(plays, rules, keys) -%}
{%- set day = 'judged.' ~ keys | join(', judged.') -%}
    with
    -- Rapid skips: each short play begins a run that the rule's number of plays later may end.
    short_plays as (
        select
            {{ day }},
            judged.started_at,
            rules.artificial_skip_plays,
            rules.artificial_skip_window_ms,
            row_number() over (partition by {{ day }} order by judged.started_at, judged.stream_id) as play_no
        from {{ plays }} as judged
        inner join {{ rules }} as rules on judged.local_date = rules.date_day
        where judged.played_ms < rules.artificial_skip_ms
    ),

    run_ends as (
        select
            {{ keys | join(', ') }},
            play_no + artificial_skip_plays - 1 as last_play_no,
            artificial_skip_window_ms,
            started_at as first_started_at,
            cast(null as timestamptz) as last_started_at
        from short_plays
        union all
        select
            {{ keys | join(', ') }},
            play_no as last_play_no,
            artificial_skip_window_ms,
            cast(null as timestamptz) as first_started_at,
            started_at as last_started_at
        from short_plays
    ),

    -- Grouped, not joined to itself: the cost stays linear whatever a planner expects.
    runs as (
        select
            {{ keys | join(', ') }},
            last_play_no,
            min(artificial_skip_window_ms) as window_ms,
            min(first_started_at) as first_started_at,
            min(last_started_at) as last_started_at
        from run_ends
        group by {{ keys | join(', ') }}, last_play_no
    )

    select
        {{ keys | join(', ') }},
        1 as rapid_skips,
        0 as loops,
        0 as round_the_clock
    from runs
    where {{ datediff_ms('first_started_at', 'last_started_at') }} <= window_ms
    union all
    select
        {{ day }},
        0 as rapid_skips,
        1 as loops,
        0 as round_the_clock
    from {{ plays }} as judged
    inner join {{ rules }} as rules on judged.local_date = rules.date_day
    where
        judged.played_ms >= rules.artificial_loop_min_ms
        and judged.played_ms <= rules.artificial_loop_max_ms
    group by {{ day }}, judged.content_id
    having count(*) >= min(rules.artificial_loop_plays)
    union all
    select
        {{ day }},
        0 as rapid_skips,
        0 as loops,
        1 as round_the_clock
    from {{ plays }} as judged
    inner join {{ rules }} as rules on judged.local_date = rules.date_day
    group by {{ day }}
    having sum(judged.played_ms) > min(rules.artificial_day_ms)
{%- endmacro %}
