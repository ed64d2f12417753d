{#- One column per figure of business_rules; a test holds the list and the seed together. -#}
{%- set rule_names = [
    'qualified_stream_ms',
    'completed_slack_ms',
    'skip_early_ms',
    'skip_ms',
    'session_gap_ms',
    'artificial_skip_plays',
    'artificial_skip_ms',
    'artificial_skip_window_ms',
    'artificial_loop_plays',
    'artificial_loop_min_ms',
    'artificial_loop_max_ms',
    'artificial_day_ms',
    'trending_window_days',
    'trending_half_life_days',
    'trending_offset',
    'month_close_days',
    'chart_close_days',
    'rights_share_ppm',
    'recording_share_ppm',
    'publishing_share_ppm',
    'eligibility_streams',
    'eligibility_streams_full_size',
    'eligibility_window_months',
    'noise_min_ms',
    'artist_centric_streams',
    'artist_centric_streams_full_size',
    'artist_centric_listeners',
    'artist_centric_listeners_full_size',
    'artist_centric_boost_ppm',
    'artist_centric_sought_boost_ppm',
    'artist_centric_user_streams',
    'artificial_penalty_share_ppm',
    'artificial_penalty_plays',
    'artificial_penalty_micro',
    'reconciliation_tolerance_ppm',
    'commission_tip_ppm',
    'commission_ticket_ppm',
    'commission_order_ppm',
    'commission_content_purchase_ppm',
    'commission_community_ppm',
    'commission_fan_subscription_ppm',
    'dau_days',
    'wau_days',
    'mau_days',
    'wrapped_items',
    'conversion_window_days',
    'roi_window_days',
    'effect_window_days',
    'viewable_audio_ms',
    'viewable_video_ms',
    'viewable_display_ms',
    'viewable_pixels_ppm',
    'price_impressions',
    'pacing_front_share_ppm',
    'chart_paid_weight_ppm',
    'chart_free_weight_ppm',
    'chart_songs_per_artist',
    'sharing_countries',
    'sharing_window_days',
    'sharing_travels',
    'travel_speed_kmh',
    'travel_distance_km',
    'sample_ratio_p_ppm',
    'page_load_target_ms',
    'app_start_target_ms',
    'audio_start_target_ms',
    'video_start_target_ms',
    'api_target_ms',
    'ad_decision_target_ms',
    'uptime_severity',
    'experiment_tail_ppm',
    'experiment_observations',
    'feed_days',
    'feed_items',
    'popularity_days',
    'feature_days',
    'feature_short_days',
    'label_days',
    'confidence_z_micro',
    'purge_days',
    'erasure_days',
] %}
with
business_rules as (
    select
        rule_name,
        value,
        valid_from,
        valid_to
    from {{ ref('business_rules') }}
),

days as (
    {{ date_series(first_calendar_day(), last_calendar_day()) }}
),

changes as (
    select valid_from as change_date
    from business_rules
    union
    select valid_to as change_date
    from business_rules
),

-- Between two changes every day has the same figures.
spans as (
    select
        change_date as valid_from,
        lead(change_date) over (order by change_date) as valid_to
    from changes
),

in_force as (
    select
        spans.valid_from,
        spans.valid_to,
        {{ rule_figures(rule_names) }}
    from spans
    inner join business_rules
        on
            spans.valid_from >= business_rules.valid_from
            and spans.valid_from < business_rules.valid_to
    group by
        spans.valid_from,
        spans.valid_to
)

select
    days.date_day,
    in_force.{{ rule_names | join(', in_force.') }}
from days
inner join in_force
    on
        days.date_day >= in_force.valid_from
        and days.date_day < in_force.valid_to
